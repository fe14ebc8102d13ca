-- Connecting an account as a stored thing that can be gone on with, the PINs of numbers, and numbers that are given up.

CREATE TABLE public.connection_attempts (
  id uuid CONSTRAINT connection_attempts_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  user_id uuid NOT NULL,
  session_id uuid,
  kind text NOT NULL CONSTRAINT connection_attempts_kind_known CHECK (kind IN ('oauth', 'embedded_signup', 'token', 'code')),
  status text NOT NULL CONSTRAINT connection_attempts_status_known
    CHECK (status IN ('consent', 'running', 'choosing', 'failed', 'done', 'cancelled')),
  step text NOT NULL CONSTRAINT connection_attempts_step_known CHECK (step IN
    ('consent', 'exchange', 'inspect', 'extend', 'account', 'subscribe', 'callback', 'register', 'finish')),
  state_hash bytea,
  state_expires_at timestamptz,
  app_id text NOT NULL,
  redirect_uri text,
  waba_id text,
  phone_number_id text,
  access_token text,
  token_kind text,
  token_expires_at timestamptz,
  choices jsonb,
  account jsonb,
  error jsonb,
  lease uuid,
  leased_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL DEFAULT now() + interval '1 day',
  CONSTRAINT connection_attempts_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX connection_attempts_user_idx ON public.connection_attempts (user_id, created_at DESC, id DESC);
CREATE INDEX connection_attempts_state_idx ON public.connection_attempts (state_hash) WHERE state_hash IS NOT NULL;
CREATE INDEX connection_attempts_expiry_idx ON public.connection_attempts (expires_at);
COMMENT ON TABLE public.connection_attempts IS
  'Connecting an account, step by step: what is done, what comes next, what went wrong. The token waits here, encrypted, until the grant has it.';
COMMENT ON COLUMN public.connection_attempts.state_hash IS
  'SHA-256 of the state that went to the dialog and must come back once; NULL when there is none or it was used.';
COMMENT ON COLUMN public.connection_attempts.step IS 'The step that comes next, or that failed.';
COMMENT ON COLUMN public.connection_attempts.session_id IS 'The session that began it: the way back from the dialog is open to no other.';

CREATE TABLE public.number_pins (
  organization_id text NOT NULL,
  phone_number_id text NOT NULL,
  pin text NOT NULL,
  set_by uuid,
  confirmed_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT number_pins_pkey PRIMARY KEY (organization_id, phone_number_id),
  CONSTRAINT number_pins_number_fkey FOREIGN KEY (organization_id, phone_number_id)
    REFERENCES public.phone_numbers (organization_id, phone_number_id) ON DELETE CASCADE
);
COMMENT ON TABLE public.number_pins IS
  'The two-step PINs with which numbers were registered, encrypted. Written before Meta is asked, so that no PIN is ever set and lost.';
COMMENT ON COLUMN public.number_pins.confirmed_at IS 'When Meta took it; NULL while nobody knows.';

-- A number that its organization gave up keeps its row, because conversations hang on it; another organization may then own the number.
ALTER TABLE public.phone_numbers ADD COLUMN released_at timestamptz;
-- squawk-ignore require-concurrent-index-creation -- an install has few numbers
CREATE UNIQUE INDEX phone_numbers_live_owner_key ON public.phone_numbers (phone_number_id) WHERE released_at IS NULL;
ALTER TABLE public.phone_numbers DROP CONSTRAINT phone_numbers_pkey;
COMMENT ON COLUMN public.phone_numbers.released_at IS
  'When the last grant on its account went; its history stays, and other organizations may connect it.';

ALTER TABLE public.waba_accounts ADD COLUMN app_id text;
COMMENT ON COLUMN public.waba_accounts.app_id IS 'The Meta app that the token belongs to.';

SELECT app.raise_wall('public.connection_attempts'), app.raise_wall('public.number_pins');
CREATE POLICY my_own_attempts ON public.connection_attempts TO switchboard_app
  USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY pins_of_my_organization ON public.number_pins TO switchboard_app USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE ON public.connection_attempts TO switchboard_app;
GRANT SELECT, INSERT, UPDATE ON public.number_pins TO switchboard_app;
