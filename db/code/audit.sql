-- The audit: who changed what. What must stay true: rows come in through app.append_audit alone, each carries the hash of the one
-- before it, and nobody but the definer functions below can touch the table.

CREATE OR REPLACE FUNCTION app.is_install_admin() RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT coalesce((SELECT u.role = 'admin' FROM public.users u WHERE u.id = auth.uid() AND u.disabled_at IS NULL), false)
$$;
COMMENT ON FUNCTION app.is_install_admin() IS 'Whether the signed-in user runs the whole install.';
GRANT EXECUTE ON FUNCTION app.is_install_admin() TO switchboard_app;

CREATE OR REPLACE FUNCTION app.hash_audit_event(event public.audit_events) RETURNS bytea
  LANGUAGE sql IMMUTABLE SET search_path = ''
AS $$
  SELECT sha256(event.previous_hash || convert_to(jsonb_build_array(
    event.organization_id, event.position, extract(epoch FROM event.occurred_at), event.actor, event.user_id, event.user_name,
    event.session_id, event.api_key_id, event.action, event.subject_kind, event.subject_id, event.subject_name,
    event.details)::text, 'UTF8'))
$$;
COMMENT ON FUNCTION app.hash_audit_event(public.audit_events) IS 'What an event''s hash has to be.';

CREATE OR REPLACE FUNCTION app.append_audit(organization text, event public.audit_events) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  head app.audit_heads%ROWTYPE;
BEGIN
  INSERT INTO app.audit_heads (organization_id) VALUES (organization) ON CONFLICT (organization_id) DO NOTHING;
  SELECT * INTO head FROM app.audit_heads h WHERE h.organization_id = organization FOR UPDATE;
  event.organization_id := organization;
  event.position := head.position + 1;
  event.occurred_at := clock_timestamp();
  event.details := coalesce(event.details, '{}');
  event.previous_hash := head.hash;
  event.hash := app.hash_audit_event(event);
  INSERT INTO public.audit_events (organization_id, position, occurred_at, actor, user_id, user_name, session_id, api_key_id, action,
      subject_kind, subject_id, subject_name, details, previous_hash, hash)
    VALUES (event.organization_id, event.position, event.occurred_at, event.actor, event.user_id, event.user_name, event.session_id,
      event.api_key_id, event.action, event.subject_kind, event.subject_id, event.subject_name, event.details, event.previous_hash,
      event.hash);
  UPDATE app.audit_heads h SET position = event.position, hash = event.hash WHERE h.organization_id = organization;
END
$$;
COMMENT ON FUNCTION app.append_audit(text, public.audit_events) IS
  'Adds an event to the end of an organization''s chain. For definer functions only: it believes what it is told.';

-- Who acts is read from the transaction, never told.
CREATE OR REPLACE FUNCTION app.record_audit(action text, subject_kind text, subject_id text, subject_name text, details jsonb)
  RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  organization text := app.current_organization_id();
  claims jsonb := nullif(current_setting('request.jwt.claims', true), '')::jsonb;
  event public.audit_events;
BEGIN
  IF organization IS NULL THEN
    RAISE EXCEPTION 'an audit event needs an organization' USING ERRCODE = 'insufficient_privilege';
  END IF;
  event.user_id := auth.uid();
  event.actor := CASE WHEN event.user_id IS NULL THEN 'worker' ELSE 'user' END;
  event.user_name := (SELECT u.name FROM public.users u WHERE u.id = event.user_id);
  event.session_id := claims ->> 'session_id';
  event.api_key_id := claims ->> 'api_key_id';
  event.action := record_audit.action;
  event.subject_kind := record_audit.subject_kind;
  event.subject_id := record_audit.subject_id;
  event.subject_name := record_audit.subject_name;
  event.details := record_audit.details;
  PERFORM app.append_audit(organization, event);
END
$$;
COMMENT ON FUNCTION app.record_audit(text, text, text, text, jsonb) IS
  'Writes down what the acting user or worker did, in the transaction in which it is done.';
GRANT EXECUTE ON FUNCTION app.record_audit(text, text, text, text, jsonb) TO switchboard_app, switchboard_worker;

-- What an admin does to another organization stands in that organization's chain without the admin's name, which is not its to know.
CREATE OR REPLACE FUNCTION app.record_audit_as_admin(organization text, action text, subject_kind text, subject_id text)
  RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  event public.audit_events;
BEGIN
  event.actor := 'admin';
  event.action := record_audit_as_admin.action;
  event.subject_kind := record_audit_as_admin.subject_kind;
  event.subject_id := record_audit_as_admin.subject_id;
  PERFORM app.append_audit(organization, event);
END
$$;
COMMENT ON FUNCTION app.record_audit_as_admin(text, text, text, text) IS
  'Tells an organization what an admin of the install did to it. For definer functions only.';

CREATE OR REPLACE FUNCTION app.find_broken_audit_events(everywhere boolean)
  RETURNS TABLE (organization_id text, "position" bigint)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  mine text := app.current_organization_id();
  may_ask boolean := CASE WHEN everywhere THEN app.is_install_admin() ELSE mine IS NOT NULL AND app.is_organization_owner() END;
BEGIN
  IF NOT may_ask THEN
    RAISE EXCEPTION 'only an owner checks the audit, and only an admin everybody''s' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
  WITH chained AS (
    SELECT e.organization_id, e.position, e.hash = app.hash_audit_event(e) AS is_itself,
      e.previous_hash = lag(e.hash, 1, ''::bytea) OVER chain AND e.position = lag(e.position, 1, 0::bigint) OVER chain + 1 AS is_next,
      lead(e.position) OVER chain IS NULL AS is_last, e.hash
    FROM public.audit_events e WHERE everywhere OR e.organization_id = mine
    WINDOW chain AS (PARTITION BY e.organization_id ORDER BY e.position)
  )
  SELECT c.organization_id, c.position FROM chained c WHERE NOT (c.is_itself AND c.is_next)
  UNION
  SELECT h.organization_id, h.position FROM app.audit_heads h
    LEFT JOIN chained c ON c.organization_id = h.organization_id AND c.is_last
    WHERE (everywhere OR h.organization_id = mine) AND (c.position, c.hash) IS DISTINCT FROM (h.position, h.hash)
  ORDER BY 1, 2;
END
$$;
COMMENT ON FUNCTION app.find_broken_audit_events(boolean) IS
  'Events that were changed, or whose neighbour is missing: of the asking owner''s organization, or of all for an admin. None is right.';
GRANT EXECUTE ON FUNCTION app.find_broken_audit_events(boolean) TO switchboard_app;

CREATE OR REPLACE FUNCTION app.list_audit_everywhere(before_id bigint, most integer)
  RETURNS TABLE (id bigint, organization_id text, organization_name text, occurred_at timestamptz, actor text, user_id uuid,
    user_name text, session_id text, api_key_id text, action text, subject_kind text, subject_id text, subject_name text, details jsonb)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  IF NOT app.is_install_admin() THEN
    RAISE EXCEPTION 'only an admin reads every audit' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    SELECT e.id, e.organization_id, o.name, e.occurred_at, e.actor, e.user_id, e.user_name, e.session_id, e.api_key_id, e.action,
      e.subject_kind, e.subject_id, e.subject_name, e.details
    FROM public.audit_events e LEFT JOIN public.organizations o ON o.id = e.organization_id
    WHERE before_id IS NULL OR e.id < before_id ORDER BY e.id DESC LIMIT most;
END
$$;
COMMENT ON FUNCTION app.list_audit_everywhere(bigint, integer) IS 'The newest audit events of all organizations, for an admin of the install.';
GRANT EXECUTE ON FUNCTION app.list_audit_everywhere(bigint, integer) TO switchboard_app;
