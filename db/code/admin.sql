-- What an admin of the install may see and do across organizations: counts, names and configurations without their secrets, never
-- a message. Every function asks by itself whether the signed-in user is an admin; the walls stand for admins as for anybody.

CREATE OR REPLACE FUNCTION app.require_install_admin() RETURNS void
  LANGUAGE plpgsql STABLE SET search_path = ''
AS $$
BEGIN
  IF NOT app.is_install_admin() THEN
    RAISE EXCEPTION 'only an admin of the install may do this' USING ERRCODE = 'insufficient_privilege';
  END IF;
END
$$;
COMMENT ON FUNCTION app.require_install_admin() IS 'Fails unless the signed-in user runs the install.';

DROP FUNCTION IF EXISTS app.list_organizations(timestamptz, text, integer), app.restore_configuration(integer, interval);
CREATE OR REPLACE FUNCTION app.list_organizations(before_created timestamptz, before_id text, most integer)
  RETURNS TABLE (id text, name text, created_at timestamptz, "position" text, people bigint, disabled bigint, numbers bigint, last_active_at timestamptz,
    has_configuration boolean)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM app.require_install_admin();
  RETURN QUERY
    SELECT o.id, o.name, o.created_at, o.created_at::text, u.people, u.disabled,
      (SELECT count(*) FROM public.phone_numbers n WHERE n.organization_id = o.id), u.last_active_at,
      EXISTS (SELECT FROM public.tenant_configs c WHERE c.tenant_id = o.id AND c.deleted_at IS NULL)
    FROM public.organizations o
    CROSS JOIN LATERAL (SELECT count(*) AS people, count(*) FILTER (WHERE p.disabled_at IS NOT NULL) AS disabled,
      max(p.last_active_at) AS last_active_at FROM public.users p WHERE p.organization_id = o.id) AS u
    WHERE before_created IS NULL OR (o.created_at, o.id) < (before_created, before_id)
    ORDER BY o.created_at DESC, o.id DESC LIMIT most;
END
$$;
COMMENT ON FUNCTION app.list_organizations(timestamptz, text, integer) IS 'All organizations with counts, newest first, for an admin.';

-- Whether a secret is there, not what it is: an admin runs the install and is not a party to its organizations' apps.
CREATE OR REPLACE FUNCTION app.list_all_configurations(only_deleted boolean, before_id integer, most integer)
  RETURNS TABLE (id integer, tenant_id text, organization_name text, waba_id text, phone_number_id text, fb_app_id text,
    callback_url text, redirect_url text, has_access_token boolean, has_app_secret boolean, has_verify_token boolean,
    token_expires_at timestamp, is_active boolean, onboarding_completed boolean, last_verified_at timestamp,
    created_at timestamp, updated_at timestamp, deleted_at timestamptz)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM app.require_install_admin();
  RETURN QUERY
    SELECT c.id, c.tenant_id::text, o.name, c.waba_id::text, c.phone_number_id::text, c.fb_app_id::text, c.callback_url::text,
      c.redirect_url::text, c.access_token IS NOT NULL, c.fb_app_secret IS NOT NULL, c.verify_token IS NOT NULL, c.token_expires_at,
      c.is_active, c.onboarding_completed, c.last_verified_at, c.created_at, c.updated_at, c.deleted_at
    FROM public.tenant_configs c JOIN public.organizations o ON o.id = c.tenant_id
    WHERE (c.deleted_at IS NOT NULL) = only_deleted AND (before_id IS NULL OR c.id < before_id)
    ORDER BY c.id DESC LIMIT most;
END
$$;
COMMENT ON FUNCTION app.list_all_configurations(boolean, integer, integer) IS
  'The configurations of all organizations without their secrets, for an admin: those that live, or those that are deleted.';

CREATE OR REPLACE FUNCTION app.count_configurations()
  RETURNS TABLE (total bigint, active bigint, inactive bigint, deleted bigint, onboarded bigint, verified bigint, with_app bigint,
    expiring bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM app.require_install_admin();
  RETURN QUERY
    SELECT count(*) FILTER (WHERE c.deleted_at IS NULL),
      count(*) FILTER (WHERE c.deleted_at IS NULL AND c.is_active), count(*) FILTER (WHERE c.deleted_at IS NULL AND NOT c.is_active),
      count(*) FILTER (WHERE c.deleted_at IS NOT NULL),
      count(*) FILTER (WHERE c.deleted_at IS NULL AND c.onboarding_completed),
      count(*) FILTER (WHERE c.deleted_at IS NULL AND c.last_verified_at IS NOT NULL),
      count(*) FILTER (WHERE c.deleted_at IS NULL AND c.fb_app_id IS NOT NULL AND c.fb_app_secret IS NOT NULL),
      count(*) FILTER (WHERE c.deleted_at IS NULL AND c.token_expires_at < (now() AT TIME ZONE 'utc') + interval '7 days')
    FROM public.tenant_configs c;
END
$$;
COMMENT ON FUNCTION app.count_configurations() IS 'Statistics of all configurations, for an admin.';

-- Deletes one organization's configuration, or all; each organization finds it in its own audit. What was deleted can be restored.
CREATE OR REPLACE FUNCTION app.delete_configurations(only_tenant text) RETURNS TABLE (id integer, tenant_id text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  gone record;
BEGIN
  PERFORM app.require_install_admin();
  FOR gone IN
    UPDATE public.tenant_configs c SET deleted_at = clock_timestamp()
    WHERE c.deleted_at IS NULL AND (only_tenant IS NULL OR c.tenant_id = only_tenant)
    RETURNING c.id, c.tenant_id::text AS tenant
  LOOP
    PERFORM app.record_audit_as_admin(gone.tenant, 'configuration.deleted', 'configuration', gone.id::text);
    RETURN QUERY SELECT gone.id, gone.tenant;
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.delete_configurations(text) IS
  'Deletes the configuration of one organization, or of all when none is named, for an admin; which. They can be restored for 30 days.';

CREATE OR REPLACE FUNCTION app.restore_configuration(configuration_id integer, keep interval)
  RETURNS TABLE (outcome text, tenant_id text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  tenant text;
BEGIN
  PERFORM app.require_install_admin();
  SELECT c.tenant_id INTO tenant FROM public.tenant_configs c
    WHERE c.id = configuration_id AND c.deleted_at >= now() - keep FOR UPDATE;
  IF tenant IS NULL THEN
    RETURN QUERY SELECT 'gone', NULL::text;
  ELSIF EXISTS (SELECT FROM public.tenant_configs c WHERE c.tenant_id = tenant AND c.deleted_at IS NULL) THEN
    RETURN QUERY SELECT 'taken', tenant;
  ELSE
    UPDATE public.tenant_configs c SET deleted_at = NULL WHERE c.id = configuration_id;
    PERFORM app.record_audit_as_admin(tenant, 'configuration.restored', 'configuration', configuration_id::text);
    RETURN QUERY SELECT 'restored', tenant;
  END IF;
END
$$;
COMMENT ON FUNCTION app.restore_configuration(integer, interval) IS
  'Brings a deleted configuration back, for an admin: restored, taken when the organization has another by now, gone when there is none.';

CREATE OR REPLACE FUNCTION app.count_install()
  RETURNS TABLE (organizations bigint, people bigint, numbers bigint, deliveries bigint, items bigint, quarantined bigint,
    outbox bigint, unknown_sends bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  PERFORM app.require_install_admin();
  RETURN QUERY
    SELECT (SELECT count(*) FROM public.organizations), (SELECT count(*) FROM public.users u WHERE u.disabled_at IS NULL),
      (SELECT count(*) FROM public.phone_numbers), w.deliveries, w.items, w.quarantined,
      (SELECT count(*) FROM public.outbox o WHERE o.state IN ('queued', 'sending')),
      (SELECT count(*) FROM public.outbox o WHERE o.state = 'unknown')
    FROM app.count_inbound_work() AS w;
END
$$;
COMMENT ON FUNCTION app.count_install() IS 'How much there is of everything and what waits, for an admin.';

GRANT EXECUTE ON FUNCTION app.list_organizations(timestamptz, text, integer),
  app.list_all_configurations(boolean, integer, integer), app.count_configurations(), app.delete_configurations(text),
  app.restore_configuration(integer, interval), app.count_install()
  TO switchboard_app;
