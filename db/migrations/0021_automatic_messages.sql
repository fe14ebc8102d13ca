-- Messages that nobody wrote by hand: what an organization lets Switchboard say, and when it said it last.

ALTER TABLE public.organizations ADD COLUMN automatic_messages jsonb;
COMMENT ON COLUMN public.organizations.automatic_messages IS
  'Language, notice to people who wait, and further words for STOP and START; NULL: as Switchboard has them.';
GRANT UPDATE (automatic_messages) ON public.organizations TO switchboard_app;

-- Who waits for an owner is answered too: such a message has no agent and no conversation yet.
-- squawk-ignore ban-drop-not-null -- only the worker, which knows, writes and reads rows without an agent
ALTER TABLE public.outbox ALTER COLUMN agent_id DROP NOT NULL, ALTER COLUMN conversation_id DROP NOT NULL;
-- squawk-ignore require-concurrent-index-creation -- nothing without an agent has been written yet
CREATE INDEX outbox_waiting_room_idx ON public.outbox (organization_id, message_id) WHERE agent_id IS NULL;

CREATE TABLE public.automatic_sends (
  organization_id text NOT NULL,
  contact_id bigint NOT NULL,
  kind text NOT NULL CONSTRAINT automatic_sends_kind_known CHECK (kind IN
    ('question', 'notice', 'opted_out', 'opted_in', 'welcome', 'away')),
  about text NOT NULL DEFAULT '',
  sent_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT automatic_sends_pkey PRIMARY KEY (organization_id, contact_id, kind, about),
  CONSTRAINT automatic_sends_contact_fkey FOREIGN KEY (organization_id, contact_id)
    REFERENCES public.contacts (organization_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.automatic_sends IS
  'When a person last got which automatic message. The key is what limits them: two workers cannot both be first.';
COMMENT ON COLUMN public.automatic_sends.about IS
  'What the limit counts in: a number, a number and an agent, a conversation; empty where it counts for all.';
SELECT app.raise_wall('public.automatic_sends');
