-- The ground that every wall stands on: who is asking, and which organization they belong to.
-- Policies hang on the functions of this file, so it changes by a new migration, never in place.

CREATE SCHEMA IF NOT EXISTS app;
REVOKE ALL ON SCHEMA app FROM PUBLIC;
GRANT USAGE ON SCHEMA app TO switchboard_app, switchboard_worker;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO switchboard_app, switchboard_worker;
COMMENT ON SCHEMA app IS 'Functions and tables of the product that no user reads directly.';

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE TYPE public.role AS ENUM ('admin', 'agent');

-- Values that SQL functions need and the process configures; written at every start.
CREATE TABLE app.settings (
  name text CONSTRAINT settings_pkey PRIMARY KEY,
  value text NOT NULL
);
COMMENT ON TABLE app.settings IS 'Configuration that SQL functions read, such as agent_tables_limit.';

-- The organization of whoever asks. A user's is looked up from the signed-in user, so a user's session cannot
-- choose it; a worker says on whose behalf it works, and only a worker may.
CREATE FUNCTION app.current_organization_id() RETURNS text
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  IF pg_has_role(session_user, 'switchboard_worker', 'USAGE') THEN
    RETURN nullif(current_setting('app.organization_id', true), '');
  END IF;
  RETURN (SELECT u.organization_id FROM public.users u WHERE u.id = auth.uid() AND u.disabled_at IS NULL);
END
$$;
COMMENT ON FUNCTION app.current_organization_id() IS
  'Organization of the signed-in user, or the one a worker acts for; NULL sees nothing.';

CREATE FUNCTION app.current_agent_id() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
BEGIN ATOMIC
  SELECT NULL::bigint;
END;
COMMENT ON FUNCTION app.current_agent_id() IS 'The walled CRM of the signed-in user; NULL when there is none.';

CREATE FUNCTION app.is_organization_owner() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
BEGIN ATOMIC
  SELECT false;
END;
COMMENT ON FUNCTION app.is_organization_owner() IS 'Whether the signed-in user may see all of their organization.';

GRANT EXECUTE ON FUNCTION app.current_organization_id(), app.current_agent_id(), app.is_organization_owner()
  TO switchboard_app, switchboard_worker;

-- Gives a table its wall: row level security enabled and forced, one restrictive policy that names the organization,
-- and what workers and definer functions may do behind it. Who of the organization sees which row is each table's own policy.
CREATE FUNCTION app.raise_wall(walled regclass) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', walled);
  EXECUTE format(
    'CREATE POLICY organization_wall ON %s AS RESTRICTIVE TO switchboard_app, switchboard_worker
       USING (organization_id = (SELECT app.current_organization_id()))
       WITH CHECK (organization_id = (SELECT app.current_organization_id()))', walled);
  EXECUTE format('CREATE POLICY worker_of_organization ON %s TO switchboard_worker USING (true) WITH CHECK (true)', walled);
  EXECUTE format('CREATE POLICY definer_functions ON %s TO switchboard_owner USING (true) WITH CHECK (true)', walled);
END
$$;
COMMENT ON FUNCTION app.raise_wall(regclass) IS
  'Enables and forces row level security on a table with organization_id and adds the organization wall.';
