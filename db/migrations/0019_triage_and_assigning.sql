-- What waits in triage as an owner works through it, why each rule of routing decided or not, and what somebody sees of a
-- conversation that was assigned to them.

CREATE TABLE public.triage_items (
  id uuid CONSTRAINT triage_items_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  customer_id bigint NOT NULL,
  phone_number_id text NOT NULL,
  reason text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CONSTRAINT triage_items_state_known CHECK (state IN ('waiting', 'dismissed', 'blocked')),
  unread_count integer NOT NULL DEFAULT 0 CONSTRAINT triage_items_unread_not_negative CHECK (unread_count >= 0),
  last_message_id bigint NOT NULL,
  last_message_at timestamptz NOT NULL,
  last_inbound_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT triage_items_sender_key UNIQUE (organization_id, customer_id, phone_number_id),
  CONSTRAINT triage_items_number_fkey FOREIGN KEY (organization_id, phone_number_id)
    REFERENCES public.phone_numbers (organization_id, phone_number_id) ON DELETE CASCADE
);
CREATE INDEX triage_items_list_idx ON public.triage_items (organization_id, state, last_message_at DESC, id DESC);
COMMENT ON TABLE public.triage_items IS
  'Senders in the waiting room, one row for each number they wrote on: what a conversation is for an agent''s customer.';
COMMENT ON COLUMN public.triage_items.customer_id IS 'In the waiting room: customers with home 0.';
COMMENT ON COLUMN public.triage_items.reason IS 'Why the newest message found nobody; a TriageReason.';
COMMENT ON COLUMN public.triage_items.state IS
  'dismissed: put aside until the sender writes again. blocked: what they write is stored and nobody is told.';
SELECT app.raise_wall('public.triage_items');
CREATE POLICY triage_for_the_owner ON public.triage_items TO switchboard_app
  USING ((SELECT app.is_organization_owner())) WITH CHECK ((SELECT app.is_organization_owner()));
GRANT SELECT, UPDATE (state, unread_count) ON public.triage_items TO switchboard_app;
GRANT SELECT, INSERT, UPDATE ON public.triage_items TO switchboard_worker;

INSERT INTO public.triage_items (organization_id, customer_id, phone_number_id, reason, unread_count, last_message_id, last_message_at, last_inbound_at)
  SELECT m.organization_id, m.customer_id, m.phone_number_id,
    coalesce((array_agg(m.routing_metadata ->> 'reason' ORDER BY m."timestamp" DESC, m.id DESC))[1], 'unknown_sender'),
    count(*) FILTER (WHERE m.direction = 'inbound' AND m.type <> 'system'),
    (array_agg(m.id ORDER BY m."timestamp" DESC, m.id DESC))[1],
    max(m."timestamp") AT TIME ZONE 'utc',
    max(m."timestamp") FILTER (WHERE m.direction = 'inbound' AND m.type <> 'system') AT TIME ZONE 'utc'
  FROM public.messages m JOIN public.phone_numbers n ON n.organization_id = m.organization_id AND n.phone_number_id = m.phone_number_id
  WHERE m.home = 0 GROUP BY m.organization_id, m.customer_id, m.phone_number_id;

ALTER TABLE public.route_decisions ADD COLUMN considered jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN public.route_decisions.considered IS
  'Each rule that was asked, in order, with whether it decided and why: [{rule, decided, why}].';

-- What would happen to a message is asked without meeting the sender.
GRANT SELECT ON public.contacts, public.contact_keys TO switchboard_worker;

-- Whom a conversation is assigned to sees it with its customer and messages, wherever they live.
CREATE FUNCTION app.assigned_conversations() RETURNS uuid[]
  LANGUAGE sql STABLE SET search_path = ''
BEGIN ATOMIC
  SELECT coalesce(array_agg(c.id), '{}') FROM public.conversations c WHERE c.assignee_id = auth.uid();
END;
COMMENT ON FUNCTION app.assigned_conversations() IS 'The conversations that are assigned to whoever asks.';
CREATE FUNCTION app.assigned_customers() RETURNS bigint[]
  LANGUAGE sql STABLE SET search_path = ''
BEGIN ATOMIC
  SELECT coalesce(array_agg(c.customer_id), '{}') FROM public.conversations c WHERE c.assignee_id = auth.uid();
END;
COMMENT ON FUNCTION app.assigned_customers() IS 'The customers of the conversations that are assigned to whoever asks. Ids come from one sequence.';
GRANT EXECUTE ON FUNCTION app.assigned_conversations(), app.assigned_customers() TO switchboard_app;

CREATE FUNCTION app.show_assigned_rows(home_table regclass) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  columns text[] := ARRAY(SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = home_table AND a.attnum > 0 AND NOT a.attisdropped);
  mine text := CASE
    WHEN 'conversation_id' = ANY (columns) THEN 'conversation_id = ANY ((SELECT app.assigned_conversations())::uuid[])'
    WHEN 'name_source' = ANY (columns) THEN 'id = ANY ((SELECT app.assigned_customers())::bigint[])' END;
BEGIN
  IF mine IS NULL THEN RETURN; END IF;
  EXECUTE format('CREATE POLICY assigned_to_me ON %s FOR SELECT TO switchboard_app USING (%s)', home_table, mine);
  IF 'conversation_id' = ANY (columns) THEN
    EXECUTE format('CREATE POLICY answers_where_assigned ON %s FOR INSERT TO switchboard_app WITH CHECK (%s)', home_table, mine);
  END IF;
END
$$;
COMMENT ON FUNCTION app.show_assigned_rows(regclass) IS
  'Lets somebody read the customers and messages of conversations that are assigned to them, and answer there.';

CREATE OR REPLACE FUNCTION app.guard_home_table(home_table regclass) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM app.raise_wall(home_table);
  EXECUTE format(
    'CREATE POLICY my_own_rows ON %s TO switchboard_app
       USING (agent_id = (SELECT app.current_agent_id())) WITH CHECK (agent_id = (SELECT app.current_agent_id()))', home_table);
  EXECUTE format(
    'CREATE POLICY all_rows_for_the_owner ON %s TO switchboard_app
       USING ((SELECT app.is_organization_owner())) WITH CHECK ((SELECT app.is_organization_owner()))', home_table);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO switchboard_app, switchboard_worker', home_table);
  PERFORM app.show_assigned_rows(home_table);
END
$$;

SELECT app.show_assigned_rows(t.id) FROM (
  SELECT unnest(ARRAY['public.customers', 'public.messages', 'public.messages_archive']::regclass[]) AS id
  UNION SELECT i.inhrelid::regclass FROM pg_catalog.pg_inherits i
    WHERE i.inhparent IN ('public.customers'::regclass, 'public.messages'::regclass, 'public.messages_archive'::regclass)) AS t;
CREATE POLICY identities_where_assigned ON public.contact_identities FOR SELECT TO switchboard_app
  USING (agent_id IS NOT NULL AND customer_id = ANY ((SELECT app.assigned_customers())::bigint[]));

CREATE FUNCTION app.is_assigned_message(agent bigint, message bigint) RETURNS boolean
  LANGUAGE plpgsql STABLE SET search_path = ''
AS $$
DECLARE
  place bigint := (SELECT a.home FROM public.agents a WHERE a.id = agent);
  answer boolean;
BEGIN
  IF place IS NULL OR cardinality(app.assigned_conversations()) = 0 THEN RETURN false; END IF;
  EXECUTE format('SELECT EXISTS (SELECT FROM public.messages m WHERE m.home = %s AND m.agent_id = %s AND m.id = %s
    AND m.conversation_id = ANY (app.assigned_conversations()))', place, agent, message) INTO answer;
  RETURN answer;
END
$$;
COMMENT ON FUNCTION app.is_assigned_message(bigint, bigint) IS 'Whether an agent''s message stands in a conversation that is assigned to whoever asks.';
GRANT EXECUTE ON FUNCTION app.is_assigned_message(bigint, bigint) TO switchboard_app;
CREATE POLICY decisions_where_assigned ON public.route_decisions FOR SELECT TO switchboard_app
  USING (agent_id IS NOT NULL AND message_id IS NOT NULL AND app.is_assigned_message(agent_id, message_id));
