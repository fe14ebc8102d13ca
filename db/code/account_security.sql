-- The rest of the gate: links by mail, the second factor, known devices, and limits on guessing. As in auth.sql each function does
-- one narrow thing. What is about a named person is answered to nobody yet signed in (auth.uid() is NULL) or to that person.

-- ── Limits on guessing ──────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE OR REPLACE FUNCTION app.guess_subject(subject text) RETURNS bytea
  LANGUAGE sql IMMUTABLE SET search_path = ''
AS $$ SELECT sha256(convert_to(lower(btrim(subject)), 'UTF8')) $$;
COMMENT ON FUNCTION app.guess_subject(text) IS 'What is kept of an address or a name that guesses were made at.';

-- A guess is counted before it is looked at, under a lock on each of its limits: a thousand at once are as many as a thousand in a row,
-- whichever process they reach, and a restart forgets none. If one of the limits says wait, none of them counts it.
-- After `free` guesses each further one waits twice as long as the one before.
CREATE OR REPLACE FUNCTION app.claim_guess(limits jsonb) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  asked record;
  known app.guess_limits%ROWTYPE;
  longest interval := interval '0';
BEGIN
  FOR asked IN SELECT l.scope, app.guess_subject(l.subject) AS subject_hash, l.forget_after
    FROM jsonb_to_recordset(limits) AS l (scope text, subject text, forget_after integer) ORDER BY 1, 2
  LOOP
    INSERT INTO app.guess_limits AS g (scope, subject_hash, failures, last_at, blocked_until)
      VALUES (asked.scope, asked.subject_hash, 0, clock_timestamp(), '-infinity')
      ON CONFLICT ON CONSTRAINT guess_limits_pkey DO UPDATE SET failures =
        CASE WHEN g.last_at < clock_timestamp() - make_interval(secs => asked.forget_after) THEN 0 ELSE g.failures END
      RETURNING * INTO known;
    IF known.blocked_until > clock_timestamp() THEN
      longest := greatest(longest, known.blocked_until - clock_timestamp());
    END IF;
  END LOOP;
  IF longest > interval '0' THEN
    RETURN ceil(extract(epoch FROM longest));
  END IF;
  UPDATE app.guess_limits g SET failures = g.failures + 1, last_at = clock_timestamp(),
    blocked_until = CASE WHEN g.failures + 1 < l.free THEN '-infinity' ELSE clock_timestamp()
      + make_interval(secs => least(l.longest_wait, l.first_wait * 2 ^ least(g.failures + 1 - l.free, 20))) END
    FROM jsonb_to_recordset(limits) AS l (scope text, subject text, free integer, first_wait integer, longest_wait integer)
    WHERE g.scope = l.scope AND g.subject_hash = app.guess_subject(l.subject);
  RETURN 0;
END
$$;
COMMENT ON FUNCTION app.claim_guess(jsonb) IS
  'Counts a guess against each of its limits; 0, or the seconds to wait when one of them takes none now, and then none counts it.';

CREATE OR REPLACE FUNCTION app.refund_guess(limits jsonb) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  UPDATE app.guess_limits g SET failures = greatest(g.failures - 1, 0), blocked_until = '-infinity'
  FROM jsonb_to_recordset(limits) AS l (scope text, subject text)
  WHERE g.scope = l.scope AND g.subject_hash = app.guess_subject(l.subject)
$$;
COMMENT ON FUNCTION app.refund_guess(jsonb) IS 'Takes back a guess that turned out to be none.';

CREATE OR REPLACE FUNCTION app.forget_guesses(limits jsonb) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  DELETE FROM app.guess_limits g USING jsonb_to_recordset(limits) AS l (scope text, subject text)
  WHERE g.scope = l.scope AND g.subject_hash = app.guess_subject(l.subject)
$$;
COMMENT ON FUNCTION app.forget_guesses(jsonb) IS 'Begins anew with these limits: the right answer was given.';

-- ── Known devices ───────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE OR REPLACE FUNCTION app.remember_device(named_user uuid, device bytea) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  INSERT INTO public.known_devices (user_id, organization_id, device_hash)
    SELECT u.id, u.organization_id, device FROM public.users u
    WHERE u.id = named_user AND coalesce(auth.uid(), u.id) = u.id
    ON CONFLICT ON CONSTRAINT known_devices_pkey DO UPDATE SET last_used_at = now();
  DELETE FROM public.known_devices d WHERE d.user_id = named_user AND coalesce(auth.uid(), named_user) = named_user
    AND d.device_hash NOT IN (SELECT n.device_hash FROM public.known_devices n WHERE n.user_id = named_user
      ORDER BY n.last_used_at DESC LIMIT 20)
$$;
COMMENT ON FUNCTION app.remember_device(uuid, bytea) IS 'A person signed in on this device; the twenty last used are kept.';

-- ── The signed-in person ────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE OR REPLACE FUNCTION app.my_credentials() RETURNS TABLE (password_hash text, name text, email text, organization_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT c.password_hash, u.name, u.email, o.name FROM public.users u
  JOIN public.user_credentials c ON c.user_id = u.id JOIN public.organizations o ON o.id = u.organization_id
  WHERE u.id = auth.uid() AND u.disabled_at IS NULL
$$;
COMMENT ON FUNCTION app.my_credentials() IS 'What the signed-in person''s password is checked against, and what it must not be made of.';

CREATE OR REPLACE FUNCTION app.confirm_session(named_session uuid) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH confirmed AS (
    UPDATE public.sessions s SET authenticated_at = now()
    WHERE s.id = named_session AND s.user_id = auth.uid() AND s.revoked_at IS NULL RETURNING true
  ) SELECT coalesce((SELECT true FROM confirmed), false)
$$;
COMMENT ON FUNCTION app.confirm_session(uuid) IS 'The signed-in person has just proven again who they are.';

-- Every way in that the old password opened is shut; the session that asked stays.
CREATE OR REPLACE FUNCTION app.change_password(new_hash text, kept_session uuid) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  UPDATE public.user_credentials SET password_hash = new_hash, changed_at = now() WHERE user_id = auth.uid();
  UPDATE public.sessions SET revoked_at = now()
    WHERE user_id = auth.uid() AND id IS DISTINCT FROM kept_session AND revoked_at IS NULL;
  DELETE FROM public.account_links WHERE user_id = auth.uid() AND purpose = 'reset_password';
  DELETE FROM public.sign_in_links WHERE user_id = auth.uid()
$$;
COMMENT ON FUNCTION app.change_password(text, uuid) IS 'Sets the signed-in person''s password and ends their other sessions and links.';

-- ── Links ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE OR REPLACE FUNCTION app.find_account(user_email text) RETURNS uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT u.id FROM public.users u WHERE lower(u.email) = lower(btrim(user_email)) AND u.disabled_at IS NULL AND auth.uid() IS NULL $$;
COMMENT ON FUNCTION app.find_account(text) IS 'Whose account an email is, for the letter that sets a new password.';

CREATE OR REPLACE FUNCTION app.create_account_link(named_user uuid, link_purpose text, link_hash bytea, lifetime interval)
  RETURNS TABLE (name text, email text)
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH person AS (
    SELECT u.id, u.organization_id, u.name, u.email FROM public.users u
    WHERE u.id = named_user AND u.disabled_at IS NULL AND NOT (link_purpose = 'verify_email' AND u.verified)
  ), made AS (
    INSERT INTO public.account_links (token_hash, organization_id, user_id, purpose, email, expires_at)
    SELECT link_hash, p.organization_id, p.id, link_purpose, p.email, now() + lifetime FROM person p RETURNING user_id
  ) SELECT p.name, p.email FROM person p JOIN made ON made.user_id = p.id
$$;
COMMENT ON FUNCTION app.create_account_link(uuid, text, bytea, interval) IS
  'Keeps the hash of a link that is about to be mailed; nobody when the person is gone, disabled or already verified.';

-- Where no mail is sent an owner hands links over. An admin's account runs the install: its links are an admin's alone.
CREATE OR REPLACE FUNCTION app.hand_over_account_link(named_user uuid, link_purpose text, link_hash bytea, lifetime interval)
  RETURNS TABLE (name text, email text)
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  SELECT made.name, made.email FROM public.users u
  JOIN public.users asking ON asking.id = auth.uid() AND asking.disabled_at IS NULL AND asking.is_owner
    AND asking.organization_id = u.organization_id
  CROSS JOIN LATERAL app.create_account_link(u.id, link_purpose, link_hash, lifetime) AS made
  WHERE u.id = named_user AND (u.role <> 'admin' OR asking.role = 'admin')
$$;
COMMENT ON FUNCTION app.hand_over_account_link(uuid, text, bytea, interval) IS
  'An owner makes a link for somebody of their organization; no row when that is not theirs to do.';

CREATE OR REPLACE FUNCTION app.find_account_link(presented bytea, link_purpose text)
  RETURNS TABLE (user_id uuid, name text, email text, organization_name text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT u.id, u.name, u.email, o.name FROM public.account_links l
  JOIN public.users u ON u.id = l.user_id AND u.email = l.email AND u.disabled_at IS NULL
  JOIN public.organizations o ON o.id = u.organization_id
  WHERE l.token_hash = presented AND l.purpose = link_purpose AND l.expires_at > now()
$$;
COMMENT ON FUNCTION app.find_account_link(bytea, text) IS 'Whose link it is, without using it up.';

CREATE OR REPLACE FUNCTION app.use_account_link(presented bytea, link_purpose text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  holder uuid;
BEGIN
  SELECT l.user_id INTO holder FROM public.account_links l
  JOIN public.users u ON u.id = l.user_id AND u.email = l.email AND u.disabled_at IS NULL
  WHERE l.token_hash = presented AND l.purpose = link_purpose AND l.expires_at > now() FOR UPDATE OF l;
  DELETE FROM public.account_links l WHERE l.user_id = holder AND l.purpose = link_purpose;
  RETURN holder;
END
$$;
COMMENT ON FUNCTION app.use_account_link(bytea, text) IS 'The person of a link; it is gone afterwards, and every other one for the same.';

CREATE OR REPLACE FUNCTION app.verify_email(presented bytea) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH used AS (SELECT app.use_account_link(presented, 'verify_email') AS user_id), verified AS (
    UPDATE public.users u SET verified = true FROM used WHERE u.id = used.user_id RETURNING true
  ) SELECT coalesce((SELECT true FROM verified), false)
$$;
COMMENT ON FUNCTION app.verify_email(bytea) IS 'Confirms the email address of the link''s person.';

-- All that could have been somebody else's goes: sessions, links, devices that count as known.
CREATE OR REPLACE FUNCTION app.reset_password(presented bytea, new_hash text) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  holder uuid := app.use_account_link(presented, 'reset_password');
BEGIN
  IF holder IS NULL THEN
    RETURN NULL;
  END IF;
  UPDATE public.user_credentials SET password_hash = new_hash, changed_at = now() WHERE user_id = holder;
  UPDATE public.sessions SET revoked_at = now() WHERE user_id = holder AND revoked_at IS NULL;
  DELETE FROM public.sign_in_links WHERE user_id = holder;
  DELETE FROM public.known_devices WHERE user_id = holder;
  DELETE FROM app.guess_limits g USING public.users u
    WHERE u.id = holder AND g.scope = 'account' AND g.subject_hash = app.guess_subject(u.email);
  RETURN holder;
END
$$;
COMMENT ON FUNCTION app.reset_password(bytea, text) IS
  'Sets the password of the link''s person, ends all their sessions and forgets wrong guesses at it; NULL when the link is no good.';

-- ── The second factor ───────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE OR REPLACE FUNCTION app.find_second_factor(named_user uuid)
  RETURNS TABLE (secret text, enabled_at timestamptz, recovery_codes bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT t.secret, t.enabled_at, (SELECT count(*) FROM public.recovery_codes r WHERE r.user_id = t.user_id)
  FROM public.user_totp t WHERE t.user_id = named_user AND coalesce(auth.uid(), named_user) = named_user
$$;
COMMENT ON FUNCTION app.find_second_factor(uuid) IS 'A person''s second factor, pending or enabled; its secret is encrypted.';

CREATE OR REPLACE FUNCTION app.begin_totp(sealed_secret text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH begun AS (
    INSERT INTO public.user_totp AS t (user_id, organization_id, secret)
    SELECT u.id, u.organization_id, sealed_secret FROM public.users u WHERE u.id = auth.uid()
    ON CONFLICT ON CONSTRAINT user_totp_pkey DO UPDATE SET secret = EXCLUDED.secret, last_step = 0 WHERE t.enabled_at IS NULL
    RETURNING true
  ) SELECT coalesce((SELECT true FROM begun), false)
$$;
COMMENT ON FUNCTION app.begin_totp(text) IS 'Keeps a new secret of the signed-in person until a code confirms it; false when one is enabled.';

CREATE OR REPLACE FUNCTION app.replace_recovery_codes(code_hashes bytea[]) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM FROM public.user_totp t WHERE t.user_id = auth.uid() AND t.enabled_at IS NOT NULL FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM public.recovery_codes WHERE user_id = auth.uid();
  INSERT INTO public.recovery_codes (user_id, organization_id, code_hash)
    SELECT u.id, u.organization_id, c.hash FROM public.users u, unnest(code_hashes) AS c (hash) WHERE u.id = auth.uid();
  RETURN true;
END
$$;
COMMENT ON FUNCTION app.replace_recovery_codes(bytea[]) IS 'Gives the signed-in person new recovery codes in place of all old ones.';

CREATE OR REPLACE FUNCTION app.enable_totp(step bigint, code_hashes bytea[]) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  UPDATE public.user_totp SET enabled_at = now(), last_step = step WHERE user_id = auth.uid() AND enabled_at IS NULL;
  RETURN FOUND AND app.replace_recovery_codes(code_hashes);
END
$$;
COMMENT ON FUNCTION app.enable_totp(bigint, bytea[]) IS 'Turns the pending second factor on: a code of this time step confirmed it.';

CREATE OR REPLACE FUNCTION app.use_totp_step(named_user uuid, step bigint) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH used AS (
    UPDATE public.user_totp t SET last_step = step
    WHERE t.user_id = named_user AND t.enabled_at IS NOT NULL AND t.last_step < step
      AND coalesce(auth.uid(), named_user) = named_user RETURNING true
  ) SELECT coalesce((SELECT true FROM used), false)
$$;
COMMENT ON FUNCTION app.use_totp_step(uuid, bigint) IS 'Uses up the code of a time step; false when it, or a later one, was used before.';

CREATE OR REPLACE FUNCTION app.use_recovery_code(named_user uuid, presented bytea) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH used AS (
    DELETE FROM public.recovery_codes r WHERE r.user_id = named_user AND r.code_hash = presented
      AND coalesce(auth.uid(), named_user) = named_user RETURNING true
  ) SELECT coalesce((SELECT true FROM used), false)
$$;
COMMENT ON FUNCTION app.use_recovery_code(uuid, bytea) IS 'Uses up a recovery code; false when there is no such one.';

-- For oneself, or an owner for a colleague who lost the device; an admin's second factor is an admin's to remove.
CREATE OR REPLACE FUNCTION app.disable_totp(named_user uuid) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM FROM public.users u JOIN public.users asking ON asking.id = auth.uid() AND asking.disabled_at IS NULL
    WHERE u.id = named_user AND (u.id = asking.id OR (asking.is_owner AND asking.organization_id = u.organization_id
      AND (u.role <> 'admin' OR asking.role = 'admin')));
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM public.recovery_codes WHERE user_id = named_user;
  DELETE FROM public.user_totp WHERE user_id = named_user;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION app.disable_totp(uuid) IS
  'Removes a second factor and its recovery codes, one''s own or a colleague''s; false when there is none or it is not theirs to do.';

-- For whoever manages people: offering to remove what is not there leads nowhere.
CREATE OR REPLACE FUNCTION app.people_with_second_factor() RETURNS SETOF uuid
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT t.user_id FROM public.user_totp t JOIN public.users asking ON asking.organization_id = t.organization_id
  WHERE asking.id = auth.uid() AND asking.disabled_at IS NULL AND t.enabled_at IS NOT NULL
    AND (asking.is_owner OR asking.role = 'admin' OR asking.id = t.user_id)
$$;
COMMENT ON FUNCTION app.people_with_second_factor() IS
  'Who of one''s organization has a second factor on, for owners and admins; for others only themselves.';

GRANT EXECUTE ON FUNCTION
  app.claim_guess(jsonb), app.refund_guess(jsonb), app.forget_guesses(jsonb), app.remember_device(uuid, bytea),
  app.my_credentials(), app.confirm_session(uuid), app.change_password(text, uuid), app.find_account(text),
  app.hand_over_account_link(uuid, text, bytea, interval), app.find_account_link(bytea, text), app.verify_email(bytea),
  app.reset_password(bytea, text), app.find_second_factor(uuid), app.begin_totp(text), app.replace_recovery_codes(bytea[]),
  app.enable_totp(bigint, bytea[]), app.use_totp_step(uuid, bigint), app.use_recovery_code(uuid, bytea), app.disable_totp(uuid),
  app.people_with_second_factor() TO switchboard_app;
GRANT EXECUTE ON FUNCTION app.create_account_link(uuid, text, bytea, interval) TO switchboard_worker;
