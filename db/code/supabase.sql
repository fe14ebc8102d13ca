-- On Supabase the database can also be asked directly, by browsers and programs, through roles that are not ours: anon (anybody
-- with the public key), authenticated (whoever Supabase Auth signed in, auth.uid()) and service_role. What must stay true:
--   anon            nothing at all.
--   authenticated   reads what the server would read for the same person, by the same policies. Writes only where the
--                   database alone keeps the rules (an agent's own four tables, rentals, one's own name and signature).
--                   What has to be proven, sent or encrypted first (numbers, grants, configurations, outbox, conversations,
--                   consent) is written by the server only.
--   service_role    every row of every organization: it has BYPASSRLS, so no wall holds it back, and its key is worth as much as
--                   the database's password. Only what signs people in (password hashes, links, refresh tokens), the secrets of
--                   schema app and the queue are kept from it, as Supabase keeps its own schema auth from it.
-- Supabase grants ALL on new tables of schema public to these roles by default, so rights are not only given here but
-- compared: whatever the three hold on anything of ours and should not is taken away, at every migration.

CREATE OR REPLACE FUNCTION app.is_on_supabase() RETURNS boolean
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  -- The roles are shared by all databases of a server; the table tells which database is Supabase's.
  SELECT (SELECT count(*) FROM pg_roles r WHERE r.rolname IN ('anon', 'authenticated', 'service_role')) = 3
    AND EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'auth' AND c.relname = 'users' AND pg_get_userbyid(c.relowner) = 'supabase_auth_admin')
$$;
COMMENT ON FUNCTION app.is_on_supabase() IS 'Whether Supabase prepared this database and its Auth owns schema auth.';

-- Only what switchboard_owner owns: a project's own tables in schema public are none of our business.
CREATE OR REPLACE FUNCTION app.list_privileges(holders name[], relations oid[])
  RETURNS TABLE (kind text, id oid, in_schema name, object text, privilege text, role name)
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  WITH ours AS (
    SELECT c.oid, n.nspname, c.relacl,
      CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass AS object
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relowner = 'switchboard_owner'::regrole AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND (relations IS NULL OR c.oid = ANY (relations))
  ), held AS (
    SELECT 'relation' AS kind, o.oid, o.nspname, o.object, g.privilege_type, g.grantee FROM ours o, aclexplode(o.relacl) AS g
    UNION ALL SELECT 'relation', o.oid, o.nspname, o.object, format('%s (%I)', g.privilege_type, a.attname), g.grantee
      FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attacl IS NOT NULL, aclexplode(a.attacl) AS g
    UNION ALL SELECT 'routine', p.oid, n.nspname, 'ROUTINE ' || p.oid::regprocedure, g.privilege_type, g.grantee
      FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, aclexplode(p.proacl) AS g
      WHERE relations IS NULL AND p.proowner = 'switchboard_owner'::regrole
    UNION ALL SELECT 'schema', n.oid, n.nspname, format('SCHEMA %I', n.nspname), g.privilege_type, g.grantee
      FROM pg_namespace n, aclexplode(n.nspacl) AS g WHERE relations IS NULL AND n.nspowner = 'switchboard_owner'::regrole
  )
  SELECT h.kind, h.oid, h.nspname, h.object, h.privilege_type, r.rolname
  FROM held h JOIN pg_roles r ON r.oid = h.grantee WHERE r.rolname = ANY (holders)
$$;
COMMENT ON FUNCTION app.list_privileges(name[], oid[]) IS
  'What roles hold on the product''s relations, columns, routines and schemas, or on some relations only; as GRANT writes it.';

-- authenticated follows switchboard_app, so a new table, column or policy is written down once.
CREATE OR REPLACE FUNCTION app.list_supabase_privileges(relations oid[])
  RETURNS TABLE (object text, privilege text, role name)
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  WITH held AS (SELECT * FROM app.list_privileges(ARRAY['switchboard_app']::name[], relations)),
  agents_own AS (
    SELECT t.oid FROM unnest(ARRAY['public.customers', 'public.messages', 'public.orders', 'public.orders_items']::regclass[]) AS t (oid)
    UNION SELECT i.inhrelid FROM pg_inherits i WHERE i.inhparent IN
      ('public.customers'::regclass, 'public.messages'::regclass, 'public.orders'::regclass, 'public.orders_items'::regclass)
    -- The views of agents in a pool; they ask with the reader's rights, like every view here.
    UNION SELECT c.oid FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
    UNION SELECT d.objid FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S' WHERE d.refobjid IN
      ('public.customers'::regclass, 'public.messages'::regclass, 'public.orders'::regclass, 'public.orders_items'::regclass)
  )
  SELECT h.object, h.privilege, 'authenticated'::name FROM held h WHERE h.kind = 'relation' AND h.in_schema IN ('public', 'rental')
    AND (h.privilege ~ '^SELECT' OR h.in_schema = 'rental' OR h.id IN (SELECT o.oid FROM agents_own o)
      OR (h.object, h.privilege) IN (('TABLE public.users', 'UPDATE (name)'), ('TABLE public.user_profiles', 'UPDATE (full_name)'),
        ('TABLE public.user_profiles', 'UPDATE (message_signature)'), ('TABLE public.user_profiles', 'UPDATE (updated_at)')))
  -- A routine that runs with its caller's rights can do no more than the caller; of the others only what policies ask.
  UNION SELECT h.object, h.privilege, r.role FROM held h JOIN pg_proc p ON p.oid = h.id,
      unnest(ARRAY['authenticated', 'service_role']::name[]) AS r (role)
    WHERE h.kind = 'routine' AND (NOT p.prosecdef
      OR p.oid IN ('app.current_organization_id()'::regprocedure, 'app.current_agent_id()'::regprocedure, 'app.is_organization_owner()'::regprocedure))
  UNION SELECT h.object, h.privilege, r.role FROM held h, unnest(ARRAY['authenticated', 'service_role']::name[]) AS r (role)
    WHERE h.kind = 'schema' AND h.in_schema IN ('app', 'rental') AND h.privilege = 'USAGE'
  UNION SELECT h.object, h.privilege, 'service_role' FROM held h WHERE h.id = 'public.sessions'::regclass
  UNION SELECT CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass, g.privilege, 'service_role'
    FROM pg_class c, unnest(CASE c.relkind WHEN 'S' THEN ARRAY['USAGE', 'SELECT'] ELSE ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE'] END)
      AS g (privilege)
    WHERE c.relowner = 'switchboard_owner'::regrole AND c.relkind IN ('r', 'p', 'v', 'S')
      AND c.relnamespace IN ('public'::regnamespace, 'rental'::regnamespace) AND (relations IS NULL OR c.oid = ANY (relations))
      AND c.oid NOT IN ('public.user_credentials'::regclass, 'public.sign_in_links'::regclass, 'public.sessions'::regclass)
  UNION SELECT 'ROUTINE ' || p.oid::regprocedure, 'EXECUTE', 'service_role' FROM pg_proc p
    WHERE relations IS NULL AND p.proowner = 'switchboard_owner'::regrole AND p.pronamespace = 'public'::regnamespace
      AND p.prorettype <> 'trigger'::regtype
$$;
COMMENT ON FUNCTION app.list_supabase_privileges(oid[]) IS
  'What authenticated and service_role are meant to hold, on everything or on some relations only. anon is meant to hold nothing.';

CREATE OR REPLACE FUNCTION app.admit_supabase_roles(relations oid[] DEFAULT NULL) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  supabase_roles name[] := ARRAY['anon', 'authenticated', 'service_role'];
  change record;
BEGIN
  IF NOT app.is_on_supabase() THEN RETURN; END IF;
  -- The walls first: a right without the restrictive policy would be a hole.
  FOR change IN
    SELECT p.polname, p.polrelid::regclass AS walled, string_agg(quote_ident(r.rolname), ', ') AS roles
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid JOIN pg_roles r ON r.oid = ANY (p.polroles)
    WHERE c.relowner = 'switchboard_owner'::regrole AND (relations IS NULL OR c.oid = ANY (relations))
      AND 'switchboard_app'::regrole = ANY (p.polroles) AND NOT 'authenticated'::regrole = ANY (p.polroles)
    GROUP BY p.oid, p.polname, p.polrelid
  LOOP
    EXECUTE format('ALTER POLICY %I ON %s TO %s, authenticated', change.polname, change.walled, change.roles);
  END LOOP;
  FOR change IN
    SELECT h.object, h.privilege, h.role FROM app.list_privileges(supabase_roles, relations) h
    EXCEPT SELECT * FROM app.list_supabase_privileges(relations)
  LOOP
    EXECUTE format('REVOKE %s ON %s FROM %I', change.privilege, change.object, change.role);
  END LOOP;
  -- Read anew: taking a right on a table away takes it away on its columns too.
  FOR change IN
    SELECT * FROM app.list_supabase_privileges(relations)
    EXCEPT SELECT h.object, h.privilege, h.role FROM app.list_privileges(supabase_roles, relations) h
  LOOP
    EXECUTE format('GRANT %s ON %s TO %I', change.privilege, change.object, change.role);
  END LOOP;
  -- Tables of ours that are made between two migrations must not be given away by a default either.
  FOR change IN
    SELECT DISTINCT format('%I', n.nspname) AS in_schema, r.rolname AS role,
      CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' ELSE 'FUNCTIONS' END AS objects
    FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) AS g JOIN pg_roles r ON r.oid = g.grantee
    WHERE relations IS NULL AND d.defaclrole = 'switchboard_owner'::regrole AND d.defaclobjtype IN ('r', 'S', 'f')
      AND r.rolname = ANY (supabase_roles)
  LOOP
    EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE switchboard_owner IN SCHEMA %s REVOKE ALL ON %s FROM %I',
      change.in_schema, change.objects, change.role);
  END LOOP;
  -- At commit, when the tables or views of a new or moved agent stand, in whatever order they were made.
  IF NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = 'public.agents'::regclass AND t.tgname = 'trigger_admit_supabase_roles') THEN
    CREATE CONSTRAINT TRIGGER trigger_admit_supabase_roles AFTER INSERT OR UPDATE OF home ON public.agents
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.admit_supabase_roles_to_agent();
  END IF;
END
$$;
COMMENT ON FUNCTION app.admit_supabase_roles(oid[]) IS
  'On Supabase: holds authenticated to the walls, and the three roles to exactly the rights that list_supabase_privileges names.';

CREATE OR REPLACE FUNCTION app.admit_supabase_roles_to_agent() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM app.admit_supabase_roles(ARRAY(
    SELECT to_regclass(format('public.%I', NEW.agent_prefix || '_' || kind))::oid
    FROM unnest(ARRAY['customers', 'messages', 'orders', 'orders_items']) AS kind
    WHERE to_regclass(format('public.%I', NEW.agent_prefix || '_' || kind)) IS NOT NULL));
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.admit_supabase_roles_to_agent() IS 'Lets Supabase''s roles, and their walls, onto the four tables of an agent.';
