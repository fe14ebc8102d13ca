-- What Meta tells of accounts, numbers and templates, how well a grant's token is, and messages that wait for a connection.

CREATE TABLE app.account_notices (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT account_notices_pkey PRIMARY KEY,
  signed_by text NOT NULL,
  waba_id text,
  business_id text,
  field text NOT NULL,
  value jsonb NOT NULL,
  dedupe_key text NOT NULL,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT account_notices_dedupe_key UNIQUE (signed_by, dedupe_key)
);
CREATE INDEX account_notices_waba_idx ON app.account_notices (waba_id);
CREATE INDEX account_notices_business_idx ON app.account_notices (business_id) WHERE waba_id IS NULL;
CREATE INDEX account_notices_received_idx ON app.account_notices (received_at);
COMMENT ON TABLE app.account_notices IS
  'Webhooks about accounts as they came, once each, whoever has the account: also for those that nobody has connected yet.';
COMMENT ON COLUMN app.account_notices.business_id IS 'The portfolio a notice is about when it names no account.';
COMMENT ON COLUMN app.account_notices.occurred_at IS 'By Meta''s clock; newer notices win, in whatever order they come.';

CREATE TABLE app.accounts_with_news (
  organization_id text NOT NULL CONSTRAINT accounts_with_news_organization_fkey
    REFERENCES public.organizations (id) ON DELETE CASCADE,
  waba_id text NOT NULL,
  again boolean NOT NULL DEFAULT false,
  lease_token bigint,
  leased_until timestamptz,
  CONSTRAINT accounts_with_news_pkey PRIMARY KEY (organization_id, waba_id)
);
COMMENT ON TABLE app.accounts_with_news IS 'Accounts whose notices an organization has not applied yet; work for the loop.';
COMMENT ON COLUMN app.accounts_with_news.again IS 'Apply notices that were applied before, too: the account was connected anew or its numbers changed.';

CREATE TABLE public.account_events (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT account_events_pkey PRIMARY KEY,
  organization_id text NOT NULL CONSTRAINT account_events_organization_fkey
    REFERENCES public.organizations (id) ON DELETE CASCADE,
  waba_id text NOT NULL,
  phone_number_id text,
  field text NOT NULL,
  event text NOT NULL,
  severity text NOT NULL CONSTRAINT account_events_severity_known CHECK (severity IN ('good', 'info', 'warning', 'critical')),
  payload jsonb NOT NULL,
  dedupe_key text NOT NULL,
  occurred_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT account_events_dedupe_key UNIQUE (organization_id, waba_id, dedupe_key)
);
CREATE INDEX account_events_timeline_idx ON public.account_events (organization_id, occurred_at DESC, id DESC);
COMMENT ON TABLE public.account_events IS 'What happened to an organization''s accounts, told by Meta or noticed here; for people to read.';

CREATE TABLE public.account_facts (
  organization_id text NOT NULL CONSTRAINT account_facts_organization_fkey
    REFERENCES public.organizations (id) ON DELETE CASCADE,
  waba_id text NOT NULL,
  subject text NOT NULL,
  aspect text NOT NULL,
  value jsonb NOT NULL,
  as_of timestamptz NOT NULL,
  tie text NOT NULL,
  CONSTRAINT account_facts_pkey PRIMARY KEY (organization_id, waba_id, subject, aspect)
);
COMMENT ON TABLE public.account_facts IS
  'The newest word on each aspect of an account, a number or a template. The newer (as_of, tie) wins, so any order of arrival ends alike.';
COMMENT ON COLUMN public.account_facts.subject IS 'account, number:<phone_number_id> or template:<id>.';

CREATE TABLE public.message_templates (
  organization_id text NOT NULL CONSTRAINT message_templates_organization_fkey
    REFERENCES public.organizations (id) ON DELETE CASCADE,
  waba_id text NOT NULL,
  template_id text NOT NULL,
  name text,
  language text,
  status text,
  reason text,
  category text,
  correct_category text,
  category_changes_at timestamptz,
  quality text,
  components jsonb,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT message_templates_pkey PRIMARY KEY (organization_id, waba_id, template_id)
);
COMMENT ON TABLE public.message_templates IS 'Templates as Meta''s webhooks last described them.';

CREATE TABLE public.account_checks (
  organization_id text NOT NULL CONSTRAINT account_checks_organization_fkey
    REFERENCES public.organizations (id) ON DELETE CASCADE,
  waba_id text NOT NULL,
  findings jsonb NOT NULL,
  checked_at timestamptz NOT NULL,
  CONSTRAINT account_checks_pkey PRIMARY KEY (organization_id, waba_id)
);
COMMENT ON TABLE public.account_checks IS 'What the last look at an account found that only Meta or the network can tell.';

ALTER TABLE public.waba_accounts
  ADD COLUMN connected_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN disconnected_at timestamptz,
  ADD COLUMN disconnected_by text CONSTRAINT waba_accounts_disconnected_by_known CHECK (disconnected_by IN ('webhook', 'token')),
  ADD COLUMN disconnected_reason text,
  ADD COLUMN token_checked_at timestamptz,
  ADD COLUMN token_scopes text[];
COMMENT ON COLUMN public.waba_accounts.connected_at IS 'When the token came; Meta''s older words about the connection do not count for it.';
COMMENT ON COLUMN public.waba_accounts.disconnected_by IS
  'webhook: Meta said so, and may say that it is mended. token: Meta refused the token; only a new one mends it.';

ALTER TABLE public.phone_numbers
  ADD COLUMN messaging_limit text,
  ADD COLUMN name_status text,
  ADD COLUMN username text,
  ADD COLUMN code_verification_status text,
  ADD COLUMN platform_type text,
  ADD COLUMN read_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN gone_at timestamptz;
COMMENT ON COLUMN public.phone_numbers.read_at IS 'When the row was last read from Meta; older notices do not change what was read.';
COMMENT ON COLUMN public.phone_numbers.gone_at IS 'When Meta no longer listed the number in its account.';

ALTER TABLE public.outbox ADD COLUMN held_at timestamptz;
COMMENT ON COLUMN public.outbox.held_at IS 'Waits since then for its account to be connected; released by whatever connects it.';

SELECT app.raise_wall(t) FROM unnest(ARRAY['app.accounts_with_news', 'public.account_events', 'public.account_facts',
  'public.message_templates', 'public.account_checks']::regclass[]) AS t;

-- Nothing of a customer is in these: whoever answers for the organization may know why a number does not send.
CREATE POLICY events_of_my_organization ON public.account_events FOR SELECT TO switchboard_app USING (true);
CREATE POLICY facts_of_my_organization ON public.account_facts FOR SELECT TO switchboard_app USING (true);
CREATE POLICY templates_of_my_organization ON public.message_templates FOR SELECT TO switchboard_app USING (true);
CREATE POLICY checks_of_my_organization ON public.account_checks FOR SELECT TO switchboard_app USING (true);
CREATE POLICY configurations_are_made_by_the_owner ON public.whatsapp_configuration FOR INSERT TO switchboard_app
  WITH CHECK ((SELECT app.is_organization_owner()));
CREATE POLICY configurations_are_changed_by_the_owner ON public.whatsapp_configuration FOR UPDATE TO switchboard_app
  USING ((SELECT app.is_organization_owner())) WITH CHECK ((SELECT app.is_organization_owner()));

GRANT SELECT ON public.account_events, public.account_facts, public.message_templates, public.account_checks TO switchboard_app;
GRANT SELECT, INSERT ON public.account_events TO switchboard_worker;
GRANT SELECT, INSERT, UPDATE ON public.account_facts, public.message_templates, public.account_checks TO switchboard_worker;
GRANT UPDATE (name, owner_business_id, connected, disconnected_at, disconnected_by, disconnected_reason, token_expires_at, token_checked_at,
  token_scopes, updated_at) ON public.waba_accounts TO switchboard_worker;
GRANT UPDATE (verified_name, quality_rating, status, messaging_limit, name_status, username, code_verification_status, platform_type,
  gone_at, updated_at) ON public.phone_numbers TO switchboard_worker;
