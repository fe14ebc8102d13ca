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

GRANT EXECUTE ON FUNCTION app.lock_wamid(text, text), app.claim_message(text, text, text, bigint) TO switchboard_worker;
