-- What happens around an organization's configuration: who hears of a change, what its return sets going, and when a deleted one ends.

-- A notification is a hint for the caches of all processes (src/modules/credentials/config-cache.ts).
CREATE OR REPLACE FUNCTION app.note_configuration_change() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM pg_notify('switchboard_configurations', CASE WHEN TG_OP = 'DELETE' THEN OLD.tenant_id ELSE NEW.tenant_id END);
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.note_configuration_change() IS 'Tells every process whose configuration changed.';
DROP TRIGGER IF EXISTS trigger_note_configuration_change ON public.tenant_configs;
CREATE TRIGGER trigger_note_configuration_change AFTER INSERT OR UPDATE OR DELETE ON public.tenant_configs
  FOR EACH ROW EXECUTE FUNCTION app.note_configuration_change();

-- Deliveries that came while a configuration was switched off or deleted were kept, under the name of the configuration that
-- signed them. When that one lives again they are processed; a new configuration of the same organization does not speak for them.
CREATE OR REPLACE FUNCTION app.release_dormant_items() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  released integer;
BEGIN
  UPDATE app.webhook_items i
    SET signed_by = c.tenant_id, state = 'waiting', attempts = 0, error = NULL, finished_at = NULL,
      -- From the lane of an unknown signer back to the customer's.
      ordering_key = CASE WHEN starts_with(i.ordering_key, 'of ' || i.signed_by || ' ')
        THEN substr(i.ordering_key, length('of ' || i.signed_by || ' ') + 1) ELSE i.ordering_key END,
      belongs_to = (SELECT n.organization_id FROM public.phone_numbers n
        WHERE n.phone_number_id = i.phone_number_id AND n.organization_id = c.tenant_id AND n.released_at IS NULL)
    FROM public.tenant_configs c
    WHERE i.signed_by LIKE 'dormant:%' AND i.signed_by = 'dormant:' || c.id AND c.is_active AND c.deleted_at IS NULL;
  GET DIAGNOSTICS released = ROW_COUNT;
  UPDATE app.webhook_deliveries d SET signed_by = c.tenant_id
    FROM public.tenant_configs c
    WHERE d.state = 'received' AND d.signed_by LIKE 'dormant:%' AND d.signed_by = 'dormant:' || c.id
      AND c.is_active AND c.deleted_at IS NULL;
  IF released > 0 THEN
    PERFORM pg_notify('switchboard_items', '');
  END IF;
  RETURN released;
END
$$;
COMMENT ON FUNCTION app.release_dormant_items() IS
  'Lets items be processed whose signing configuration was switched off or deleted and lives again; how many.';
GRANT EXECUTE ON FUNCTION app.release_dormant_items() TO switchboard_worker;

CREATE OR REPLACE FUNCTION app.wake_dormant_items() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM app.release_dormant_items();
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.wake_dormant_items() IS 'Releases what waited for a configuration, in the transaction that brings it back.';
DROP TRIGGER IF EXISTS trigger_wake_dormant_items ON public.tenant_configs;
CREATE TRIGGER trigger_wake_dormant_items AFTER UPDATE OF is_active, deleted_at ON public.tenant_configs
  FOR EACH ROW WHEN (NEW.is_active AND NEW.deleted_at IS NULL AND (OLD.deleted_at IS NOT NULL OR NOT OLD.is_active))
  EXECUTE FUNCTION app.wake_dormant_items();

CREATE OR REPLACE FUNCTION app.purge_deleted_configurations(keep interval) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  purged integer;
BEGIN
  DELETE FROM public.tenant_configs WHERE deleted_at < now() - keep;
  GET DIAGNOSTICS purged = ROW_COUNT;
  UPDATE public.tenant_configs SET previous_app_secret = NULL, previous_app_secret_until = NULL
    WHERE previous_app_secret_until < now();
  RETURN purged;
END
$$;
COMMENT ON FUNCTION app.purge_deleted_configurations(interval) IS
  'Removes configurations that were deleted so long ago, and app secrets whose overlap is over; how many configurations.';
GRANT EXECUTE ON FUNCTION app.purge_deleted_configurations(interval) TO switchboard_worker;

-- As connecting does (db/code/account_health.sql): messages that nobody's token could send may leave with the configuration's.
CREATE OR REPLACE FUNCTION app.resume_configured_number() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  IF NOT NEW.is_active OR NEW.deleted_at IS NOT NULL OR NEW.access_token IS NULL OR NEW.phone_number_id IS NULL THEN
    RETURN NULL;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.sending.' || NEW.tenant_id, 0));
  UPDATE public.outbox o SET held_at = NULL, run_at = now()
    WHERE o.organization_id = NEW.tenant_id AND o.held_at IS NOT NULL AND o.phone_number_id = NEW.phone_number_id;
  PERFORM pg_notify('switchboard_outbox', '');
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.resume_configured_number() IS 'Releases messages that waited for a token on the configuration''s number.';
DROP TRIGGER IF EXISTS trigger_resume_configured_number ON public.tenant_configs;
CREATE TRIGGER trigger_resume_configured_number AFTER INSERT OR UPDATE OF access_token, phone_number_id, is_active, deleted_at
  ON public.tenant_configs FOR EACH ROW EXECUTE FUNCTION app.resume_configured_number();
