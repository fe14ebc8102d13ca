-- Who changed what, as a chain that shows tampering; and what configurations need to be restored, rotated and told apart.

CREATE TABLE public.audit_events (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_events_pkey PRIMARY KEY,
  organization_id text NOT NULL,
  position bigint NOT NULL,
  occurred_at timestamptz NOT NULL,
  actor text NOT NULL CONSTRAINT audit_events_actor_known CHECK (actor IN ('user', 'admin', 'worker')),
  user_id uuid,
  user_name text,
  session_id text,
  api_key_id text,
  action text NOT NULL CONSTRAINT audit_events_action_shape CHECK (action ~ '^[a-z][a-z_-]*\.[a-z][a-z_-]*$'),
  subject_kind text NOT NULL,
  subject_id text,
  subject_name text,
  details jsonb NOT NULL,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_events_position_key UNIQUE (organization_id, position)
);
CREATE INDEX audit_events_recent_idx ON public.audit_events (organization_id, id DESC);
COMMENT ON TABLE public.audit_events IS
  'Who changed rights, secrets and connections, and when. Rows are only ever added, by app.record_audit; no key points out, so that they outlive people.';
COMMENT ON COLUMN public.audit_events.actor IS
  'user: somebody of the organization; admin: somebody who runs the install, not named to other organizations; worker: a job.';
COMMENT ON COLUMN public.audit_events.user_name IS 'As it was then.';
COMMENT ON COLUMN public.audit_events.hash IS 'SHA-256 over the row and previous_hash, the hash of the organization''s event before it.';

-- The end of each chain: without it, cutting off the newest events would leave a chain that looks whole. Its row is the lock that
-- gives an organization's events their order.
CREATE TABLE app.audit_heads (
  organization_id text CONSTRAINT audit_heads_pkey PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT ''
);
COMMENT ON TABLE app.audit_heads IS 'Position and hash of each organization''s newest audit event.';

SELECT app.raise_wall('public.audit_events'), app.raise_wall('app.audit_heads');
CREATE POLICY audit_of_my_organization ON public.audit_events FOR SELECT TO switchboard_app
  USING ((SELECT app.is_organization_owner()));
GRANT SELECT ON public.audit_events TO switchboard_app;

ALTER TABLE public.tenant_configs
  ADD COLUMN fb_config_id varchar(255),
  ADD COLUMN previous_app_secret text,
  ADD COLUMN previous_app_secret_until timestamptz;
COMMENT ON COLUMN public.tenant_configs.fb_config_id IS 'The configuration of Embedded Signup in the organization''s own Meta app.';
COMMENT ON COLUMN public.tenant_configs.previous_app_secret IS
  'Ciphertext of the app secret before the current one: deliveries that it signed are taken until previous_app_secret_until.';

-- A deleted configuration waits to be restored while the organization may enter another: only one of them lives.
ALTER TABLE public.tenant_configs DROP CONSTRAINT tenant_configs_tenant_key;
-- A row an organization at most: building it takes no time.
-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX tenant_configs_tenant_key ON public.tenant_configs (tenant_id) WHERE deleted_at IS NULL;
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX tenant_configs_deleted_idx ON public.tenant_configs (deleted_at) WHERE deleted_at IS NOT NULL;
-- Deleting marks; what has waited long enough is removed by app.purge_deleted_configurations alone.
REVOKE DELETE ON public.tenant_configs FROM switchboard_app;

-- A partitioned table's index cannot be built concurrently, and no row has its condition yet.
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX webhook_items_dormant_idx ON app.webhook_items (signed_by) WHERE signed_by LIKE 'dormant:%';
COMMENT ON COLUMN app.webhook_deliveries.signed_by IS
  'Whose app secret verified the signature: install, an organization''s id, or dormant:<id of a configuration> that is switched off or deleted.';
