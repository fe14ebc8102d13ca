-- Finding a renter's landlords: from the materialized view, or from the tables where something changed since its refresh.

-- Every change that could make the view wrong about a phone names that phone, in the same transaction.
CREATE OR REPLACE FUNCTION app.note_routing_change() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  IF TG_TABLE_NAME = 'tenants' THEN
    INSERT INTO app.routing_changes (organization_id, tenant_phone)
      SELECT DISTINCT c.organization_id, c.phone FROM (
        SELECT OLD.organization_id, OLD.phone WHERE TG_OP <> 'INSERT'
        UNION ALL SELECT NEW.organization_id, NEW.phone WHERE TG_OP <> 'DELETE') AS c (organization_id, phone)
      WHERE c.phone <> '';
  ELSIF TG_TABLE_NAME = 'leases' THEN
    INSERT INTO app.routing_changes (organization_id, tenant_phone)
      SELECT DISTINCT t.organization_id, t.phone FROM rental.tenants t
      WHERE t.phone <> '' AND (TG_OP <> 'INSERT' AND t.id = OLD.tenant_id OR TG_OP <> 'DELETE' AND t.id = NEW.tenant_id);
  ELSE
    INSERT INTO app.routing_changes (organization_id, tenant_phone)
      SELECT DISTINCT t.organization_id, t.phone FROM rental.leases l JOIN rental.tenants t ON t.id = l.tenant_id
      WHERE t.phone <> '' AND l.property_id = OLD.id;
  END IF;
  PERFORM pg_notify('switchboard_routing', '');
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.note_routing_change() IS 'Remembers which phones the routing view may now be wrong about.';

DROP TRIGGER IF EXISTS trigger_note_routing_change ON rental.tenants;
CREATE TRIGGER trigger_note_routing_change AFTER INSERT OR UPDATE OR DELETE ON rental.tenants
  FOR EACH ROW EXECUTE FUNCTION app.note_routing_change();
DROP TRIGGER IF EXISTS trigger_note_routing_change ON rental.leases;
CREATE TRIGGER trigger_note_routing_change AFTER INSERT OR UPDATE OR DELETE ON rental.leases
  FOR EACH ROW EXECUTE FUNCTION app.note_routing_change();
DROP TRIGGER IF EXISTS trigger_note_routing_change ON rental.properties;
CREATE TRIGGER trigger_note_routing_change AFTER UPDATE OR DELETE ON rental.properties
  FOR EACH ROW EXECUTE FUNCTION app.note_routing_change();

-- A landlord's profile is read at look-up; the view only shows it, so a mark without a phone asks for a refresh and no more.
CREATE OR REPLACE FUNCTION app.note_landlord_change() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  INSERT INTO app.routing_changes (organization_id, tenant_phone) VALUES (NEW.organization_id, '');
  PERFORM pg_notify('switchboard_routing', '');
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.note_landlord_change() IS 'Has the routing view refreshed after a change that it shows.';
DROP TRIGGER IF EXISTS trigger_note_landlord_change ON public.user_profiles;
CREATE TRIGGER trigger_note_landlord_change AFTER UPDATE OF full_name, whatsapp_enabled ON public.user_profiles
  FOR EACH ROW WHEN (OLD.full_name IS DISTINCT FROM NEW.full_name OR OLD.whatsapp_enabled IS DISTINCT FROM NEW.whatsapp_enabled)
  EXECUTE FUNCTION app.note_landlord_change();

-- A landlord without a profile is not in the view at all, so here the phones themselves are marked.
CREATE OR REPLACE FUNCTION app.note_new_landlord() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  INSERT INTO app.routing_changes (organization_id, tenant_phone)
    SELECT DISTINCT t.organization_id, t.phone FROM rental.tenants t WHERE t.user_id = NEW.id AND t.phone <> '';
  IF FOUND THEN
    PERFORM pg_notify('switchboard_routing', '');
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.note_new_landlord() IS 'Remembers the phones of a landlord whose profile came after the leases.';
DROP TRIGGER IF EXISTS trigger_note_new_landlord ON public.user_profiles;
CREATE TRIGGER trigger_note_new_landlord AFTER INSERT ON public.user_profiles
  FOR EACH ROW EXECUTE FUNCTION app.note_new_landlord();

-- The marks are collected before the refresh and deleted after it: what is marked in between was not seen and stays marked.
CREATE OR REPLACE FUNCTION public.refresh_tenant_landlord_routing() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  seen bigint[];
BEGIN
  -- One refresh at a time; a second one waits and then finds nothing marked.
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.routing', 0));
  SELECT array_agg(c.id) INTO seen FROM app.routing_changes c;
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.tenant_landlord_routing;
  DELETE FROM app.routing_changes c WHERE c.id = ANY (seen);
END
$$;
COMMENT ON FUNCTION public.refresh_tenant_landlord_routing() IS
  'Brings tenant_landlord_routing up to date beside its readers. A job calls it; never a user''s transaction.';

CREATE OR REPLACE FUNCTION app.refresh_routing_if_changed() RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  -- Another process that refreshes at this moment is not waited for: at a million leases it takes half a minute.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('switchboard.routing', 0)) OR NOT EXISTS (SELECT FROM app.routing_changes) THEN
    RETURN false;
  END IF;
  PERFORM public.refresh_tenant_landlord_routing();
  RETURN true;
END
$$;
COMMENT ON FUNCTION app.refresh_routing_if_changed() IS 'Refreshes the routing view when something changed; whether it did.';

-- Enabling and opting out are read from the profile itself, so they count at once.
CREATE OR REPLACE FUNCTION app.find_landlords(sender_phone text)
  RETURNS TABLE (landlord_id uuid, opted_in boolean, lease_id uuid, property_id uuid, tenant_id uuid)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  organization text := app.current_organization_id();
BEGIN
  IF EXISTS (SELECT FROM app.routing_changes c WHERE c.organization_id = organization AND c.tenant_phone = sender_phone) THEN
    RETURN QUERY
      SELECT t.user_id, up.whatsapp_enabled, l.id, l.property_id, t.id
      FROM rental.tenants t
      JOIN rental.leases l ON l.tenant_id = t.id AND l.status = 'active'
      JOIN public.user_profiles up ON up.id = t.user_id
      WHERE t.organization_id = organization AND t.phone = sender_phone;
  ELSE
    RETURN QUERY
      SELECT r.landlord_id, up.whatsapp_enabled, r.lease_id, r.property_id, r.tenant_id
      FROM public.tenant_landlord_routing r
      JOIN public.user_profiles up ON up.id = r.landlord_id
      WHERE r.organization_id = organization AND r.tenant_phone = sender_phone;
  END IF;
END
$$;
COMMENT ON FUNCTION app.find_landlords(text) IS
  'Landlords of the active leases of a phone in the asking worker''s organization; never by a lease that has ended.';

GRANT EXECUTE ON FUNCTION app.refresh_routing_if_changed(), app.find_landlords(text) TO switchboard_worker;
