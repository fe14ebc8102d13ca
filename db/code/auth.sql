-- The gate: what may be asked before anybody is signed in. Each function does one narrow thing, runs as the owner and is
-- open to the app role only; password hashes and refresh tokens leave no other way. Once somebody is signed in, the gate is shut to
-- that transaction (auth.uid() IS NULL): SQL smuggled into a query of theirs finds nobody else through it.

CREATE OR REPLACE FUNCTION app.has_users() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT EXISTS (SELECT FROM public.users) $$;
COMMENT ON FUNCTION app.has_users() IS 'Whether anybody has registered on this install.';

-- Nobody is there by half: account, password, profile and agent are made together. Granted to nobody: only the functions below and
-- accept_invitation call it, which decide who may join. Who comes by themselves (`made_by` NULL) is active from that moment.
CREATE OR REPLACE FUNCTION app.make_person(
  organization text, person_name text, person_email text, person_password text, agent_prefix text, is_verified boolean,
  is_owner boolean DEFAULT false, person_role public.role DEFAULT 'agent', made_by uuid DEFAULT NULL
) RETURNS uuid
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  person uuid := gen_random_uuid();
  made record;
BEGIN
  INSERT INTO public.users (id, organization_id, name, email, role, is_owner, verified, last_active_at)
    VALUES (person, organization, person_name, person_email, person_role, make_person.is_owner, is_verified,
      CASE WHEN made_by IS NULL THEN now() END);
  INSERT INTO public.user_credentials (user_id, organization_id, password_hash) VALUES (person, organization, person_password);
  INSERT INTO public.user_profiles (id, organization_id, full_name) VALUES (person, organization, person_name);
  SELECT * INTO made FROM public.create_agent(person, make_person.agent_prefix::varchar, coalesce(made_by, person));
  IF NOT made.success THEN
    RAISE EXCEPTION 'agent not made: %', made.message;
  END IF;
  RETURN person;
END
$$;
COMMENT ON FUNCTION app.make_person(text, text, text, text, text, boolean, boolean, public.role, uuid) IS
  'Makes a person of an organization with password (its hash), profile and agent. Fails with unique_violation on a known email.';

-- The first user of an install becomes its admin; the lock makes "first" mean one. Only that one is verified without confirming the
-- email, and whoever the operator makes (`trusted`). Where strangers may not register (`first_only`), only that one gets in.
DROP FUNCTION IF EXISTS app.register_organization(text, text, text, text, text, text);
CREATE OR REPLACE FUNCTION app.register_organization(
  organization_id text, organization_name text, user_name text, user_email text, password_hash text, agent_prefix text,
  trusted boolean DEFAULT false, first_only boolean DEFAULT false
) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  is_first boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.register', 0));
  is_first := NOT app.has_users();
  IF first_only AND NOT is_first THEN
    RETURN NULL;
  END IF;
  INSERT INTO public.organizations (id, name) VALUES (organization_id, organization_name);
  RETURN app.make_person(organization => organization_id, person_name => user_name, person_email => user_email,
    person_role => CASE WHEN is_first THEN 'admin'::public.role ELSE 'agent'::public.role END, is_owner => true,
    is_verified => is_first OR trusted, person_password => password_hash, agent_prefix => agent_prefix);
END
$$;
COMMENT ON FUNCTION app.register_organization(text, text, text, text, text, text, boolean, boolean) IS
  'Makes an organization with its owner, the owner''s agent and password. NULL when registration is closed; unique_violation on a known email.';

-- An owner adds a person to their own organization; nobody else's can be named.
CREATE OR REPLACE FUNCTION app.add_member(member_name text, member_email text, password_hash text, agent_prefix text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  asking text := app.current_organization_id();
BEGIN
  IF asking IS NULL OR NOT app.is_organization_owner() THEN
    RAISE EXCEPTION 'only an owner adds members' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN app.make_person(organization => asking, person_name => member_name, person_email => member_email, is_verified => true,
    person_password => password_hash, agent_prefix => agent_prefix, made_by => auth.uid());
END
$$;
COMMENT ON FUNCTION app.add_member(text, text, text, text) IS
  'Makes a person with their agent in the asking owner''s organization. Fails with unique_violation on a known email.';

DROP FUNCTION IF EXISTS app.find_credentials(text);
CREATE OR REPLACE FUNCTION app.find_credentials(user_email text, device bytea)
  RETURNS TABLE (user_id uuid, organization_id text, password_hash text, knows_device boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT c.user_id, c.organization_id, c.password_hash,
    EXISTS (SELECT FROM public.known_devices d WHERE d.user_id = u.id AND d.device_hash = device) FROM public.users u JOIN public.user_credentials c ON c.user_id = u.id
  WHERE lower(u.email) = lower(user_email) AND u.disabled_at IS NULL AND auth.uid() IS NULL
$$;
COMMENT ON FUNCTION app.find_credentials(text, bytea) IS
  'The password hash to check a sign-in against, and whether the person has signed in on this device before.';

CREATE OR REPLACE FUNCTION app.open_session(user_id uuid, refresh_hash bytea, user_agent text, lifetime interval)
  RETURNS uuid
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  INSERT INTO public.sessions (organization_id, user_id, refresh_hash, user_agent, expires_at, authenticated_at)
  SELECT u.organization_id, u.id, open_session.refresh_hash, left(open_session.user_agent, 300), now() + lifetime, now()
  FROM public.users u WHERE u.id = open_session.user_id AND u.disabled_at IS NULL AND auth.uid() IS NULL
  RETURNING id
$$;
COMMENT ON FUNCTION app.open_session(uuid, bytea, text, interval) IS 'Starts a session; NULL when the user is gone or disabled.';

-- A refresh token is used once. The one before the current is honoured for ten seconds, because the answer that carried the
-- new one may have been lost: the replacement follows from it, so the same one is given again. Any other token of the session,
-- or that one later, is theft, and the session ends for both the thief and the owner.
DROP FUNCTION IF EXISTS app.rotate_session(bytea, bytea);
CREATE OR REPLACE FUNCTION app.rotate_session(named_session uuid, presented bytea, replacement bytea)
  RETURNS TABLE (session_id uuid, user_id uuid)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  found_session public.sessions%ROWTYPE;
BEGIN
  SELECT * INTO found_session FROM public.sessions s
    WHERE s.id = named_session AND s.revoked_at IS NULL AND s.expires_at > now() AND auth.uid() IS NULL
    FOR UPDATE;
  IF NOT FOUND THEN RETURN; END IF;
  IF found_session.refresh_hash = presented THEN
    UPDATE public.sessions s SET refresh_hash = replacement, previous_refresh_hash = presented, rotated_at = now(),
      last_used_at = now() WHERE s.id = named_session;
  ELSIF found_session.previous_refresh_hash IS DISTINCT FROM presented
    OR found_session.rotated_at < now() - interval '10 seconds'
  THEN
    UPDATE public.sessions s SET revoked_at = now() WHERE s.id = named_session;
    RETURN;
  END IF;
  RETURN QUERY SELECT s.id, s.user_id FROM public.sessions s JOIN public.users u ON u.id = s.user_id
    WHERE s.id = named_session AND u.disabled_at IS NULL;
END
$$;
COMMENT ON FUNCTION app.rotate_session(uuid, bytea, bytea) IS
  'Exchanges a refresh token of a session; no row when the session ended, which a token used before makes it do.';

CREATE OR REPLACE FUNCTION app.close_session(session_id uuid) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$ UPDATE public.sessions SET revoked_at = now() WHERE id = session_id AND revoked_at IS NULL AND auth.uid() IS NULL $$;
COMMENT ON FUNCTION app.close_session(uuid) IS 'Ends a session; its tokens stop working at once.';

-- Asked on every request, so that signing out, disabling and a change of role count at once.
DROP FUNCTION IF EXISTS app.load_actor(uuid, uuid);
CREATE OR REPLACE FUNCTION app.load_actor(session_id uuid, user_id uuid)
  RETURNS TABLE (organization_id text, role public.role, is_owner boolean, agent_id bigint, agent_prefix text, agent_home bigint,
    authenticated_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT u.organization_id, u.role, u.is_owner, a.id, a.agent_prefix::text, a.home, s.authenticated_at
  FROM public.sessions s
  JOIN public.users u ON u.id = s.user_id
  LEFT JOIN public.agents a ON a.user_id = u.id
  WHERE s.id = load_actor.session_id AND s.user_id = load_actor.user_id
    AND s.revoked_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL AND coalesce(auth.uid(), u.id) = u.id
$$;
COMMENT ON FUNCTION app.load_actor(uuid, uuid) IS 'Who a live session belongs to; no row when it ended.';

-- An open stream learns of it at once: it asks again who its reader is whenever it is woken.
CREATE OR REPLACE FUNCTION app.wake_readers() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM pg_notify('switchboard_events', NEW.organization_id);
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.wake_readers() IS 'Wakes the event streams of a row''s organization.';
DROP TRIGGER IF EXISTS trigger_wake_readers ON public.sessions;
CREATE TRIGGER trigger_wake_readers AFTER UPDATE OF revoked_at ON public.sessions
  FOR EACH ROW WHEN (NEW.revoked_at IS DISTINCT FROM OLD.revoked_at) EXECUTE FUNCTION app.wake_readers();
DROP TRIGGER IF EXISTS trigger_wake_readers ON public.users;
CREATE TRIGGER trigger_wake_readers AFTER UPDATE OF disabled_at, role, is_owner ON public.users
  FOR EACH ROW WHEN ((NEW.disabled_at, NEW.role, NEW.is_owner) IS DISTINCT FROM (OLD.disabled_at, OLD.role, OLD.is_owner))
  EXECUTE FUNCTION app.wake_readers();

CREATE OR REPLACE FUNCTION app.create_sign_in_link(user_email text, token_hash bytea, lifetime interval) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH made AS (
    INSERT INTO public.sign_in_links (token_hash, organization_id, user_id, expires_at)
    SELECT create_sign_in_link.token_hash, u.organization_id, u.id, now() + lifetime
    FROM public.users u WHERE lower(u.email) = lower(user_email) AND u.disabled_at IS NULL AND auth.uid() IS NULL
    RETURNING true
  ) SELECT coalesce((SELECT true FROM made), false)
$$;
COMMENT ON FUNCTION app.create_sign_in_link(text, bytea, interval) IS 'Keeps the hash of a one-time sign-in link.';

CREATE OR REPLACE FUNCTION app.use_sign_in_link(presented bytea) RETURNS uuid
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH used AS (DELETE FROM public.sign_in_links l WHERE l.token_hash = presented RETURNING l.user_id, l.expires_at)
  SELECT used.user_id FROM used WHERE used.expires_at > now()
$$;
COMMENT ON FUNCTION app.use_sign_in_link(bytea) IS 'The user of a one-time link, which is gone afterwards.';

CREATE OR REPLACE FUNCTION app.first_admin_email() RETURNS text
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT u.email::text FROM public.users u WHERE u.role = 'admin' AND u.disabled_at IS NULL AND auth.uid() IS NULL
  ORDER BY u.created_at LIMIT 1 $$;
COMMENT ON FUNCTION app.first_admin_email() IS 'Whom the start-up sign-in link is for.';

CREATE OR REPLACE FUNCTION app.forget_ended_sessions() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  forgotten integer;
BEGIN
  DELETE FROM public.sign_in_links WHERE expires_at < now();
  DELETE FROM public.account_links WHERE expires_at < now();
  DELETE FROM public.known_devices WHERE last_used_at < now() - interval '1 year';
  DELETE FROM app.guess_limits WHERE last_at < now() - interval '2 days' AND blocked_until < now();
  DELETE FROM public.sessions WHERE expires_at < now() - interval '30 days' OR revoked_at < now() - interval '30 days';
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END
$$;
COMMENT ON FUNCTION app.forget_ended_sessions() IS 'Deletes sessions that ended 30 days ago, links that expired, devices unused for a year and guesses two days old.';

GRANT EXECUTE ON FUNCTION
  app.has_users(), app.add_member(text, text, text, text), app.register_organization(text, text, text, text, text, text, boolean, boolean),
  app.find_credentials(text, bytea),
  app.open_session(uuid, bytea, text, interval), app.rotate_session(uuid, bytea, bytea), app.close_session(uuid),
  app.load_actor(uuid, uuid), app.create_sign_in_link(text, bytea, interval), app.use_sign_in_link(bytea),
  app.first_admin_email()
  TO switchboard_app;
GRANT EXECUTE ON FUNCTION app.forget_ended_sessions() TO switchboard_worker;
