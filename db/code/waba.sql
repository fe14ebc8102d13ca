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
  INSERT INTO public.phone_numbers AS n (phone_number_id, organization_id, waba_id, portfolio_id, display_phone_number,
      verified_name, quality_rating, status)
    VALUES (number_id, organization, account_id, portfolio, display_number, name, quality, number_status)
    ON CONFLICT (phone_number_id) DO UPDATE SET waba_id = excluded.waba_id, portfolio_id = excluded.portfolio_id,
      display_phone_number = excluded.display_phone_number, verified_name = excluded.verified_name,
      quality_rating = excluded.quality_rating, status = excluded.status, updated_at = now()
    WHERE n.organization_id = organization;
  RETURN FOUND;
END
$$;
COMMENT ON FUNCTION app.claim_phone_number(text, text, text, text, text, text, text) IS
  'Makes the asking organization the owner of a number, or brings its own up to date; false when it is another''s.';

GRANT EXECUTE ON FUNCTION app.claim_phone_number(text, text, text, text, text, text, text) TO switchboard_app;
