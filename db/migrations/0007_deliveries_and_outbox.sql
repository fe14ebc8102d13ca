-- What came from Meta and what goes to Meta. Work is claimed with a lease and a fencing token: a worker that lost its
-- lease cannot finish what another has taken over.

-- Both are partitioned by the week in which a delivery came, so that what has been kept long enough goes as whole tables
-- (app.make_delivery_partitions, app.drop_delivery_partitions). There is no default partition: it would be locked and scanned.
CREATE TABLE app.webhook_deliveries (
  id bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  signed_by text NOT NULL,
  body bytea NOT NULL,
  state text NOT NULL DEFAULT 'received' CONSTRAINT webhook_deliveries_state_known CHECK (state IN ('received', 'split', 'malformed')),
  error text,
  CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (received_at, id)
) PARTITION BY RANGE (received_at);
CREATE SEQUENCE app.webhook_deliveries_id_seq OWNED BY app.webhook_deliveries.id;
ALTER TABLE app.webhook_deliveries ALTER COLUMN id SET DEFAULT nextval('app.webhook_deliveries_id_seq');
CREATE INDEX webhook_deliveries_waiting_idx ON app.webhook_deliveries (id) WHERE state = 'received';
COMMENT ON TABLE app.webhook_deliveries IS 'Webhook POSTs as raw bytes, committed before they are answered.';
COMMENT ON COLUMN app.webhook_deliveries.signed_by IS 'Whose app secret verified the signature: install, or an organization''s id.';

CREATE TABLE app.webhook_items (
  id bigint NOT NULL,
  received_at timestamptz NOT NULL,
  delivery_id bigint NOT NULL,
  position integer NOT NULL,
  field text NOT NULL,
  kind text NOT NULL,
  waba_id text,
  phone_number_id text,
  ordering_key text NOT NULL,
  item text NOT NULL,
  signed_by text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CONSTRAINT webhook_items_state_known CHECK (state IN
    ('waiting', 'done', 'duplicate', 'unowned', 'unhandled', 'quarantined')),
  error text,
  attempts integer NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL DEFAULT now(),
  lease_token bigint,
  leased_until timestamptz,
  finished_at timestamptz,
  CONSTRAINT webhook_items_pkey PRIMARY KEY (received_at, id),
  CONSTRAINT webhook_items_position_key UNIQUE (received_at, delivery_id, position),
  CONSTRAINT webhook_items_delivery_fkey FOREIGN KEY (received_at, delivery_id)
    REFERENCES app.webhook_deliveries (received_at, id) ON DELETE CASCADE
) PARTITION BY RANGE (received_at);
CREATE SEQUENCE app.webhook_items_id_seq OWNED BY app.webhook_items.id;
ALTER TABLE app.webhook_items ALTER COLUMN id SET DEFAULT nextval('app.webhook_items_id_seq');
CREATE INDEX webhook_items_id_idx ON app.webhook_items (id);
CREATE INDEX webhook_items_waiting_idx ON app.webhook_items (id) WHERE state = 'waiting';
CREATE INDEX webhook_items_order_idx ON app.webhook_items (ordering_key, id) WHERE state = 'waiting';
COMMENT ON TABLE app.webhook_items IS 'One message, status or notice of a delivery; processed, retried and quarantined on its own.';
COMMENT ON COLUMN app.webhook_items.received_at IS 'When its delivery came: the two go together.';
COMMENT ON COLUMN app.webhook_items.item IS 'JSON as text: jsonb refuses characters that WhatsApp lets through.';
COMMENT ON COLUMN app.webhook_items.ordering_key IS 'Items with the same key are processed one after the other, in order of id.';

CREATE TABLE public.outbox (
  id uuid CONSTRAINT outbox_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  position bigint GENERATED ALWAYS AS IDENTITY,
  organization_id text NOT NULL,
  agent_id bigint NOT NULL,
  conversation_id uuid NOT NULL,
  message_id bigint NOT NULL,
  phone_number_id text NOT NULL,
  request jsonb NOT NULL,
  user_id uuid,
  idempotency_key text,
  request_hash bytea,
  state text NOT NULL DEFAULT 'queued' CONSTRAINT outbox_state_known CHECK (state IN
    ('queued', 'sending', 'accepted', 'unknown', 'failed')),
  wamid text,
  error jsonb,
  attempts integer NOT NULL DEFAULT 0,
  run_at timestamptz NOT NULL DEFAULT now(),
  lease_token bigint,
  leased_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  CONSTRAINT outbox_agent_fkey FOREIGN KEY (organization_id, agent_id)
    REFERENCES public.agents (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT outbox_conversation_fkey FOREIGN KEY (organization_id, conversation_id)
    REFERENCES public.conversations (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX outbox_idempotency_key ON public.outbox (organization_id, user_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;
CREATE INDEX outbox_waiting_idx ON public.outbox (position) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_order_idx ON public.outbox (conversation_id, position) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_unknown_idx ON public.outbox (finished_at) WHERE state = 'unknown';
COMMENT ON TABLE public.outbox IS 'Messages on their way to Meta. The id travels as biz_opaque_callback_data and comes back with every status.';
COMMENT ON COLUMN public.outbox.state IS
  'unknown: Meta may or may not have taken it; settled by the status that echoes our id, never by sending again.';

CREATE SEQUENCE app.lease_tokens;
COMMENT ON SEQUENCE app.lease_tokens IS 'Fencing tokens: a finished lease''s token is never given out again.';

SELECT app.raise_wall('public.outbox');
CREATE POLICY my_own_outbox ON public.outbox TO switchboard_app
  USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
GRANT SELECT, INSERT ON public.outbox TO switchboard_app;
GRANT SELECT, INSERT, UPDATE ON public.outbox TO switchboard_worker;
