-- Claiming numbers. A number has one live owner organization in the whole install; a claimer may not see whose it is.

-- The caller has proved with a token that it can read the number. False: another organization owns it.
CREATE OR REPLACE FUNCTION app.claim_phone_number(
  number_id text, account_id text, portfolio text, display_number text, name text, quality text, number_status text
) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  organization text := app.current_organization_id();
BEGIN
  IF organization IS NULL THEN
    RAISE EXCEPTION 'claiming a number needs an organization' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- Two organizations that claim a number at once take turns.
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.number.' || number_id, 0));
  IF EXISTS (SELECT FROM public.phone_numbers n
      WHERE n.phone_number_id = number_id AND n.released_at IS NULL AND n.organization_id <> organization) THEN
    RETURN false;
  END IF;
  INSERT INTO public.phone_numbers (phone_number_id, organization_id, waba_id, portfolio_id, display_phone_number,
      verified_name, quality_rating, status)
    VALUES (number_id, organization, account_id, portfolio, display_number, name, quality, number_status)
    ON CONFLICT ON CONSTRAINT phone_numbers_organization_key DO UPDATE SET waba_id = excluded.waba_id,
      portfolio_id = excluded.portfolio_id, display_phone_number = excluded.display_phone_number,
      verified_name = excluded.verified_name, quality_rating = excluded.quality_rating, status = excluded.status,
      released_at = NULL, read_at = now(), gone_at = NULL, updated_at = now();
  RETURN true;
END
$$;
COMMENT ON FUNCTION app.claim_phone_number(text, text, text, text, text, text, text) IS
  'Makes the asking organization the owner of a number, or brings its own up to date; false when it is another''s.';

GRANT EXECUTE ON FUNCTION app.claim_phone_number(text, text, text, text, text, text, text) TO switchboard_app, switchboard_worker;

-- The second way by which a grant is brought up to date: Meta's account_update names the account and its owner. For every user who
-- holds a grant it is the same upsert as connecting, without the token; nobody gets a grant from a webhook.
CREATE OR REPLACE FUNCTION app.note_account_owner(signer text, account_id text, business_id text) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  noted integer;
BEGIN
  INSERT INTO public.waba_accounts (organization_id, user_id, waba_id, owner_business_id)
    SELECT w.organization_id, w.user_id, w.waba_id, business_id FROM public.waba_accounts w
    WHERE w.waba_id = account_id AND signer IN ('install', w.organization_id)
    ON CONFLICT (user_id, waba_id) DO UPDATE SET owner_business_id = excluded.owner_business_id,
      updated_at = now() AT TIME ZONE 'utc';
  GET DIAGNOSTICS noted = ROW_COUNT;
  RETURN noted;
END
$$;
COMMENT ON FUNCTION app.note_account_owner(text, text, text) IS
  'Writes an account''s owner into the grants that the signer may speak for; how many there are.';
GRANT EXECUTE ON FUNCTION app.note_account_owner(text, text, text) TO switchboard_worker;

-- Whether anybody of the organization answers on a number: a colleague's configuration is not the asker's to read.
CREATE OR REPLACE FUNCTION app.is_number_answered(number_id text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  -- Two who connect at once take turns, so that one of them is the first.
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.number.' || number_id, 0));
  RETURN EXISTS (SELECT FROM public.whatsapp_configuration w
    WHERE w.organization_id = app.current_organization_id() AND w.phone_number_id = number_id AND w.is_active);
END
$$;
COMMENT ON FUNCTION app.is_number_answered(text) IS 'Whether a user of the asking organization is configured for a number.';
GRANT EXECUTE ON FUNCTION app.is_number_answered(text) TO switchboard_app;

-- The user's grant is gone already. When it was the organization's last one on the account, its numbers are given up: whoever answered
-- on them no longer does, and another organization may connect them. Conversations stay.
CREATE OR REPLACE FUNCTION app.release_account(account_id text)
  RETURNS TABLE (grants_left integer, numbers_released integer, used_elsewhere boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  organization text := app.current_organization_id();
  released text[];
BEGIN
  IF organization IS NULL THEN
    RAISE EXCEPTION 'releasing an account needs an organization' USING ERRCODE = 'insufficient_privilege';
  END IF;
  -- Two colleagues who disconnect at once take turns, so that one of them is the last.
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.account.' || account_id, 0));
  SELECT count(*) INTO grants_left FROM public.waba_accounts w
    WHERE w.organization_id = organization AND w.waba_id = account_id;
  numbers_released := 0;
  IF grants_left = 0 THEN
    WITH given_up AS (
      UPDATE public.phone_numbers n SET released_at = now(), updated_at = now()
      WHERE n.organization_id = organization AND n.waba_id = account_id AND n.released_at IS NULL
      RETURNING n.phone_number_id
    ) SELECT array_agg(g.phone_number_id) INTO released FROM given_up g;
    numbers_released := coalesce(cardinality(released), 0);
    DELETE FROM public.whatsapp_configuration c
      WHERE c.organization_id = organization AND c.phone_number_id = ANY (released);
  END IF;
  used_elsewhere := EXISTS (SELECT FROM public.waba_accounts w
    WHERE w.waba_id = account_id AND w.organization_id <> organization);
  RETURN NEXT;
END
$$;
COMMENT ON FUNCTION app.release_account(text) IS
  'Gives up an account''s numbers when the asking organization holds no grant on it any more; what is left.';
GRANT EXECUTE ON FUNCTION app.release_account(text) TO switchboard_app;

CREATE OR REPLACE FUNCTION app.forget_connection_attempts() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  forgotten integer;
BEGIN
  UPDATE public.connection_attempts SET access_token = NULL, state_hash = NULL, status = 'cancelled', updated_at = now()
    WHERE expires_at < now() AND status <> 'done' AND status <> 'cancelled';
  DELETE FROM public.connection_attempts WHERE expires_at < now() - interval '30 days';
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END
$$;
COMMENT ON FUNCTION app.forget_connection_attempts() IS
  'Takes the token out of attempts that nobody went on with for a day, and deletes attempts after a month; how many were deleted.';
GRANT EXECUTE ON FUNCTION app.forget_connection_attempts() TO switchboard_worker;
