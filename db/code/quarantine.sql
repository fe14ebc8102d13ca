-- What was set aside, for whoever may look after it: an owner sees the organization's own items, an admin of the install sees that
-- there are others, and why, but never reads what another organization's customers wrote.

CREATE OR REPLACE FUNCTION app.set_aside(everywhere boolean)
  RETURNS TABLE (id bigint, received_at timestamptz, organization_id text)
  LANGUAGE plpgsql STABLE SET search_path = ''
AS $$
BEGIN
  IF everywhere THEN
    PERFORM app.require_install_admin();
  ELSIF NOT app.is_organization_owner() THEN
    RAISE EXCEPTION 'only an owner may do this' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN QUERY
    SELECT i.id, i.received_at, i.belongs_to FROM app.webhook_items i
    -- What a configuration that sleeps has signed goes on by itself when that one is back.
    WHERE i.state = 'quarantined' AND i.signed_by NOT LIKE 'dormant:%' AND (everywhere OR i.belongs_to = app.current_organization_id());
END
$$;
COMMENT ON FUNCTION app.set_aside(boolean) IS 'The quarantined items that the signed-in owner, or admin, may look after, and whose they are.';

CREATE OR REPLACE FUNCTION app.list_quarantine(everywhere boolean, only_id bigint, before_id bigint, most integer)
  RETURNS TABLE (id bigint, received_at timestamptz, field text, kind text, waba_id text, phone_number_id text, fault text, attempts integer,
    organization_id text, organization_name text, item text)
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  RETURN QUERY
    SELECT i.id, i.received_at, i.field, i.kind, i.waba_id, i.phone_number_id, i.error, i.attempts, s.organization_id, o.name,
      CASE WHEN only_id IS NOT NULL AND (s.organization_id IS NULL OR s.organization_id = app.current_organization_id()) THEN i.item END
    FROM app.set_aside(everywhere) s
    JOIN app.webhook_items i ON i.received_at = s.received_at AND i.id = s.id
    LEFT JOIN public.organizations o ON o.id = s.organization_id
    WHERE (only_id IS NULL OR i.id = only_id) AND (before_id IS NULL OR i.id < before_id)
    ORDER BY i.id DESC LIMIT most;
END
$$;
COMMENT ON FUNCTION app.list_quarantine(boolean, bigint, bigint, integer) IS
  'Quarantined items, newest first, or the one that is asked for with what it says, unless it is another organization''s.';

-- Back into their lanes: the trigger of webhook_items puts them there.
CREATE OR REPLACE FUNCTION app.replay_quarantine(everywhere boolean, ids bigint[]) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  replayed bigint;
BEGIN
  UPDATE app.webhook_items i SET state = 'waiting', error = NULL, attempts = 0, finished_at = NULL
    FROM (SELECT * FROM app.set_aside(everywhere) s WHERE ids IS NULL OR s.id = ANY (ids)) AS chosen
    WHERE i.received_at = chosen.received_at AND i.id = chosen.id AND i.state = 'quarantined';
  GET DIAGNOSTICS replayed = ROW_COUNT;
  PERFORM pg_notify('switchboard_items', '');
  RETURN replayed;
END
$$;
COMMENT ON FUNCTION app.replay_quarantine(boolean, bigint[]) IS
  'Lets quarantined items be tried anew: those that are named, or all; how many. They keep their place in the order of work.';

GRANT EXECUTE ON FUNCTION app.list_quarantine(boolean, bigint, bigint, integer), app.replay_quarantine(boolean, bigint[]) TO switchboard_app;
