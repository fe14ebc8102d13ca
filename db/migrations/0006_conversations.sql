-- Conversations, why a message went where it went, and what moves the screens.

CREATE TABLE public.conversations (
  id uuid CONSTRAINT conversations_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  agent_id bigint NOT NULL,
  phone_number_id text NOT NULL,
  customer_id bigint NOT NULL,
  assignee_id uuid,
  property_id uuid,
  status text NOT NULL DEFAULT 'active' CONSTRAINT conversations_status_known CHECK (status IN ('active', 'archived', 'blocked')),
  unread_count integer NOT NULL DEFAULT 0 CONSTRAINT conversations_unread_not_negative CHECK (unread_count >= 0),
  last_message_id bigint,
  last_message_at timestamptz NOT NULL DEFAULT now(),
  last_inbound_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT conversations_customer_key UNIQUE (agent_id, phone_number_id, customer_id),
  CONSTRAINT conversations_organization_key UNIQUE (organization_id, id),
  CONSTRAINT conversations_agent_fkey FOREIGN KEY (organization_id, agent_id)
    REFERENCES public.agents (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT conversations_number_fkey FOREIGN KEY (organization_id, phone_number_id)
    REFERENCES public.phone_numbers (organization_id, phone_number_id) ON DELETE CASCADE,
  CONSTRAINT conversations_assignee_fkey FOREIGN KEY (organization_id, assignee_id)
    REFERENCES public.users (organization_id, id) ON DELETE SET NULL (assignee_id),
  CONSTRAINT conversations_property_fkey FOREIGN KEY (organization_id, property_id)
    REFERENCES rental.properties (organization_id, id) ON DELETE SET NULL (property_id)
);
CREATE INDEX conversations_inbox_idx ON public.conversations (agent_id, last_message_at DESC, id DESC);
CREATE INDEX conversations_organization_inbox_idx ON public.conversations (organization_id, last_message_at DESC, id DESC);
CREATE INDEX conversations_assignee_idx ON public.conversations (assignee_id) WHERE assignee_id IS NOT NULL;
COMMENT ON TABLE public.conversations IS 'One customer, one number, one owning agent.';
COMMENT ON COLUMN public.conversations.last_inbound_at IS
  'When the customer last wrote, by WhatsApp''s clock; free text may be sent for 24 hours from then.';

-- The only test for duplicates: a wamid is inserted once per number, whoever's home the message went to.
CREATE TABLE public.message_keys (
  organization_id text NOT NULL,
  phone_number_id text NOT NULL,
  wamid text NOT NULL CONSTRAINT message_keys_wamid_length CHECK (length(wamid) BETWEEN 1 AND 512),
  agent_id bigint,
  message_id bigint NOT NULL,
  CONSTRAINT message_keys_pkey PRIMARY KEY (organization_id, phone_number_id, wamid),
  CONSTRAINT message_keys_agent_fkey FOREIGN KEY (organization_id, agent_id)
    REFERENCES public.agents (organization_id, id) ON DELETE SET NULL (agent_id)
);
COMMENT ON TABLE public.message_keys IS
  'Which message carries a wamid. The primary key is the test for duplicates and lives as long as the data.';

-- A status may arrive before our own row knows its wamid: it waits here and is applied when the wamid is known.
CREATE TABLE public.parked_statuses (
  organization_id text NOT NULL,
  phone_number_id text NOT NULL,
  wamid text NOT NULL,
  status text NOT NULL,
  error jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT parked_statuses_pkey PRIMARY KEY (organization_id, phone_number_id, wamid, status)
);
COMMENT ON TABLE public.parked_statuses IS 'Statuses whose message is not known yet.';

CREATE TABLE public.route_decisions (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT route_decisions_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  phone_number_id text NOT NULL,
  wamid text NOT NULL,
  rule text NOT NULL CONSTRAINT route_decisions_rule_known CHECK (rule IN
    ('conversation', 'number', 'lease', 'customer', 'recently_active', 'first_registered', 'triage')),
  reason text NOT NULL,
  candidates jsonb NOT NULL,
  agent_id bigint,
  user_id uuid,
  message_id bigint,
  decided_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT route_decisions_agent_fkey FOREIGN KEY (organization_id, agent_id)
    REFERENCES public.agents (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX route_decisions_message_idx ON public.route_decisions (organization_id, message_id);
COMMENT ON TABLE public.route_decisions IS 'Which rule sent an inbound message where, from which candidates, and why.';

CREATE TABLE public.events (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT events_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  agent_id bigint,
  assignee_id uuid,
  type text NOT NULL,
  data jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX events_organization_idx ON public.events (organization_id, id);
CREATE INDEX events_created_idx ON public.events USING brin (created_at);
COMMENT ON TABLE public.events IS 'What moves the screens: ids only, in commit order within an organization, kept for a day.';

SELECT app.raise_wall(t) FROM unnest(ARRAY['public.conversations', 'public.message_keys', 'public.parked_statuses',
  'public.route_decisions', 'public.events']::regclass[]) AS t;

CREATE POLICY my_own_conversations ON public.conversations TO switchboard_app
  USING (agent_id = (SELECT app.current_agent_id()) OR assignee_id = (SELECT auth.uid()));
CREATE POLICY all_conversations_for_the_owner ON public.conversations TO switchboard_app
  USING ((SELECT app.is_organization_owner()));
CREATE POLICY my_own_decisions ON public.route_decisions FOR SELECT TO switchboard_app
  USING (agent_id = (SELECT app.current_agent_id()) OR (SELECT app.is_organization_owner()));
CREATE POLICY my_own_events ON public.events FOR SELECT TO switchboard_app
  USING (agent_id = (SELECT app.current_agent_id()) OR assignee_id = (SELECT auth.uid()) OR (SELECT app.is_organization_owner()));

GRANT SELECT, UPDATE ON public.conversations TO switchboard_app;
GRANT SELECT, INSERT, UPDATE ON public.conversations TO switchboard_worker;
GRANT SELECT, INSERT ON public.message_keys TO switchboard_worker;
GRANT SELECT, INSERT, DELETE ON public.parked_statuses TO switchboard_worker;
GRANT SELECT ON public.route_decisions, public.events TO switchboard_app;
GRANT SELECT, INSERT ON public.route_decisions TO switchboard_worker;
