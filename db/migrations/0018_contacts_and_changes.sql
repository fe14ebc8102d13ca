-- Who a person is to a business portfolio, whatever WhatsApp names them by; what is said about a message after it was sent; and
-- where that waits until the message itself comes.

CREATE TABLE public.contacts (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT contacts_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  portfolio_id text NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT contacts_organization_key UNIQUE (organization_id, id)
);
COMMENT ON TABLE public.contacts IS
  'One person as one business portfolio knows them. Its row is the lock under which identifiers are tied and customers made.';
COMMENT ON COLUMN public.contacts.facts IS
  'What WhatsApp told of the person: name, book_name, username, phone, each as [when it was told, value]. The newest told counts, whatever arrives last.';

CREATE TABLE public.contact_keys (
  organization_id text NOT NULL,
  portfolio_id text NOT NULL,
  kind text NOT NULL CONSTRAINT contact_keys_kind_known CHECK (kind IN ('phone', 'user_id', 'parent_user_id')),
  value text NOT NULL,
  contact_id bigint NOT NULL,
  CONSTRAINT contact_keys_pkey PRIMARY KEY (organization_id, portfolio_id, kind, value),
  CONSTRAINT contact_keys_contact_fkey FOREIGN KEY (organization_id, contact_id)
    REFERENCES public.contacts (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_keys_contact_idx ON public.contact_keys (contact_id);
COMMENT ON TABLE public.contact_keys IS
  'Identifiers that mean one person: what WhatsApp once told together belongs together for good, also where no agent has the person as a customer yet.';

-- What is known so far: identifiers of one customer mean one person, and so do equal identifiers of different agents' customers.
CREATE TEMPORARY TABLE person_of ON COMMIT DROP AS
  SELECT i.organization_id, i.portfolio_id, i.kind, i.value, i.agent_id, i.customer_id,
    dense_rank() OVER (ORDER BY i.organization_id, i.portfolio_id, i.agent_id, i.customer_id) AS person
  FROM public.contact_identities i;
DO $$
DECLARE
  moved bigint := 1;
BEGIN
  WHILE moved > 0 LOOP
    WITH lowest AS (
      SELECT p.ctid AS place, least(
        min(p.person) OVER (PARTITION BY p.organization_id, p.portfolio_id, p.kind, p.value),
        min(p.person) OVER (PARTITION BY p.organization_id, p.portfolio_id, p.agent_id, p.customer_id)) AS person
      FROM person_of p
    ) UPDATE person_of p SET person = l.person FROM lowest l WHERE l.place = p.ctid AND l.person < p.person;
    GET DIAGNOSTICS moved = ROW_COUNT;
  END LOOP;
END
$$;
INSERT INTO public.contacts (id, organization_id, portfolio_id, facts) OVERRIDING SYSTEM VALUE
  SELECT DISTINCT ON (p.person) p.person, p.organization_id, p.portfolio_id,
    jsonb_strip_nulls(jsonb_build_object(
      'name', CASE WHEN k.name_source = 'whatsapp' THEN jsonb_build_array(0, k.name) END,
      'username', CASE WHEN k.username IS NOT NULL THEN jsonb_build_array(0, k.username) END,
      'phone', CASE WHEN k.phone IS NOT NULL THEN jsonb_build_array(0, k.phone) END))
  FROM person_of p
  LEFT JOIN public.agents a ON a.id = p.agent_id
  LEFT JOIN public.customers k ON k.home = coalesce(a.home, 0) AND k.id = p.customer_id
  ORDER BY p.person, k.id;
SELECT setval(pg_get_serial_sequence('public.contacts', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM public.contacts), false);
INSERT INTO public.contact_keys (organization_id, portfolio_id, kind, value, contact_id)
  SELECT DISTINCT p.organization_id, p.portfolio_id, p.kind, p.value, p.person FROM person_of p;

SELECT app.raise_wall('public.contacts'), app.raise_wall('public.contact_keys');

ALTER TABLE public.messages ADD COLUMN changes jsonb, ADD COLUMN pricing jsonb;
ALTER TABLE public.messages_archive ADD COLUMN changes jsonb, ADD COLUMN pricing jsonb;
COMMENT ON COLUMN public.messages.changes IS
  'What came after it: reactions by who reacted, the edit in force, the deletion, each with its time and id, so that any order of arrival ends alike.';
COMMENT ON COLUMN public.messages.pricing IS 'What Meta charges for it, as the status webhook tells.';

-- A reaction, an edit or a deletion may overtake the message that it is about.
CREATE TABLE public.parked_changes (
  organization_id text NOT NULL,
  phone_number_id text NOT NULL,
  wamid text NOT NULL,
  change_wamid text NOT NULL,
  change jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT parked_changes_pkey PRIMARY KEY (organization_id, phone_number_id, wamid, change_wamid)
);
COMMENT ON TABLE public.parked_changes IS 'Reactions, edits and deletions whose message is not known yet; applied when it comes.';
SELECT app.raise_wall('public.parked_changes');
GRANT SELECT, INSERT, DELETE ON public.parked_changes TO switchboard_worker;

ALTER TABLE public.parked_statuses ADD COLUMN pricing jsonb;
GRANT UPDATE ON public.parked_statuses TO switchboard_worker;

ALTER TABLE public.consent_events ADD COLUMN source_key text, ADD COLUMN told_at timestamptz;
-- squawk-ignore require-concurrent-index-creation -- nothing has written to the table yet
CREATE UNIQUE INDEX consent_events_source_key ON public.consent_events (organization_id, source_key) WHERE source_key IS NOT NULL;
COMMENT ON COLUMN public.consent_events.source_key IS 'The webhook item that told it: a repeated delivery adds nothing.';
COMMENT ON COLUMN public.consent_events.told_at IS 'When the person decided, by WhatsApp''s clock; the newest decision counts.';

-- The past of a phone comes by the thousand: its lanes are served only when nothing that happens now waits.
ALTER TABLE app.webhook_lanes ADD COLUMN is_past boolean NOT NULL DEFAULT false;
-- squawk-ignore require-concurrent-index-deletion, require-concurrent-index-creation -- the table holds what waits at the moment
DROP INDEX app.webhook_lanes_turn_idx;
-- squawk-ignore require-concurrent-index-creation -- as above
CREATE INDEX webhook_lanes_turn_idx ON app.webhook_lanes (is_past, share, first_item) WHERE leased_until IS NULL;
COMMENT ON COLUMN app.webhook_lanes.is_past IS 'Messages of the past, from a phone that was connected with its history.';

-- squawk-ignore require-concurrent-index-creation -- an index of a partitioned table cannot be created concurrently
CREATE INDEX webhook_items_quarantine_idx ON app.webhook_items (id) WHERE state = 'quarantined';
