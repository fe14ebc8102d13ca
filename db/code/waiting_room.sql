-- What Switchboard itself writes to people who wait, and how all that waits goes to whom they chose, or turn out to belong to. What must
-- stay true: whoever moves it holds the contact first, then what is being sent, then the ids of what was sent: a status or Meta's answer
-- finds a message before or after the move, never in between.

CREATE OR REPLACE FUNCTION app.hold_waiting_answers(organization text, customer bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM FROM public.outbox o WHERE o.organization_id = organization AND o.agent_id IS NULL AND o.message_id IN
    (SELECT m.id FROM public.messages m WHERE m.home = 0 AND m.organization_id = organization AND m.customer_id = customer
      AND m.direction = 'outbound') ORDER BY o.id FOR UPDATE;
  PERFORM app.lock_wamid(s.phone_number_id, s.wamid) FROM (SELECT m.phone_number_id, m.wamid FROM public.messages m
    WHERE m.home = 0 AND m.organization_id = organization AND m.customer_id = customer AND m.direction = 'outbound'
      AND m.wamid IS NOT NULL ORDER BY 1, 2) AS s;
END
$$;
COMMENT ON FUNCTION app.hold_waiting_answers(text, bigint) IS 'Nobody changes what was written to somebody who waits before the transaction ends.';

-- What is on its way goes on as the agent's.
CREATE OR REPLACE FUNCTION app.follow_waiting_answer() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  UPDATE public.outbox o SET agent_id = NEW.agent_id, conversation_id = NEW.conversation_id
    WHERE o.organization_id = NEW.organization_id AND o.message_id = NEW.id AND o.agent_id IS NULL;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.follow_waiting_answer() IS 'Gives what is being sent to the agent who got the message out of the waiting room.';
DROP TRIGGER IF EXISTS trigger_follow_waiting_answer ON public.messages;
CREATE TRIGGER trigger_follow_waiting_answer AFTER INSERT ON public.messages FOR EACH ROW
  WHEN (NEW.direction = 'outbound' AND NEW.agent_id IS NOT NULL AND NEW.routing_metadata ? 'assigned_by') EXECUTE FUNCTION app.follow_waiting_answer();

CREATE OR REPLACE FUNCTION app.give_waiting(contact bigint, agent bigint, why text) RETURNS TABLE (conversation_id uuid, is_new boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  organization text := app.current_organization_id();
  taker public.agents%ROWTYPE;
  waiting bigint;
  kept bigint;
BEGIN
  SELECT a.* INTO taker FROM public.agents a WHERE a.id = agent AND a.organization_id = organization;
  PERFORM FROM public.contacts c WHERE c.id = contact AND c.organization_id = taker.organization_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the organization has no such contact or agent' USING ERRCODE = 'insufficient_privilege';
  END IF;
  taker.home := app.hold_home(taker.id);
  SELECT min(i.customer_id) INTO waiting FROM public.contact_keys k JOIN public.contact_identities i ON i.organization_id = k.organization_id
    AND i.portfolio_id = k.portfolio_id AND i.kind = k.kind AND i.value = k.value WHERE k.contact_id = contact AND i.agent_id IS NULL;
  IF waiting IS NULL THEN RETURN; END IF;
  PERFORM app.hold_waiting_answers(organization, waiting);
  kept := app.move_waiting_customer(taker, contact, waiting);
  RETURN QUERY INSERT INTO public.conversations AS c (organization_id, agent_id, phone_number_id, customer_id, status, unread_count,
      last_message_id, last_message_at, last_inbound_at, created_at, blocked_at, blocked_by, blocked_reason)
    SELECT t.organization_id, taker.id, t.phone_number_id, kept, CASE WHEN t.state = 'blocked' THEN 'blocked' ELSE 'active' END, t.unread_count,
      t.last_message_id, t.last_message_at, t.last_inbound_at, t.created_at, t.blocked_at, t.blocked_by, t.blocked_reason
    FROM public.triage_items t WHERE t.organization_id = organization AND t.customer_id = waiting
    ON CONFLICT ON CONSTRAINT conversations_customer_key DO UPDATE SET
      status = CASE WHEN 'blocked' IN (c.status, excluded.status) THEN 'blocked' ELSE 'active' END,
      blocked_at = coalesce(c.blocked_at, excluded.blocked_at),
      blocked_by = CASE WHEN c.blocked_at IS NULL THEN excluded.blocked_by ELSE c.blocked_by END,
      blocked_reason = CASE WHEN c.blocked_at IS NULL THEN excluded.blocked_reason ELSE c.blocked_reason END,
      unread_count = c.unread_count + excluded.unread_count,
      last_message_id = CASE WHEN c.last_message_id IS NULL OR excluded.last_message_at > c.last_message_at
        THEN excluded.last_message_id ELSE c.last_message_id END,
      last_message_at = greatest(c.last_message_at, excluded.last_message_at),
      last_inbound_at = greatest(c.last_inbound_at, excluded.last_inbound_at),
      created_at = least(c.created_at, excluded.created_at),
      updated_at = now()
    RETURNING c.id, c.xmax = 0;
  PERFORM app.move_waiting_messages(taker, waiting, kept, replace(why, '%', '%%'));
  DELETE FROM public.triage_items t WHERE t.organization_id = organization AND t.customer_id = waiting;
  DELETE FROM public.customers k WHERE k.home = 0 AND k.organization_id = organization AND k.id = waiting;
END
$$;
COMMENT ON FUNCTION app.give_waiting(bigint, bigint, text) IS
  'Gives an agent everything that waits of a person; the conversations it is in now. Who was blocked stays blocked. The decisions keep their '
  'rule and say why.';

GRANT EXECUTE ON FUNCTION app.give_waiting(bigint, bigint, text) TO switchboard_worker;
