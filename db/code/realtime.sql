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
    SELECT organization, e.agent_id, coalesce(e.assignee_id, c.assignee_id), e.type, e.data
    FROM jsonb_to_recordset(published) AS e (agent_id bigint, assignee_id uuid, type text, data jsonb)
    LEFT JOIN public.conversations c ON c.id = (e.data ->> 'conversation_id')::uuid AND c.organization_id = organization;
  PERFORM pg_notify('switchboard_events', organization);
END
$$;
COMMENT ON FUNCTION app.publish_events(jsonb) IS
  'Appends events of the asking organization in commit order and wakes the readers; whom the conversation is assigned to is told too. '
  'The last statement of a transaction.';

-- Where a reader may start. What was forgotten is remembered as one number, because ids have gaps of their own.
CREATE OR REPLACE FUNCTION app.event_bounds() RETURNS TABLE (newest bigint, forgotten_up_to bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT
    greatest(
      coalesce((SELECT max(e.id) FROM public.events e WHERE e.organization_id = app.current_organization_id()), 0),
      coalesce((SELECT s.value::bigint FROM app.settings s WHERE s.name = 'events_forgotten_up_to'), 0)),
    coalesce((SELECT s.value::bigint FROM app.settings s WHERE s.name = 'events_forgotten_up_to'), 0)
$$;
COMMENT ON FUNCTION app.event_bounds() IS 'The newest event of the asking organization, and up to which id events are gone.';

CREATE OR REPLACE FUNCTION app.organizations_with_events(after bigint) RETURNS TABLE (organization_id text, newest bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$ SELECT e.organization_id, max(e.id) FROM public.events e WHERE e.id > after GROUP BY e.organization_id $$;
COMMENT ON FUNCTION app.organizations_with_events(bigint) IS 'Whose readers to wake when a notification was lost.';

CREATE OR REPLACE FUNCTION app.forget_old_events() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  last_forgotten bigint;
  forgotten integer;
BEGIN
  WITH gone AS (DELETE FROM public.events e WHERE e.created_at < now() - interval '1 day' RETURNING e.id)
    SELECT max(gone.id), count(*) INTO last_forgotten, forgotten FROM gone;
  IF last_forgotten IS NOT NULL THEN
    INSERT INTO app.settings (name, value) VALUES ('events_forgotten_up_to', last_forgotten::text)
      ON CONFLICT (name) DO UPDATE SET value = greatest(settings.value::bigint, excluded.value::bigint)::text;
  END IF;
  RETURN forgotten;
END
$$;
COMMENT ON FUNCTION app.forget_old_events() IS 'Deletes events older than a day; a reader that far behind fetches anew.';

GRANT EXECUTE ON FUNCTION app.publish_events(jsonb) TO switchboard_app, switchboard_worker;
GRANT EXECUTE ON FUNCTION app.event_bounds() TO switchboard_app;
GRANT EXECUTE ON FUNCTION app.organizations_with_events(bigint), app.forget_old_events() TO switchboard_worker;
