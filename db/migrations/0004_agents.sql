-- Agents and the four parents of their tables. An agent's home says where its rows live: its own id (four tables of its
-- own), -1 … -16 (a pool shared with other agents) or 0 (the waiting room, nobody's yet). See docs/data-model.md.

CREATE TABLE public.agents (
  id bigserial CONSTRAINT agents_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  agent_prefix varchar(20) NOT NULL CONSTRAINT agents_agent_prefix_key UNIQUE
    CONSTRAINT agents_agent_prefix_shape CHECK (agent_prefix ~ '^[a-z][a-z0-9_]{2,19}$'),
  home bigint NOT NULL,
  user_id uuid CONSTRAINT agents_user_key UNIQUE,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT agents_home_known CHECK (home = id OR home BETWEEN -16 AND -1),
  CONSTRAINT agents_organization_key UNIQUE (organization_id, id),
  CONSTRAINT agents_user_fkey FOREIGN KEY (organization_id, user_id)
    REFERENCES public.users (organization_id, id) ON DELETE SET NULL (user_id),
  CONSTRAINT agents_created_by_fkey FOREIGN KEY (organization_id, created_by) REFERENCES public.users (organization_id, id)
    ON DELETE NO ACTION
);
COMMENT ON TABLE public.agents IS 'A user''s own walled CRM, named by its prefix; one per user.';

CREATE TABLE public.customers (
  id bigint NOT NULL,
  home bigint NOT NULL,
  organization_id text NOT NULL,
  agent_id bigint,
  name text NOT NULL,
  name_source text NOT NULL DEFAULT 'whatsapp' CONSTRAINT customers_name_source_known CHECK (name_source IN ('whatsapp', 'manual')),
  phone text CONSTRAINT customers_phone_digits CHECK (phone ~ '^[0-9]{1,32}$'),
  username text,
  created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  CONSTRAINT customers_pkey PRIMARY KEY (home, id)
) PARTITION BY LIST (home);
CREATE SEQUENCE public.customers_id_seq OWNED BY public.customers.id;
ALTER TABLE public.customers ALTER COLUMN id SET DEFAULT nextval('public.customers_id_seq');
COMMENT ON TABLE public.customers IS 'People in an agent''s CRM. Partitioned by the agent''s home.';
COMMENT ON COLUMN public.customers.phone IS 'Digits with country code; NULL while WhatsApp hides the number.';

CREATE TABLE public.messages (
  id bigint NOT NULL,
  home bigint NOT NULL,
  organization_id text NOT NULL,
  agent_id bigint,
  conversation_id uuid,
  customer_id bigint NOT NULL,
  message text NOT NULL,
  direction varchar(10) NOT NULL CONSTRAINT messages_direction_known CHECK (direction IN ('inbound', 'outbound')),
  "timestamp" timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  type text NOT NULL DEFAULT 'text',
  payload jsonb,
  status text NOT NULL CONSTRAINT messages_status_known CHECK (status IN
    ('received', 'queued', 'sending', 'unknown', 'sent', 'delivered', 'read', 'played', 'failed')),
  phone_number_id text NOT NULL,
  wamid text,
  signature text,
  sent_by uuid,
  error jsonb,
  landlord_id uuid,
  tenant_id uuid,
  property_id uuid,
  is_from_tenant boolean GENERATED ALWAYS AS (direction = 'inbound') STORED,
  routing_status text NOT NULL DEFAULT 'delivered' CONSTRAINT messages_routing_status_known CHECK (routing_status IN
    ('delivered', 'failed', 'unknown_sender')),
  routing_metadata jsonb,
  created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  CONSTRAINT messages_pkey PRIMARY KEY (home, id)
) PARTITION BY LIST (home);
CREATE SEQUENCE public.messages_id_seq OWNED BY public.messages.id;
ALTER TABLE public.messages ALTER COLUMN id SET DEFAULT nextval('public.messages_id_seq');
COMMENT ON TABLE public.messages IS 'WhatsApp messages of an agent''s customers. Partitioned by the agent''s home.';
COMMENT ON COLUMN public.messages.tenant_id IS 'The renter who wrote or is written to, where a lease says so; with landlord_id and property_id.';
COMMENT ON COLUMN public.messages.routing_metadata IS 'The rule that brought it here and why; route_decisions has the candidates.';
COMMENT ON COLUMN public.messages."timestamp" IS 'When WhatsApp says it was written; UTC.';

CREATE TABLE public.orders (
  id bigint NOT NULL,
  home bigint NOT NULL,
  organization_id text NOT NULL,
  agent_id bigint,
  customer_id bigint NOT NULL,
  total_amount numeric(10, 2) NOT NULL DEFAULT 0,
  status varchar(50) NOT NULL DEFAULT 'pending',
  notes text,
  shipping_address text,
  created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  updated_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  CONSTRAINT orders_pkey PRIMARY KEY (home, id)
) PARTITION BY LIST (home);
CREATE SEQUENCE public.orders_id_seq OWNED BY public.orders.id;
ALTER TABLE public.orders ALTER COLUMN id SET DEFAULT nextval('public.orders_id_seq');
COMMENT ON TABLE public.orders IS 'Orders of an agent''s customers. total_amount follows the items.';

CREATE TABLE public.orders_items (
  id bigint NOT NULL,
  home bigint NOT NULL,
  organization_id text NOT NULL,
  agent_id bigint,
  order_id bigint NOT NULL,
  name text NOT NULL,
  quantity integer NOT NULL DEFAULT 1 CONSTRAINT orders_items_quantity_positive CHECK (quantity > 0),
  price numeric(10, 2) NOT NULL DEFAULT 0 CONSTRAINT orders_items_price_not_negative CHECK (price >= 0),
  total numeric(10, 2) GENERATED ALWAYS AS (quantity * price) STORED,
  created_at timestamp NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
  CONSTRAINT orders_items_pkey PRIMARY KEY (home, id)
) PARTITION BY LIST (home);
CREATE SEQUENCE public.orders_items_id_seq OWNED BY public.orders_items.id;
ALTER TABLE public.orders_items ALTER COLUMN id SET DEFAULT nextval('public.orders_items_id_seq');
COMMENT ON TABLE public.orders_items IS 'Lines of an order. total is quantity times price.';

CREATE TABLE public.contact_identities (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT contact_identities_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  agent_id bigint,
  portfolio_id text NOT NULL,
  kind text NOT NULL CONSTRAINT contact_identities_kind_known CHECK (kind IN ('phone', 'user_id', 'parent_user_id')),
  value text NOT NULL,
  customer_id bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT contact_identities_value_key UNIQUE NULLS NOT DISTINCT (organization_id, portfolio_id, kind, value, agent_id),
  CONSTRAINT contact_identities_agent_fkey FOREIGN KEY (organization_id, agent_id)
    REFERENCES public.agents (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX contact_identities_customer_idx ON public.contact_identities (agent_id, customer_id);
COMMENT ON TABLE public.contact_identities IS
  'How WhatsApp names a customer to one business portfolio: phone, business-scoped user id. agent_id NULL: the waiting room.';

-- What every table of a home gets: its wall and who of the organization sees which row.
CREATE FUNCTION app.guard_home_table(home_table regclass) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM app.raise_wall(home_table);
  EXECUTE format(
    'CREATE POLICY my_own_rows ON %s TO switchboard_app
       USING (agent_id = (SELECT app.current_agent_id())) WITH CHECK (agent_id = (SELECT app.current_agent_id()))', home_table);
  EXECUTE format(
    'CREATE POLICY all_rows_for_the_owner ON %s TO switchboard_app
       USING ((SELECT app.is_organization_owner())) WITH CHECK ((SELECT app.is_organization_owner()))', home_table);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO switchboard_app, switchboard_worker', home_table);
END
$$;
COMMENT ON FUNCTION app.guard_home_table(regclass) IS 'Walls a parent or a home''s table and lets an agent see its own rows.';

SELECT app.raise_wall('public.agents'), app.raise_wall('public.contact_identities');
SELECT app.guard_home_table(t) FROM unnest(ARRAY['public.customers', 'public.messages', 'public.orders',
  'public.orders_items']::regclass[]) AS t;

CREATE POLICY agents_of_my_organization ON public.agents FOR SELECT TO switchboard_app USING (true);
CREATE POLICY identities_of_my_customers ON public.contact_identities TO switchboard_app
  USING (agent_id = (SELECT app.current_agent_id()) OR (SELECT app.is_organization_owner()));

GRANT SELECT ON public.agents TO switchboard_app, switchboard_worker;
GRANT SELECT ON public.contact_identities TO switchboard_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.contact_identities TO switchboard_worker;
GRANT USAGE ON SEQUENCE public.customers_id_seq, public.messages_id_seq, public.orders_id_seq, public.orders_items_id_seq
  TO switchboard_app, switchboard_worker;

CREATE OR REPLACE FUNCTION app.current_agent_id() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
BEGIN ATOMIC
  SELECT a.id FROM public.agents a WHERE a.user_id = auth.uid();
END;
