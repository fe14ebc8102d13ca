-- What the process asks about the database itself.

CREATE OR REPLACE FUNCTION app.count_migrations() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT count(*) FROM switchboard_migrations.applied WHERE name LIKE 'migrations/%' $$;
COMMENT ON FUNCTION app.count_migrations() IS 'How many migrations are applied; readiness compares it with the program.';
GRANT EXECUTE ON FUNCTION app.count_migrations() TO switchboard_app, switchboard_worker;
