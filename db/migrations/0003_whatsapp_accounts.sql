-- WhatsApp Business Accounts, who may use them, and their numbers.

CREATE TABLE public.waba_accounts (
  id varchar(255) CONSTRAINT waba_accounts_pkey PRIMARY KEY DEFAULT gen_random_uuid()::text,
  account_number serial,
  organization_id text NOT NULL,
  waba_id varchar(255) NOT NULL,
  user_id uuid NOT NULL,
  name text,
  owner_business_id varchar(255),
  access_token text,
  token_expires_at timestamp,
  connected boolean NOT NULL DEFAULT true,
  created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  owner_user_id uuid,
  CONSTRAINT fk_waba_user FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX waba_accounts_user_waba_unique ON public.waba_accounts (user_id, waba_id);
CREATE INDEX waba_accounts_organization_waba_idx ON public.waba_accounts (organization_id, waba_id);
COMMENT ON TABLE public.waba_accounts IS 'Grants: which user may use which WhatsApp Business Account. The token is encrypted.';

CREATE TABLE public.phone_numbers (
  phone_number_id text CONSTRAINT phone_numbers_pkey PRIMARY KEY,
  organization_id text NOT NULL CONSTRAINT phone_numbers_organization_fkey
    REFERENCES public.organizations (id) ON DELETE CASCADE,
  waba_id text NOT NULL,
  portfolio_id text NOT NULL,
  display_phone_number text NOT NULL,
  verified_name text,
  quality_rating text,
  status text NOT NULL DEFAULT 'UNKNOWN',
  mode text NOT NULL DEFAULT 'dedicated' CONSTRAINT phone_numbers_mode_known CHECK (mode IN ('dedicated', 'central')),
  routing jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT phone_numbers_organization_key UNIQUE (organization_id, phone_number_id)
);
CREATE INDEX phone_numbers_waba_idx ON public.phone_numbers (organization_id, waba_id);
COMMENT ON TABLE public.phone_numbers IS
  'Business numbers. One live owner organization each in the whole install, claimed only with a token that can read the number.';
COMMENT ON COLUMN public.phone_numbers.portfolio_id IS
  'The business portfolio that scopes user ids (BSUID); the WABA id until Meta tells the portfolio.';

CREATE TABLE public.whatsapp_configuration (
  id bigserial CONSTRAINT whatsapp_configuration_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  user_id uuid NOT NULL CONSTRAINT whatsapp_configuration_user_key UNIQUE,
  whatsapp_number varchar(20) NOT NULL,
  webhook_url text NOT NULL,
  api_key text,
  business_account_id varchar(100),
  phone_number_id varchar(100),
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT whatsapp_configuration_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX whatsapp_configuration_active_idx ON public.whatsapp_configuration (user_id, is_active);
CREATE INDEX whatsapp_configuration_number_idx ON public.whatsapp_configuration (organization_id, phone_number_id) WHERE is_active;
COMMENT ON TABLE public.whatsapp_configuration IS 'The number that a user answers on.';

SELECT app.raise_wall(t) FROM unnest(ARRAY['public.waba_accounts', 'public.phone_numbers',
  'public.whatsapp_configuration']::regclass[]) AS t;

CREATE POLICY my_own_grants ON public.waba_accounts TO switchboard_app
  USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY grants_of_my_organization ON public.waba_accounts FOR SELECT TO switchboard_app
  USING ((SELECT app.is_organization_owner()));
CREATE POLICY numbers_of_my_organization ON public.phone_numbers FOR SELECT TO switchboard_app USING (true);
CREATE POLICY numbers_are_changed_by_the_owner ON public.phone_numbers FOR UPDATE TO switchboard_app
  USING ((SELECT app.is_organization_owner())) WITH CHECK ((SELECT app.is_organization_owner()));
CREATE POLICY my_own_configuration ON public.whatsapp_configuration TO switchboard_app
  USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY configurations_of_my_organization ON public.whatsapp_configuration FOR SELECT TO switchboard_app
  USING ((SELECT app.is_organization_owner()));

GRANT SELECT, INSERT, UPDATE, DELETE ON public.waba_accounts, public.whatsapp_configuration TO switchboard_app;
-- Only app.claim_phone_number adds numbers.
GRANT SELECT, UPDATE (mode, routing, updated_at) ON public.phone_numbers TO switchboard_app;
GRANT SELECT ON public.waba_accounts, public.phone_numbers, public.whatsapp_configuration TO switchboard_worker;
GRANT USAGE ON SEQUENCE public.waba_accounts_account_number_seq, public.whatsapp_configuration_id_seq TO switchboard_app;
