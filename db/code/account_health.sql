-- How notices about accounts find the organizations that they concern, and what happens by itself when a grant comes to life.

-- An organization's own Meta app speaks for its own grants only; the install's app for all.
CREATE OR REPLACE FUNCTION app.store_account_notice(
  signer text, account_id text, portfolio text, notice_field text, notice_value jsonb, notice_key text, occurred timestamptz
) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  INSERT INTO app.account_notices (signed_by, waba_id, business_id, field, value, dedupe_key, occurred_at)
    VALUES (signer, account_id, portfolio, notice_field, notice_value, notice_key, coalesce(occurred, now()))
    ON CONFLICT ON CONSTRAINT account_notices_dedupe_key DO NOTHING;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  INSERT INTO app.accounts_with_news (organization_id, waba_id)
    SELECT DISTINCT w.organization_id, w.waba_id FROM public.waba_accounts w
    WHERE signer IN ('install', w.organization_id)
      AND (w.waba_id = account_id OR (account_id IS NULL AND w.owner_business_id = portfolio))
    ON CONFLICT ON CONSTRAINT accounts_with_news_pkey DO UPDATE SET lease_token = NULL, leased_until = NULL;
  PERFORM pg_notify('switchboard_accounts', '');
  RETURN true;
END
$$;
COMMENT ON FUNCTION app.store_account_notice(text, text, text, text, jsonb, text, timestamptz) IS
  'Keeps a webhook about an account and tells the organizations it concerns; false when it was known.';

-- A killed worker's account is taken over when its lease is over; so is one whose notices could not be applied.
CREATE OR REPLACE FUNCTION app.claim_accounts_with_news(most integer, lease interval)
  RETURNS TABLE (organization_id text, waba_id text, again boolean, lease_token bigint)
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  UPDATE app.accounts_with_news a SET leased_until = now() + lease, lease_token = nextval('app.lease_tokens')
  WHERE (a.organization_id, a.waba_id) IN (
    SELECT w.organization_id, w.waba_id FROM app.accounts_with_news w
    WHERE w.leased_until IS NULL OR w.leased_until < now() LIMIT most FOR UPDATE SKIP LOCKED)
  RETURNING a.organization_id, a.waba_id, a.again, a.lease_token
$$;
COMMENT ON FUNCTION app.claim_accounts_with_news(integer, interval) IS 'Leases accounts whose notices wait to be applied.';

-- News that came meanwhile has taken the lease away: then the account stays, and is claimed again.
CREATE OR REPLACE FUNCTION app.finish_account_news(account_id text, held_token bigint) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH done AS (
    DELETE FROM app.accounts_with_news a
    WHERE a.organization_id = app.current_organization_id() AND a.waba_id = account_id AND a.lease_token = held_token RETURNING true
  ) SELECT coalesce((SELECT true FROM done), false)
$$;
COMMENT ON FUNCTION app.finish_account_news(text, bigint) IS 'Ends the work on an account; false when there is more to do.';

CREATE OR REPLACE FUNCTION app.count_accounts_with_news() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT count(*) FROM app.accounts_with_news $$;
COMMENT ON FUNCTION app.count_accounts_with_news() IS 'How many accounts have notices to be applied; for tests and metrics.';

DROP FUNCTION IF EXISTS app.list_account_notices(text, boolean);
CREATE OR REPLACE FUNCTION app.list_account_notices(account_id text, known_too boolean, after_time timestamptz, after_key text, most integer)
  RETURNS TABLE (field text, value jsonb, dedupe_key text, occurred_at timestamptz, by_install boolean)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT n.field, n.value, n.dedupe_key, n.occurred_at, n.signed_by = 'install' FROM app.account_notices n
  WHERE n.signed_by IN ('install', app.current_organization_id())
    AND EXISTS (SELECT FROM public.waba_accounts w WHERE w.organization_id = app.current_organization_id() AND w.waba_id = account_id
      AND (n.waba_id = account_id OR (n.waba_id IS NULL AND n.business_id = w.owner_business_id)))
    AND (known_too OR NOT EXISTS (SELECT FROM public.account_events e WHERE e.organization_id = app.current_organization_id()
      AND e.waba_id = account_id AND e.dedupe_key = n.dedupe_key))
    AND (after_key IS NULL OR (n.occurred_at, n.dedupe_key) > (after_time, after_key))
  ORDER BY n.occurred_at, n.dedupe_key LIMIT most
$$;
COMMENT ON FUNCTION app.list_account_notices(text, boolean, timestamptz, text, integer) IS
  'The next notices about an account that the asking organization holds a grant on, oldest first, and whether the install''s app signed them.';

CREATE OR REPLACE FUNCTION app.forget_old_account_notices() RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  DELETE FROM app.account_notices n WHERE n.received_at < now() - interval '90 days';
  DELETE FROM public.account_events e WHERE e.created_at < now() - interval '400 days';
$$;
COMMENT ON FUNCTION app.forget_old_account_notices() IS
  'Deletes notices after 90 days and events after 400; what they said of the present stays in account_facts.';

-- Every account somebody holds a grant on, for work that goes through all of them.
CREATE OR REPLACE FUNCTION app.list_all_accounts() RETURNS TABLE (organization_id text, waba_id text)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT DISTINCT w.organization_id, w.waba_id FROM public.waba_accounts w ORDER BY 1, 2 $$;
COMMENT ON FUNCTION app.list_all_accounts() IS 'The accounts of all organizations, for daily work and the doctor.';

-- Whether an account can send, by a grant or by the organization's own configuration, is everybody's business who answers on it; whose
-- grant it is, is not.
DROP FUNCTION IF EXISTS app.list_account_connections();
CREATE OR REPLACE FUNCTION app.list_account_connections()
  RETURNS TABLE (waba_id text, name text, live boolean, disconnected_at timestamptz, disconnected_by text, disconnected_reason text,
    token_expires_at timestamp, grants bigint, held bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT DISTINCT ON (w.waba_id) w.waba_id, w.name,
    bool_or(w.connected AND w.access_token IS NOT NULL) OVER account OR EXISTS (
      SELECT FROM public.tenant_configs t JOIN public.phone_numbers n
        ON n.organization_id = t.tenant_id AND n.phone_number_id = t.phone_number_id
      WHERE t.tenant_id = w.organization_id AND n.waba_id = w.waba_id AND t.is_active AND t.deleted_at IS NULL
        AND t.access_token IS NOT NULL),
    w.disconnected_at, w.disconnected_by, w.disconnected_reason,
    CASE WHEN bool_or(w.connected AND w.token_expires_at IS NULL) OVER account THEN NULL
      ELSE max(w.token_expires_at) FILTER (WHERE w.connected) OVER account END,
    count(*) OVER account,
    (SELECT count(*) FROM public.outbox o JOIN public.phone_numbers n
      ON n.organization_id = o.organization_id AND n.phone_number_id = o.phone_number_id
      WHERE o.organization_id = w.organization_id AND o.state = 'queued' AND o.held_at IS NOT NULL AND n.waba_id = w.waba_id)
  FROM public.waba_accounts w WHERE w.organization_id = app.current_organization_id()
  WINDOW account AS (PARTITION BY w.waba_id)
  ORDER BY w.waba_id, w.disconnected_at DESC NULLS LAST
$$;
COMMENT ON FUNCTION app.list_account_connections() IS
  'The asking organization''s accounts: whether one of their grants is live, why the last one ended, and how many messages wait.';

CREATE OR REPLACE FUNCTION app.list_last_inbound() RETURNS TABLE (phone_number_id text, last_inbound_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT c.phone_number_id, max(c.last_inbound_at) FROM public.conversations c
  WHERE c.organization_id = app.current_organization_id() GROUP BY c.phone_number_id
$$;
COMMENT ON FUNCTION app.list_last_inbound() IS 'When a customer last wrote, by number of the asking organization.';
GRANT EXECUTE ON FUNCTION app.list_last_inbound() TO switchboard_worker;

GRANT EXECUTE ON FUNCTION app.list_account_connections() TO switchboard_app, switchboard_worker;
GRANT EXECUTE ON FUNCTION
  app.store_account_notice(text, text, text, text, jsonb, text, timestamptz), app.claim_accounts_with_news(integer, interval),
  app.finish_account_news(text, bigint), app.count_accounts_with_news(), app.list_account_notices(text, boolean, timestamptz, text, integer),
  app.forget_old_account_notices(), app.list_all_accounts()
  TO switchboard_worker;

-- A new token is a new connection, whatever was wrong with the one before. A token that was only encrypted anew is not: whoever
-- connects writes the app of the token too.
CREATE OR REPLACE FUNCTION app.begin_connection() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  IF NEW.access_token IS NOT NULL
    AND (TG_OP = 'INSERT' OR NEW.access_token IS DISTINCT FROM OLD.access_token) THEN
    NEW.connected_at := now();
    NEW.token_checked_at := NULL;
    NEW.token_scopes := NULL;
  END IF;
  IF NEW.connected THEN
    NEW.disconnected_at := NULL;
    NEW.disconnected_by := NULL;
    NEW.disconnected_reason := NULL;
  END IF;
  RETURN NEW;
END
$$;
COMMENT ON FUNCTION app.begin_connection() IS 'Notes when a grant''s token came, and forgets why an earlier one ended.';
DROP TRIGGER IF EXISTS trigger_begin_connection ON public.waba_accounts;
CREATE TRIGGER trigger_begin_connection BEFORE INSERT OR UPDATE OF connected, app_id ON public.waba_accounts
  FOR EACH ROW EXECUTE FUNCTION app.begin_connection();

-- What waited for a connection goes on: Meta's notices from before it, and messages. Senders take the same lock before they hold a
-- message, so that none is held by whoever has not seen the new grant.
CREATE OR REPLACE FUNCTION app.resume_account() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  IF NOT NEW.connected OR NEW.access_token IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.sending.' || NEW.organization_id, 0));
  UPDATE public.outbox o SET held_at = NULL, run_at = now()
    WHERE o.organization_id = NEW.organization_id AND o.held_at IS NOT NULL AND o.phone_number_id IN
      (SELECT n.phone_number_id FROM public.phone_numbers n WHERE n.organization_id = NEW.organization_id AND n.waba_id = NEW.waba_id);
  INSERT INTO app.accounts_with_news (organization_id, waba_id, again) VALUES (NEW.organization_id, NEW.waba_id, true)
    ON CONFLICT ON CONSTRAINT accounts_with_news_pkey DO UPDATE SET again = true, lease_token = NULL, leased_until = NULL;
  PERFORM pg_notify('switchboard_outbox', ''), pg_notify('switchboard_accounts', '');
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.resume_account() IS 'Releases what waited for a grant on an account.';
DROP TRIGGER IF EXISTS trigger_resume_account ON public.waba_accounts;
CREATE TRIGGER trigger_resume_account AFTER INSERT OR UPDATE OF connected ON public.waba_accounts
  FOR EACH ROW EXECUTE FUNCTION app.resume_account();

-- The token of an organization's own configuration is as good as a grant's for its number.
CREATE OR REPLACE FUNCTION app.resume_configured_number() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  IF NEW.is_active AND NEW.deleted_at IS NULL AND NEW.access_token IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.sending.' || NEW.tenant_id, 0));
    UPDATE public.outbox o SET held_at = NULL, run_at = now()
      WHERE o.organization_id = NEW.tenant_id AND o.held_at IS NOT NULL AND o.phone_number_id = NEW.phone_number_id;
    PERFORM pg_notify('switchboard_outbox', '');
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.resume_configured_number() IS 'Releases messages that waited for a token when a configuration brings one.';
DROP TRIGGER IF EXISTS trigger_resume_configured_number ON public.tenant_configs;
CREATE TRIGGER trigger_resume_configured_number AFTER INSERT OR UPDATE OF access_token, phone_number_id, is_active, deleted_at
  ON public.tenant_configs FOR EACH ROW EXECUTE FUNCTION app.resume_configured_number();
