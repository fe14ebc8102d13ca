-- Messages by WhatsApp's id: who deals with one takes turns, so that what is said about a message and the message itself, which may come
-- in either order and at once, always find each other.

CREATE OR REPLACE FUNCTION app.lock_wamid(number_id text, wamid text) RETURNS void
  LANGUAGE sql SET search_path = ''
AS $$ SELECT pg_advisory_xact_lock(hashtextextended('switchboard.wamid ' || number_id || ' ' || wamid, 0)) $$;
COMMENT ON FUNCTION app.lock_wamid(text, text) IS 'Nobody else deals with this message before the transaction ends.';

CREATE OR REPLACE FUNCTION app.claim_message(organization text, number_id text, wamid text, agent bigint)
  RETURNS TABLE (message_id bigint, parked jsonb)
  LANGUAGE plpgsql SET search_path = '' SET plan_cache_mode = 'force_generic_plan'
AS $$
BEGIN
  PERFORM app.lock_wamid(number_id, claim_message.wamid);
  INSERT INTO public.message_keys AS k (organization_id, phone_number_id, wamid, agent_id, message_id)
    VALUES (organization, number_id, claim_message.wamid, agent, nextval('public.messages_id_seq'))
    ON CONFLICT ON CONSTRAINT message_keys_pkey DO NOTHING RETURNING k.message_id INTO message_id;
  IF message_id IS NULL THEN RETURN; END IF;
  WITH taken AS (
    DELETE FROM public.parked_changes p
    WHERE p.organization_id = organization AND p.phone_number_id = number_id AND p.wamid = claim_message.wamid RETURNING p.change
  ) SELECT coalesce(jsonb_agg(t.change), '[]') INTO parked FROM taken t;
  RETURN NEXT;
END
$$;
COMMENT ON FUNCTION app.claim_message(text, text, text, bigint) IS
  'A new message''s id, with what was said about it before it came; no row when this number has had the wamid before.';

-- What was sent from here may come back as an echo before Meta's answer to the request: then it stands there twice until the answer, or a
-- status with our own id, says that both are one. The one that was sent stays: its id was told to who sent it. An echo is known by its
-- decision: what is sent from here has none.
CREATE OR REPLACE FUNCTION app.take_over_echo(number_id text, wamid text, agent bigint, message bigint)
  RETURNS TABLE (echo_id bigint, agent_id bigint, conversation_id uuid, status text, error jsonb, pricing jsonb)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  organization text := app.current_organization_id();
  known public.message_keys%ROWTYPE;
  echo public.messages%ROWTYPE;
  rows_of_echo text;
  rows_of_sent text;
  newest bigint;
BEGIN
  SELECT k.* INTO known FROM public.message_keys k WHERE k.organization_id = organization AND k.phone_number_id = number_id
    AND k.wamid = take_over_echo.wamid AND k.message_id <> message
    AND EXISTS (SELECT FROM public.route_decisions d WHERE d.organization_id = organization AND d.message_id = k.message_id);
  IF NOT FOUND THEN RETURN; END IF;
  rows_of_echo := CASE WHEN known.agent_id IS NULL THEN 'home = 0 AND agent_id IS NULL'
    ELSE format('home = %s AND agent_id = %s', app.hold_home(known.agent_id), known.agent_id) END;
  EXECUTE format('DELETE FROM public.messages WHERE %s AND id = %s AND direction = ''outbound'' RETURNING *', rows_of_echo, known.message_id) INTO echo;
  IF echo.id IS NULL THEN RETURN; END IF;
  UPDATE public.message_keys k SET agent_id = agent, message_id = message
    WHERE k.organization_id = organization AND k.phone_number_id = number_id AND k.wamid = take_over_echo.wamid;
  DELETE FROM public.route_decisions d WHERE d.organization_id = organization AND d.message_id = echo.id;
  DELETE FROM public.media m WHERE m.organization_id = organization AND m.message_id = echo.id;
  rows_of_sent := CASE WHEN agent IS NULL THEN 'home = 0 AND agent_id IS NULL' ELSE format('home = %s AND agent_id = %s', app.hold_home(agent), agent) END;
  EXECUTE format('UPDATE public.messages SET changes = $1 WHERE %s AND id = %s', rows_of_sent, message) USING echo.changes;
  IF echo.changes ?| '{edit,revoke}' THEN
    EXECUTE format('UPDATE public.messages SET type = $1, message = $2, payload = $3 WHERE %s AND id = %s', rows_of_sent, message)
      USING echo.type, echo.message, echo.payload;
  END IF;
  EXECUTE format('SELECT id FROM public.messages WHERE %s AND customer_id = %s AND phone_number_id = %L ORDER BY "timestamp" DESC, id DESC LIMIT 1',
    rows_of_echo, echo.customer_id, number_id) INTO newest;
  UPDATE public.conversations c SET last_message_id = newest WHERE c.id = echo.conversation_id AND c.last_message_id = echo.id;
  UPDATE public.triage_items t SET last_message_id = coalesce(newest, t.last_message_id)
    WHERE t.organization_id = organization AND t.customer_id = echo.customer_id AND t.phone_number_id = number_id AND t.last_message_id = echo.id;
  RETURN QUERY SELECT echo.id, known.agent_id, echo.conversation_id, echo.status, echo.error, echo.pricing;
END
$$;
COMMENT ON FUNCTION app.take_over_echo(text, text, bigint, bigint) IS
  'Makes one of a message that was sent and its echo, which came before anybody knew that they are one; no row when there is no such echo. '
  'What was said about the echo counts for the message; its status is for the caller to apply.';

CREATE OR REPLACE FUNCTION app.forget_parked(older_than interval) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  forgotten integer;
  statuses integer;
BEGIN
  DELETE FROM public.parked_changes p WHERE p.created_at < now() - older_than;
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  DELETE FROM public.parked_statuses p WHERE p.created_at < now() - older_than;
  GET DIAGNOSTICS statuses = ROW_COUNT;
  RETURN forgotten + statuses;
END
$$;
COMMENT ON FUNCTION app.forget_parked(interval) IS
  'Lets go of what was said about messages that never came, such as those from before the account was connected; how many.';

GRANT EXECUTE ON FUNCTION app.lock_wamid(text, text), app.claim_message(text, text, text, bigint),
  app.take_over_echo(text, text, bigint, bigint), app.forget_parked(interval) TO switchboard_worker;
