-- Organizations, their people, and how people sign in.

CREATE TABLE public.organizations (
  id text CONSTRAINT organizations_pkey PRIMARY KEY CONSTRAINT organizations_id_length CHECK (length(id) BETWEEN 1 AND 100),
  organization_id text GENERATED ALWAYS AS (id) STORED,
  name text NOT NULL CONSTRAINT organizations_name_present CHECK (btrim(name) <> ''),
  brand_name text,
  single_user_mode boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE public.organizations IS 'One business that uses the install; its id is the tenant_id of the HTTP API.';

CREATE TABLE public.users (
  id uuid CONSTRAINT users_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL CONSTRAINT users_organization_fkey REFERENCES public.organizations (id) ON DELETE CASCADE,
  name varchar(255) NOT NULL,
  email varchar(255) NOT NULL,
  role public.role NOT NULL DEFAULT 'agent',
  is_owner boolean NOT NULL DEFAULT false,
  verified boolean NOT NULL DEFAULT false,
  last_active_at timestamptz,
  disabled_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_organization_id_key UNIQUE (organization_id, id)
);
-- One person, one account in the whole install; the address is compared without case.
CREATE UNIQUE INDEX users_email_key ON public.users (lower(email));
CREATE INDEX users_role_idx ON public.users (role);
CREATE INDEX users_active_idx ON public.users (organization_id, last_active_at DESC NULLS LAST) WHERE verified AND disabled_at IS NULL;
COMMENT ON TABLE public.users IS 'People who sign in. Each belongs to one organization; owners manage it.';

CREATE TABLE public.user_credentials (
  user_id uuid CONSTRAINT user_credentials_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  password_hash text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_credentials_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.user_credentials IS 'Password hashes, apart from users: no role of a user may read this table.';

CREATE TABLE public.user_profiles (
  id uuid CONSTRAINT user_profiles_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  full_name text NOT NULL,
  whatsapp_enabled boolean NOT NULL DEFAULT false,
  whatsapp_opted_in_at timestamptz,
  whatsapp_notifications_enabled boolean NOT NULL DEFAULT true,
  message_signature text,
  auto_responses jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT user_profiles_user_fkey FOREIGN KEY (organization_id, id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.user_profiles IS 'What a person shows to customers, and whether they take part in a central number.';

CREATE TABLE public.sessions (
  id uuid CONSTRAINT sessions_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  user_id uuid NOT NULL,
  refresh_hash bytea NOT NULL CONSTRAINT sessions_refresh_hash_key UNIQUE,
  previous_refresh_hash bytea,
  rotated_at timestamptz,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_used_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  revoked_at timestamptz,
  CONSTRAINT sessions_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX sessions_user_idx ON public.sessions (user_id);
CREATE INDEX sessions_previous_refresh_hash_idx ON public.sessions (previous_refresh_hash);
COMMENT ON TABLE public.sessions IS 'Signed-in browsers and programs. Refresh tokens are kept as hashes and used once.';

CREATE TABLE public.sign_in_links (
  token_hash bytea CONSTRAINT sign_in_links_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  user_id uuid NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT sign_in_links_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.sign_in_links IS 'One-time links that sign a person in; kept as hashes, deleted when used.';

SELECT app.raise_wall(t) FROM unnest(ARRAY['public.organizations', 'public.users', 'public.user_credentials',
  'public.user_profiles', 'public.sessions', 'public.sign_in_links']::regclass[]) AS t;

CREATE POLICY own_organization ON public.organizations FOR SELECT TO switchboard_app USING (true);
CREATE POLICY people_of_my_organization ON public.users FOR SELECT TO switchboard_app USING (true);
CREATE POLICY my_own_account ON public.users FOR UPDATE TO switchboard_app
  USING (id = (SELECT auth.uid())) WITH CHECK (id = (SELECT auth.uid()));
CREATE POLICY profiles_of_my_organization ON public.user_profiles FOR SELECT TO switchboard_app USING (true);
CREATE POLICY my_own_profile ON public.user_profiles FOR UPDATE TO switchboard_app
  USING (id = (SELECT auth.uid())) WITH CHECK (id = (SELECT auth.uid()));
CREATE POLICY my_own_sessions ON public.sessions TO switchboard_app
  USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));

GRANT SELECT ON public.organizations, public.users, public.user_profiles TO switchboard_app, switchboard_worker;
GRANT UPDATE (name, last_active_at) ON public.users TO switchboard_app;
GRANT UPDATE (full_name, message_signature, whatsapp_enabled, whatsapp_opted_in_at, updated_at) ON public.user_profiles TO switchboard_app;
GRANT SELECT (id, organization_id, user_id, user_agent, created_at, last_used_at, expires_at, revoked_at),
  UPDATE (revoked_at) ON public.sessions TO switchboard_app;

-- Now that people exist, the two questions about the signed-in user can be answered.
CREATE OR REPLACE FUNCTION app.is_organization_owner() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
BEGIN ATOMIC
  SELECT coalesce((SELECT u.is_owner FROM public.users u WHERE u.id = auth.uid() AND u.disabled_at IS NULL), false);
END;
