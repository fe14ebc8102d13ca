-- Which landlord a renter's phone leads to, computed ahead. Look-ups stay right between a change and the refresh: a phone whose
-- leases changed since is looked up in the tables themselves (app.find_landlords).

CREATE MATERIALIZED VIEW public.tenant_landlord_routing AS
SELECT
  t.phone AS tenant_phone,
  t.id AS tenant_id,
  t.name AS tenant_name,
  t.user_id AS landlord_id,
  p.id AS property_id,
  p.address AS property_address,
  l.id AS lease_id,
  l.status AS lease_status,
  up.whatsapp_enabled AS landlord_whatsapp_enabled,
  up.full_name AS landlord_name,
  t.organization_id
FROM rental.tenants t
JOIN rental.leases l ON l.tenant_id = t.id
JOIN rental.properties p ON p.id = l.property_id
JOIN public.user_profiles up ON up.id = t.user_id
WHERE l.status = 'active' AND t.phone IS NOT NULL AND t.phone <> '';

-- Phone and lease together: one phone may rent from two landlords. A refresh beside readers needs a unique index.
-- squawk-ignore require-concurrent-index-creation -- the view is new and nobody reads it
CREATE UNIQUE INDEX tenant_landlord_routing_phone_idx ON public.tenant_landlord_routing (tenant_phone, lease_id);
-- squawk-ignore require-concurrent-index-creation -- the view is new and nobody reads it
CREATE INDEX tenant_landlord_routing_organization_idx ON public.tenant_landlord_routing (organization_id, tenant_phone);
COMMENT ON MATERIALIZED VIEW public.tenant_landlord_routing IS
  'Phone to landlord, for all organizations: row level security cannot guard it, so no role of a user may read it.';
REVOKE ALL ON public.tenant_landlord_routing FROM PUBLIC, switchboard_app, switchboard_worker;

-- Phones whose leases changed since the last refresh.
CREATE TABLE app.routing_changes (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT routing_changes_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  tenant_phone text NOT NULL
);
CREATE INDEX routing_changes_phone_idx ON app.routing_changes (organization_id, tenant_phone);
COMMENT ON TABLE app.routing_changes IS
  'Phones that tenant_landlord_routing may be wrong about; looked up in the tables until the next refresh.';
SELECT app.raise_wall('app.routing_changes');
