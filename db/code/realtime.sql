-- Events move the screens. Their ids must rise in commit order within an organization, or a reader that has seen id 7 would
-- never see a 6 that commits later. So publishing takes one lock per organization and is the last thing before COMMIT.

CREATE OR REPLACE FUNCTION app.publish_events(published jsonb) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  organization text := app.current_organization_id();
BEGIN
  IF organization IS NULL THEN
    RAISE EXCEPTION 'events need an organization' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.events.' || organization, 0));
  INSERT INTO public.events (organization_id, agent_id, assignee_id, type, data)
    SELECT organization, e.agent_id, e.assignee_id, e.type, e.data
    FROM jsonb_to_recordset(published) AS e (agent_id bigint, assignee_id uuid, type text, data jsonb);
  PERFORM pg_notify('switchboard_events', organization);
END
$$;
COMMENT ON FUNCTION app.publish_events(jsonb) IS
  'Appends events of the asking organization in commit order and wakes the readers. The last statement of a transaction.';

CREATE OR REPLACE FUNCTION app.forget_old_events() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  forgotten integer;
BEGIN
  DELETE FROM public.events WHERE created_at < now() - interval '1 day';
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END
$$;
COMMENT ON FUNCTION app.forget_old_events() IS 'Deletes events older than a day; a reader that far behind fetches anew.';

GRANT EXECUTE ON FUNCTION app.publish_events(jsonb) TO switchboard_app, switchboard_worker;
GRANT EXECUTE ON FUNCTION app.forget_old_events() TO switchboard_worker;
