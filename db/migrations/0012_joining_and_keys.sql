-- How people join an organization, how its owners run it, and the keys that programs use on a person's behalf.

CREATE TABLE public.invitations (
  id uuid CONSTRAINT invitations_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL CONSTRAINT invitations_organization_fkey
    REFERENCES public.organizations (id) ON DELETE CASCADE,
  email varchar(255) NOT NULL,
  name varchar(255) NOT NULL,
  is_owner boolean NOT NULL DEFAULT false,
  token_hash bytea NOT NULL CONSTRAINT invitations_token_hash_key UNIQUE,
  by_mail boolean NOT NULL,
  mailed_at timestamptz,
  invited_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  CONSTRAINT invitations_inviter_fkey FOREIGN KEY (organization_id, invited_by)
    REFERENCES public.users (organization_id, id) ON DELETE SET NULL (invited_by)
);
CREATE UNIQUE INDEX invitations_email_key ON public.invitations (organization_id, lower(email));
COMMENT ON TABLE public.invitations IS
  'People who were asked to join and have not answered. The link''s token is kept as a hash; accepting deletes the row.';
COMMENT ON COLUMN public.invitations.by_mail IS
  'The link goes to the address and nowhere else, so whoever has it reads that mailbox: accepting confirms the address.';
COMMENT ON COLUMN public.invitations.mailed_at IS 'When the mail server took the letter; NULL while it has not.';

CREATE TABLE public.api_keys (
  id uuid CONSTRAINT api_keys_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  user_id uuid NOT NULL,
  name varchar(100) NOT NULL CONSTRAINT api_keys_name_present CHECK (btrim(name) <> ''),
  key_hash bytea NOT NULL CONSTRAINT api_keys_key_hash_key UNIQUE,
  hint text NOT NULL,
  scopes text[] NOT NULL CONSTRAINT api_keys_scopes_present CHECK (cardinality(scopes) > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  CONSTRAINT api_keys_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX api_keys_user_idx ON public.api_keys (user_id);
COMMENT ON TABLE public.api_keys IS
  'Keys of programs. A key acts as its user, within its scopes and whatever that user may do at the moment. Revoking deletes the row.';
COMMENT ON COLUMN public.api_keys.hint IS 'Beginning and end of the key, enough to recognise it.';
COMMENT ON COLUMN public.api_keys.last_used_at IS 'To the minute: not every request writes.';

SELECT app.raise_wall('public.invitations'), app.raise_wall('public.api_keys');

CREATE POLICY invitations_of_my_organization ON public.invitations TO switchboard_app
  USING ((SELECT app.is_organization_owner())) WITH CHECK ((SELECT app.is_organization_owner()));
CREATE POLICY my_own_keys ON public.api_keys TO switchboard_app
  USING (user_id = (SELECT auth.uid())) WITH CHECK (user_id = (SELECT auth.uid()));
CREATE POLICY keys_of_my_organization ON public.api_keys FOR SELECT TO switchboard_app
  USING ((SELECT app.is_organization_owner()));
CREATE POLICY keys_are_revoked_by_the_owner ON public.api_keys FOR DELETE TO switchboard_app
  USING ((SELECT app.is_organization_owner()));
CREATE POLICY organization_is_changed_by_the_owner ON public.organizations FOR UPDATE TO switchboard_app
  USING ((SELECT app.is_organization_owner())) WITH CHECK ((SELECT app.is_organization_owner()));

GRANT SELECT (id, organization_id, email, name, is_owner, by_mail, mailed_at, invited_by, created_at, expires_at),
  INSERT (organization_id, email, name, is_owner, token_hash, by_mail, invited_by, expires_at),
  UPDATE (name, is_owner, token_hash, by_mail, mailed_at, invited_by, created_at, expires_at), DELETE
  ON public.invitations TO switchboard_app;
-- The worker writes the letter, and with it a new token.
GRANT SELECT (id, organization_id, email, name, by_mail, mailed_at, invited_by, expires_at), UPDATE (token_hash, mailed_at)
  ON public.invitations TO switchboard_worker;
GRANT SELECT (id, organization_id, user_id, name, hint, scopes, created_at, expires_at, last_used_at),
  INSERT (organization_id, user_id, name, key_hash, hint, scopes, expires_at), DELETE
  ON public.api_keys TO switchboard_app;
GRANT UPDATE (name, brand_name, single_user_mode) ON public.organizations TO switchboard_app;
GRANT UPDATE (whatsapp_notifications_enabled, auto_responses) ON public.user_profiles TO switchboard_app;
