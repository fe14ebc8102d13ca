-- Properties, renters and leases, which say whom a message on a central number is for.
-- In a schema of their own, so that the renters' table "tenants" is never mistaken for organizations.

CREATE SCHEMA rental;
GRANT USAGE ON SCHEMA rental TO switchboard_app, switchboard_worker;
COMMENT ON SCHEMA rental IS 'Who rents what from which landlord.';

CREATE TABLE rental.properties (
  id uuid CONSTRAINT properties_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  user_id uuid NOT NULL,
  address text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT properties_organization_key UNIQUE (organization_id, id),
  CONSTRAINT properties_landlord_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX properties_landlord_idx ON rental.properties (user_id);
COMMENT ON TABLE rental.properties IS 'What is rented out; user_id is the landlord.';

CREATE TABLE rental.tenants (
  id uuid CONSTRAINT tenants_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  user_id uuid NOT NULL,
  name text NOT NULL,
  phone text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tenants_organization_key UNIQUE (organization_id, id),
  CONSTRAINT tenants_landlord_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX tenants_phone_idx ON rental.tenants (organization_id, phone);
CREATE INDEX tenants_landlord_idx ON rental.tenants (user_id);
COMMENT ON TABLE rental.tenants IS 'Renters; user_id is the landlord. Never an organization.';

CREATE TABLE rental.leases (
  id uuid CONSTRAINT leases_pkey PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id text NOT NULL,
  tenant_id uuid NOT NULL,
  property_id uuid NOT NULL,
  status text NOT NULL DEFAULT 'active' CONSTRAINT leases_status_known CHECK (status IN ('draft', 'active', 'ended')),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT leases_tenant_fkey FOREIGN KEY (organization_id, tenant_id)
    REFERENCES rental.tenants (organization_id, id) ON DELETE CASCADE,
  CONSTRAINT leases_property_fkey FOREIGN KEY (organization_id, property_id)
    REFERENCES rental.properties (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX leases_tenant_idx ON rental.leases (tenant_id) WHERE status = 'active';
CREATE INDEX leases_property_idx ON rental.leases (property_id);
COMMENT ON TABLE rental.leases IS 'Which renter rents which property; an active lease routes the renter to the landlord.';

SELECT app.raise_wall(t) FROM unnest(ARRAY['rental.properties', 'rental.tenants', 'rental.leases']::regclass[]) AS t;

CREATE POLICY my_own_properties ON rental.properties TO switchboard_app
  USING (user_id = (SELECT auth.uid()) OR (SELECT app.is_organization_owner()));
CREATE POLICY my_own_renters ON rental.tenants TO switchboard_app
  USING (user_id = (SELECT auth.uid()) OR (SELECT app.is_organization_owner()));
CREATE POLICY leases_of_my_renters ON rental.leases TO switchboard_app
  USING (EXISTS (SELECT FROM rental.tenants t WHERE t.id = leases.tenant_id));

GRANT SELECT, INSERT, UPDATE, DELETE ON rental.properties, rental.tenants, rental.leases TO switchboard_app;
GRANT SELECT ON rental.properties, rental.tenants, rental.leases TO switchboard_worker;
