-- An organization's own Meta app credentials, and the ledger of who agreed to be written to.

CREATE TABLE public.tenant_configs (
  id serial CONSTRAINT tenant_configs_pkey PRIMARY KEY,
  tenant_id varchar(100) NOT NULL CONSTRAINT tenant_configs_tenant_key UNIQUE,
  organization_id text GENERATED ALWAYS AS (tenant_id) STORED CONSTRAINT tenant_configs_organization_fkey
    REFERENCES public.organizations (id) ON DELETE CASCADE,
  user_id uuid,
  waba_id varchar(255),
  phone_number_id varchar(255),
  access_token text,
  fb_app_id varchar(255),
  fb_app_secret text,
  callback_url varchar(500),
  redirect_url varchar(500),
  verify_token text,
  token_expires_at timestamp,
  refresh_token text,
  is_active boolean NOT NULL DEFAULT true,
  onboarding_completed boolean NOT NULL DEFAULT false,
  onboarded_at timestamp,
  last_verified_at timestamp,
  deleted_at timestamptz,
  created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc')
);
CREATE INDEX tenant_configs_active_idx ON public.tenant_configs (tenant_id) WHERE is_active AND deleted_at IS NULL;
CREATE INDEX tenant_configs_phone_number_idx ON public.tenant_configs (phone_number_id);
CREATE INDEX tenant_configs_waba_idx ON public.tenant_configs (waba_id);
COMMENT ON TABLE public.tenant_configs IS
  'An organization''s own Meta app; absent fields fall back to the environment. Tokens and secrets are ciphertext, which is why fb_app_secret and verify_token are text.';
COMMENT ON COLUMN public.tenant_configs.user_id IS 'Who entered it; kept when that person leaves.';
COMMENT ON COLUMN public.tenant_configs.deleted_at IS 'Deleted configurations can be restored for 30 days.';

CREATE TABLE public.consent_events (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT consent_events_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  subject text NOT NULL CONSTRAINT consent_events_subject_known CHECK (subject IN ('landlord', 'customer')),
  user_id uuid,
  agent_id bigint,
  portfolio_id text,
  identity_kind text,
  identity_value text,
  phone_number_id text,
  opted_in boolean NOT NULL,
  category text NOT NULL DEFAULT 'all',
  method text NOT NULL,
  message_id bigint,
  recorded_by uuid,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT consent_events_subject_named CHECK (
    CASE subject WHEN 'landlord' THEN user_id IS NOT NULL ELSE identity_value IS NOT NULL END),
  CONSTRAINT consent_events_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT consent_events_agent_fkey FOREIGN KEY (organization_id, agent_id)
    REFERENCES public.agents (organization_id, id) ON DELETE SET NULL (agent_id)
);
CREATE INDEX consent_events_landlord_idx ON public.consent_events (organization_id, user_id, id DESC) WHERE subject = 'landlord';
CREATE INDEX consent_events_customer_idx ON public.consent_events (organization_id, identity_kind, identity_value, id DESC)
  WHERE subject = 'customer';
COMMENT ON TABLE public.consent_events IS
  'Ledger of opt-in and opt-out, of landlords and of customers: who, when, how, from which message. Rows are only ever added.';

SELECT app.raise_wall('public.tenant_configs'), app.raise_wall('public.consent_events');
CREATE POLICY configuration_of_my_organization ON public.tenant_configs TO switchboard_app
  USING ((SELECT app.is_organization_owner())) WITH CHECK ((SELECT app.is_organization_owner()));
CREATE POLICY consent_that_concerns_me ON public.consent_events FOR SELECT TO switchboard_app
  USING (user_id = (SELECT auth.uid()) OR agent_id = (SELECT app.current_agent_id()) OR (SELECT app.is_organization_owner()));
CREATE POLICY my_own_consent ON public.consent_events FOR INSERT TO switchboard_app
  WITH CHECK (subject = 'landlord' AND user_id = (SELECT auth.uid()) AND recorded_by = (SELECT auth.uid()));

GRANT SELECT, INSERT, UPDATE, DELETE ON public.tenant_configs TO switchboard_app;
GRANT SELECT ON public.tenant_configs TO switchboard_worker;
GRANT USAGE ON SEQUENCE public.tenant_configs_id_seq TO switchboard_app;
-- Added to and read, never changed: not even a worker may rewrite who agreed.
GRANT SELECT, INSERT ON public.consent_events TO switchboard_app, switchboard_worker;
