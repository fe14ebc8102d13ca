-- Agents and their homes: the functions that make, guard and drop an agent's four tables.
-- Table names come only from a checked prefix and only through format('%I').

-- Makes the four tables of one home and attaches them to their parents. LIKE + ATTACH takes a lighter lock on the parent
-- than PARTITION OF; the CHECK on home lets ATTACH skip its scan and is dropped again afterwards.
CREATE OR REPLACE FUNCTION app.create_home_tables(prefix text, home bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  kind text;
  child text;
  -- In a home of agents rows are tied by agent; in the waiting room, where nobody owns them, by organization.
  owner_column text := CASE WHEN home = 0 THEN 'organization_id' ELSE 'agent_id' END;
BEGIN
  FOREACH kind IN ARRAY ARRAY['customers', 'messages', 'orders', 'orders_items'] LOOP
    child := prefix || '_' || kind;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING COMMENTS)',
      child, kind);
    EXECUTE format('ALTER TABLE public.%I ADD CONSTRAINT %I PRIMARY KEY (home, id), ADD CONSTRAINT %I UNIQUE (%I, id), ADD CONSTRAINT home_of_this_table CHECK (home = %s)',
      child, child || '_pkey', child || '_owner_key', owner_column, home);
  END LOOP;
  EXECUTE format('ALTER TABLE public.%I ADD CONSTRAINT %I FOREIGN KEY (%I, customer_id) REFERENCES public.%I (%I, id) ON DELETE CASCADE',
    prefix || '_messages', prefix || '_messages_customer_fkey', owner_column, prefix || '_customers', owner_column);
  EXECUTE format('ALTER TABLE public.%I ADD CONSTRAINT %I FOREIGN KEY (%I, customer_id) REFERENCES public.%I (%I, id) ON DELETE CASCADE',
    prefix || '_orders', prefix || '_orders_customer_fkey', owner_column, prefix || '_customers', owner_column);
  EXECUTE format('ALTER TABLE public.%I ADD CONSTRAINT %I FOREIGN KEY (%I, order_id) REFERENCES public.%I (%I, id) ON DELETE CASCADE',
    prefix || '_orders_items', prefix || '_orders_items_order_fkey', owner_column, prefix || '_orders', owner_column);
  PERFORM public.create_agent_indexes(prefix);
  FOREACH kind IN ARRAY ARRAY['customers', 'messages', 'orders', 'orders_items'] LOOP
    child := prefix || '_' || kind;
    PERFORM app.guard_home_table(format('public.%I', child)::regclass);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES IN (%s)', kind, child, home);
    EXECUTE format('ALTER TABLE public.%I DROP CONSTRAINT home_of_this_table', child);
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.create_home_tables(text, bigint) IS 'Makes, indexes, guards and attaches the four tables of a home.';

-- For an agent in a pool: views under the names its tables would have, so that nobody who knows the prefix notices.
CREATE OR REPLACE FUNCTION app.create_agent_views(prefix text, agent_id bigint, home bigint, organization_id text) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  kind text;
  name text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['customers', 'messages', 'orders', 'orders_items'] LOOP
    name := prefix || '_' || kind;
    EXECUTE format('CREATE VIEW public.%I WITH (security_invoker = true) AS SELECT * FROM public.%I WHERE home = %s AND agent_id = %s WITH CHECK OPTION',
      name, kind, home, agent_id);
    EXECUTE format('ALTER VIEW public.%I ALTER COLUMN id SET DEFAULT nextval(%L), ALTER COLUMN home SET DEFAULT %s, ALTER COLUMN agent_id SET DEFAULT %s, ALTER COLUMN organization_id SET DEFAULT %L',
      name, format('public.%I', kind || '_id_seq'), home, agent_id, organization_id);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON public.%I TO switchboard_app, switchboard_worker', name);
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.create_agent_views(text, bigint, bigint, text) IS 'The four views of an agent whose rows live in a pool.';

CREATE OR REPLACE FUNCTION public.create_agent_indexes(prefix text) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (agent_id, phone)', prefix || '_customers_phone_idx', prefix || '_customers');
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (agent_id, created_at)', prefix || '_customers_created_idx', prefix || '_customers');
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (conversation_id, "timestamp" DESC, id DESC)',
    prefix || '_messages_thread_idx', prefix || '_messages');
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (agent_id, customer_id, "timestamp" DESC)',
    prefix || '_messages_customer_idx', prefix || '_messages');
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (agent_id, "timestamp" DESC)',
    prefix || '_messages_timestamp_idx', prefix || '_messages');
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (agent_id, customer_id, status)', prefix || '_orders_customer_idx', prefix || '_orders');
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (agent_id, status, created_at)', prefix || '_orders_status_idx', prefix || '_orders');
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON public.%I (agent_id, order_id)', prefix || '_orders_items_order_idx', prefix || '_orders_items');
END
$$;
COMMENT ON FUNCTION public.create_agent_indexes(text) IS 'The indexes of one home''s four tables.';

CREATE OR REPLACE FUNCTION public.create_agent_tables(prefix text, agent_id bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  agent public.agents%ROWTYPE;
BEGIN
  SELECT * INTO STRICT agent FROM public.agents a WHERE a.id = create_agent_tables.agent_id AND a.agent_prefix = prefix;
  IF agent.home = agent.id THEN
    PERFORM app.create_home_tables(agent.agent_prefix, agent.home);
  ELSE
    PERFORM app.create_agent_views(agent.agent_prefix, agent.id, agent.home, agent.organization_id);
  END IF;
END
$$;
COMMENT ON FUNCTION public.create_agent_tables(text, bigint) IS
  'Makes an agent''s four tables, or its four views when its home is a pool.';

CREATE OR REPLACE FUNCTION app.create_tables_of_new_agent() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM public.create_agent_tables(NEW.agent_prefix::text, NEW.id);
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION app.create_tables_of_new_agent() IS 'Gives a new agent its tables or views.';

-- A new agent gets tables of its own while there are fewer than agent_tables_limit of them, then a place in a pool.
CREATE OR REPLACE FUNCTION app.choose_home_of_new_agent() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  tables_limit integer := coalesce((SELECT s.value::integer FROM app.settings s WHERE s.name = 'agent_tables_limit'), 1000);
BEGIN
  IF NEW.home IS NULL THEN
    NEW.home := CASE
      WHEN (SELECT count(*) FROM public.agents a WHERE a.home > 0) < tables_limit THEN NEW.id
      ELSE -1 - (NEW.id % 16)
    END;
  END IF;
  RETURN NEW;
END
$$;

COMMENT ON FUNCTION app.choose_home_of_new_agent() IS 'Decides between tables of its own and a pool.';
DROP TRIGGER IF EXISTS trigger_choose_agent_home ON public.agents;
CREATE TRIGGER trigger_choose_agent_home BEFORE INSERT ON public.agents
  FOR EACH ROW EXECUTE FUNCTION app.choose_home_of_new_agent();
DROP TRIGGER IF EXISTS trigger_create_agent_tables ON public.agents;
CREATE TRIGGER trigger_create_agent_tables AFTER INSERT ON public.agents
  FOR EACH ROW EXECUTE FUNCTION app.create_tables_of_new_agent();

-- The result is one row, also when nothing was made: then success is false and message says what to change.
CREATE OR REPLACE FUNCTION public.create_agent(user_id uuid, agent_prefix varchar, created_by uuid)
  RETURNS TABLE (agent json, success boolean, message text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  made public.agents%ROWTYPE;
  organization text := (SELECT u.organization_id FROM public.users u WHERE u.id = create_agent.user_id);
BEGIN
  IF create_agent.agent_prefix IS NULL OR create_agent.agent_prefix !~ '^[a-z][a-z0-9_]{2,19}$' THEN
    RETURN QUERY SELECT NULL::json, false,
      'The prefix needs 3 to 20 characters: a lower-case letter first, then lower-case letters, digits or underscores.';
    RETURN;
  END IF;
  IF create_agent.agent_prefix ~ '^(pool_[0-9]{2}|waiting_room)$' THEN
    RETURN QUERY SELECT NULL::json, false, 'This prefix names a shared home: choose another.';
    RETURN;
  END IF;
  IF organization IS NULL THEN
    RETURN QUERY SELECT NULL::json, false, 'There is no such user.';
    RETURN;
  END IF;
  IF NOT EXISTS (SELECT FROM public.users u WHERE u.id = create_agent.created_by AND u.organization_id = organization) THEN
    RETURN QUERY SELECT NULL::json, false, 'The creator must be a user of the same organization.';
    RETURN;
  END IF;
  INSERT INTO public.agents (organization_id, agent_prefix, user_id, created_by)
    VALUES (organization, create_agent.agent_prefix, create_agent.user_id, create_agent.created_by)
    RETURNING * INTO made;
  RETURN QUERY SELECT to_json(made), true, format('Agent %s is ready.', made.agent_prefix);
EXCEPTION
  WHEN unique_violation OR duplicate_table THEN
    RETURN QUERY SELECT NULL::json, false,
      CASE WHEN EXISTS (SELECT FROM public.agents a WHERE a.user_id = create_agent.user_id)
        THEN 'This user already has an agent.' ELSE 'This prefix is taken: choose another.' END;
END
$$;
COMMENT ON FUNCTION public.create_agent(uuid, varchar, uuid) IS
  'Makes an agent with its four tables. Returns the agent as JSON, whether it worked, and what to do if not.';

-- The shared homes: sixteen pools and the waiting room.
DO $$
BEGIN
  IF to_regclass('public.waiting_room_customers') IS NULL THEN
    PERFORM app.create_home_tables('waiting_room', 0);
    PERFORM app.create_home_tables('pool_' || lpad(n::text, 2, '0'), -n) FROM generate_series(1, 16) AS n;
  END IF;
END
$$;

-- Dropping a partition locks its parent against everybody. All four are locked first, in the order in which they are read and made, so
-- that a reader of another agent waits for a moment and never stands in a circle.
CREATE OR REPLACE FUNCTION app.drop_home_tables(prefix text) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  kind text;
  name text;
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = to_regclass(format('public.%I', prefix || '_customers')) AND c.relispartition) THEN
    LOCK TABLE ONLY public.customers, ONLY public.messages, ONLY public.orders, ONLY public.orders_items IN ACCESS EXCLUSIVE MODE;
  END IF;
  -- From the lines to the customers, so that no key points at a table that is gone.
  FOREACH kind IN ARRAY ARRAY['orders_items', 'orders', 'messages', 'customers'] LOOP
    name := prefix || '_' || kind;
    IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = to_regclass(format('public.%I', name)) AND c.relkind = 'v') THEN
      EXECUTE format('DROP VIEW public.%I', name);
    ELSE
      EXECUTE format('DROP TABLE IF EXISTS public.%I', name);
    END IF;
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.drop_home_tables(text) IS 'Drops four tables or views of one prefix; no error when they are gone.';

-- Takes an agent's tables or views away. Nothing to take away is no error: a deletion that was cut short can be repeated.
CREATE OR REPLACE FUNCTION public.drop_agent_tables(prefix text) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  IF prefix IS NULL OR prefix !~ '^[a-z][a-z0-9_]{2,19}$' OR prefix ~ '^(pool_[0-9]{2}|waiting_room)$' THEN
    RAISE EXCEPTION 'not an agent''s prefix: %', prefix USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM app.drop_home_tables(prefix);
END
$$;
COMMENT ON FUNCTION public.drop_agent_tables(text) IS 'Drops an agent''s four tables, or its four views.';

-- The prefix names tables and never changes; everything else about the user may. Only those columns are taken that are listed.
CREATE OR REPLACE FUNCTION public.update_agent_details(agent_id integer, user_updates jsonb, agent_updates jsonb, current_user_id uuid)
  RETURNS TABLE (agent json, success boolean, message text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  found_agent public.agents%ROWTYPE;
  actor public.users%ROWTYPE;
BEGIN
  SELECT * INTO found_agent FROM public.agents a WHERE a.id = update_agent_details.agent_id FOR UPDATE;
  SELECT * INTO actor FROM public.users u WHERE u.id = current_user_id AND u.disabled_at IS NULL;
  IF found_agent.id IS NULL OR actor.id IS NULL
    OR (actor.role <> 'admin' AND actor.organization_id <> found_agent.organization_id) THEN
    RETURN QUERY SELECT NULL::json, false, 'There is no such agent.';
    RETURN;
  END IF;
  IF NOT (actor.role = 'admin' OR actor.is_owner OR actor.id = found_agent.user_id) THEN
    RETURN QUERY SELECT NULL::json, false, 'Only the user, an owner of the organization or an admin may change this agent.';
    RETURN;
  END IF;
  IF agent_updates ? 'agent_prefix' AND agent_updates ->> 'agent_prefix' IS DISTINCT FROM found_agent.agent_prefix THEN
    RETURN QUERY SELECT NULL::json, false, 'The prefix names the agent''s tables and cannot be changed.';
    RETURN;
  END IF;
  IF user_updates ? 'role' AND actor.role <> 'admin' THEN
    RETURN QUERY SELECT NULL::json, false, 'Only an admin may change a role.';
    RETURN;
  END IF;
  UPDATE public.users u SET
    name = coalesce(nullif(btrim(user_updates ->> 'name'), ''), u.name),
    email = coalesce(nullif(btrim(user_updates ->> 'email'), ''), u.email),
    role = coalesce((user_updates ->> 'role')::public.role, u.role)
    WHERE u.id = found_agent.user_id;
  RETURN QUERY SELECT json_build_object('id', a.id, 'agent_prefix', a.agent_prefix, 'user_id', a.user_id, 'created_by', a.created_by,
      'created_at', a.created_at, 'name', u.name, 'email', u.email, 'role', u.role), true, 'The agent is up to date.'
    FROM public.agents a LEFT JOIN public.users u ON u.id = a.user_id WHERE a.id = found_agent.id;
EXCEPTION
  WHEN unique_violation THEN
    RETURN QUERY SELECT NULL::json, false, 'There is already an account with this email.';
  WHEN invalid_text_representation THEN
    RETURN QUERY SELECT NULL::json, false, 'The role must be admin or agent.';
END
$$;
COMMENT ON FUNCTION public.update_agent_details(integer, jsonb, jsonb, uuid) IS
  'Changes an agent''s user (name, email, role) on behalf of current_user_id; refuses to change the prefix.';

-- An agent's rows go with its tables; in a pool they are deleted. Its user stays, and answers on no number any more.
CREATE OR REPLACE FUNCTION public.delete_agent(agent_id integer)
  RETURNS TABLE (success boolean, message text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  gone public.agents%ROWTYPE;
BEGIN
  SELECT * INTO gone FROM public.agents a WHERE a.id = delete_agent.agent_id FOR UPDATE;
  IF NOT FOUND THEN
    RETURN QUERY SELECT false, 'There is no such agent.';
    RETURN;
  END IF;
  UPDATE public.whatsapp_configuration w SET is_active = false, updated_at = now() WHERE w.user_id = gone.user_id;
  PERFORM public.drop_agent_tables(gone.agent_prefix::text);
  IF gone.home < 0 THEN
    EXECUTE format('DELETE FROM public.customers WHERE home = %s AND agent_id = %s', gone.home, gone.id);
  END IF;
  DELETE FROM public.messages_archive m WHERE m.agent_id = gone.id;
  DELETE FROM public.agents a WHERE a.id = gone.id;
  RETURN QUERY SELECT true, format('Agent %s and all its customers, messages and orders are gone.', gone.agent_prefix);
END
$$;
COMMENT ON FUNCTION public.delete_agent(integer) IS
  'Deletes an agent with everything in its tables, drops them, and deactivates its user''s configuration.';

-- Whoever works in an agent's home holds it until the end of the transaction, and a move waits for them: between looking up the home and
-- using it, the agent cannot leave. The caller's rights decide which agents there are.
CREATE OR REPLACE FUNCTION app.hold_home(agent_id bigint) RETURNS bigint
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('switchboard.home.' || agent_id, 0));
  RETURN (SELECT a.home FROM public.agents a WHERE a.id = hold_home.agent_id);
END
$$;
COMMENT ON FUNCTION app.hold_home(bigint) IS 'An agent''s home, which it does not leave until the transaction ends; NULL when there is no such agent.';
GRANT EXECUTE ON FUNCTION app.hold_home(bigint) TO switchboard_app, switchboard_worker;

-- Between homes rows are copied and the old ones taken away, because a row with keys of its own table pointing at it cannot wander
-- from one partition to another. Ids stay, so nothing that refers to them notices.
CREATE OR REPLACE FUNCTION public.move_agent(agent_id bigint, home bigint) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  moved public.agents%ROWTYPE;
  staging text;
BEGIN
  -- Movers take turns: each ends by locking the parents, which it already uses.
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.move', 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.home.' || move_agent.agent_id, 0));
  SELECT * INTO moved FROM public.agents a WHERE a.id = move_agent.agent_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no agent %', move_agent.agent_id USING ERRCODE = 'no_data_found';
  END IF;
  IF move_agent.home = moved.home THEN RETURN; END IF;
  IF NOT (move_agent.home = moved.id OR move_agent.home BETWEEN -16 AND -1) THEN
    RAISE EXCEPTION 'an agent lives in its own home (%) or in a pool (-1 to -16)', moved.id USING ERRCODE = 'invalid_parameter_value';
  END IF;
  PERFORM set_config('app.moving_agent', moved.id::text, true);
  -- The tables of a silo keep their rows under other names until everything has been copied.
  -- No agent's prefix begins with an underscore, so nobody has these names.
  staging := '_moving_' || moved.id;
  IF moved.home > 0 THEN
    PERFORM app.rename_home_tables(moved.agent_prefix::text, staging);
  ELSE
    PERFORM public.drop_agent_tables(moved.agent_prefix::text);
  END IF;
  UPDATE public.agents a SET home = move_agent.home WHERE a.id = moved.id;
  PERFORM public.create_agent_tables(moved.agent_prefix::text, moved.id);
  PERFORM app.copy_home_rows(moved.id, moved.home, move_agent.home);
  IF moved.home > 0 THEN
    PERFORM app.drop_home_tables(staging);
  ELSE
    EXECUTE format('DELETE FROM public.customers WHERE home = %s AND agent_id = %s', moved.home, moved.id);
  END IF;
  PERFORM set_config('app.moving_agent', '', true);
END
$$;
COMMENT ON FUNCTION public.move_agent(bigint, bigint) IS
  'Moves an agent between tables of its own and a pool, in one transaction, losing and renumbering nothing.';

CREATE OR REPLACE FUNCTION app.rename_home_tables(prefix text, renamed text) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  kind text;
  made record;
BEGIN
  FOREACH kind IN ARRAY ARRAY['customers', 'messages', 'orders', 'orders_items'] LOOP
    EXECUTE format('ALTER TABLE public.%I RENAME TO %I', prefix || '_' || kind, renamed || '_' || kind);
  END LOOP;
  -- Index names are taken too; they would be in the way of the new tables'.
  FOR made IN SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
    WHERE i.indrelid IN (SELECT to_regclass(format('public.%I', renamed || '_' || k))
      FROM unnest(ARRAY['customers', 'messages', 'orders', 'orders_items']) AS k) AND c.relname LIKE prefix || '\_%'
  LOOP
    EXECUTE format('ALTER INDEX public.%I RENAME TO %I', made.relname, renamed || substr(made.relname, length(prefix) + 1));
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.rename_home_tables(text, text) IS 'Gives a home''s four tables and their indexes another prefix.';

-- Every column that is stored and not computed, in the order of the parent; the home is replaced. The rows are locked, so that what
-- somebody who did not hold the home is changing at this moment is copied as it becomes.
CREATE OR REPLACE FUNCTION app.copy_home_rows(agent_id bigint, old_home bigint, new_home bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  kind text;
  columns text;
BEGIN
  FOREACH kind IN ARRAY ARRAY['customers', 'messages', 'orders', 'orders_items'] LOOP
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = format('public.%I', kind)::regclass AND a.attnum > 0 AND NOT a.attisdropped
        AND a.attgenerated = '' AND a.attname <> 'home';
    EXECUTE format('INSERT INTO public.%I (home, %s) SELECT %s, %s FROM public.%I WHERE home = %s AND agent_id = %s FOR UPDATE',
      kind, columns, new_home, columns, kind, old_home, agent_id);
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.copy_home_rows(bigint, bigint, bigint) IS 'Copies an agent''s rows from one home to another.';
