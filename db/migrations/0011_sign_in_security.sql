-- What makes signing in safe: links by mail, a second factor, devices that are known, and limits on guessing.

ALTER TABLE public.sessions ADD COLUMN authenticated_at timestamptz;
COMMENT ON COLUMN public.sessions.authenticated_at IS
  'When the person last proved who they are in this session, by password, code or link; refreshing proves nothing. NULL: before this was kept.';

CREATE TABLE public.account_links (
  token_hash bytea CONSTRAINT account_links_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  user_id uuid NOT NULL,
  purpose text NOT NULL CONSTRAINT account_links_purpose_known CHECK (purpose IN ('verify_email', 'reset_password')),
  email varchar(255) NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT account_links_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX account_links_user_idx ON public.account_links (user_id);
COMMENT ON TABLE public.account_links IS
  'One-time links that confirm an email address or set a new password; kept as hashes. Void when the address is no longer the person''s.';

CREATE TABLE public.user_totp (
  user_id uuid CONSTRAINT user_totp_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  secret text NOT NULL,
  enabled_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0,
  CONSTRAINT user_totp_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.user_totp IS
  'Second factors: the secret, encrypted. Pending until enabled_at. A code counts once: last_step is the time step of the last one.';

CREATE TABLE public.recovery_codes (
  user_id uuid NOT NULL,
  organization_id text NOT NULL,
  code_hash bytea NOT NULL,
  CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash),
  CONSTRAINT recovery_codes_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.recovery_codes IS
  'Codes for whoever lost the second factor; random, kept as hashes, deleted when used.';

CREATE TABLE public.known_devices (
  user_id uuid NOT NULL,
  organization_id text NOT NULL,
  device_hash bytea NOT NULL,
  last_used_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT known_devices_pkey PRIMARY KEY (user_id, device_hash),
  CONSTRAINT known_devices_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
COMMENT ON TABLE public.known_devices IS
  'Browsers in which a person has signed in. Guesses made elsewhere do not use up theirs, so nobody can be locked out from afar.';

-- Whom a subject names is not to be read back: emails that were only tried need not be anybody's.
CREATE TABLE app.guess_limits (
  scope text NOT NULL,
  subject_hash bytea NOT NULL,
  failures integer NOT NULL,
  last_at timestamptz NOT NULL,
  blocked_until timestamptz NOT NULL,
  CONSTRAINT guess_limits_pkey PRIMARY KEY (scope, subject_hash)
);
CREATE INDEX guess_limits_last_at_idx ON app.guess_limits (last_at);
COMMENT ON TABLE app.guess_limits IS
  'Guesses at passwords, codes and links by account, device and address, and until when no further one is taken.';

SELECT app.raise_wall(t) FROM unnest(ARRAY['public.account_links', 'public.user_totp', 'public.recovery_codes',
  'public.known_devices']::regclass[]) AS t;

-- No grants: all five are reached by the narrow functions of db/code/auth.sql and db/code/account_security.sql alone.
