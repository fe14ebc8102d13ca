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
  EXECUTE format('CREATE INDEX %I ON public.%I (agent_id, phone)', prefix || '_customers_phone_idx', prefix || '_customers');
  EXECUTE format('CREATE INDEX %I ON public.%I (agent_id, created_at)', prefix || '_customers_created_idx', prefix || '_customers');
  EXECUTE format('CREATE INDEX %I ON public.%I (conversation_id, "timestamp" DESC, id DESC)',
    prefix || '_messages_thread_idx', prefix || '_messages');
  EXECUTE format('CREATE INDEX %I ON public.%I (agent_id, customer_id, "timestamp" DESC)',
    prefix || '_messages_customer_idx', prefix || '_messages');
  EXECUTE format('CREATE INDEX %I ON public.%I (agent_id, "timestamp" DESC)',
    prefix || '_messages_timestamp_idx', prefix || '_messages');
  EXECUTE format('CREATE INDEX %I ON public.%I (agent_id, customer_id, status)', prefix || '_orders_customer_idx', prefix || '_orders');
  EXECUTE format('CREATE INDEX %I ON public.%I (agent_id, status, created_at)', prefix || '_orders_status_idx', prefix || '_orders');
  EXECUTE format('CREATE INDEX %I ON public.%I (agent_id, order_id)', prefix || '_orders_items_order_idx', prefix || '_orders_items');
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
