-- One customer goes from one agent to another, with everything that the two wrote. What must stay true: the contact is held, as every way
-- in does, so what the customer writes meanwhile is moved along or follows to the taker; ids stay, unless the taker knows the person
-- already; the former agent keeps nothing. A status or a reaction that finds the message gone looks where its key points by then.

-- One statement, because rows of two agents in one pool cannot be in the table twice: a row that somebody is changing is waited for and
-- taken as it became.
CREATE OR REPLACE FUNCTION app.hand_over_customer_rows(giver public.agents, taker public.agents, customer bigint, same_customers jsonb, same_threads jsonb)
  RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  people record := app.handed_columns('customers', taker);
  written record := app.handed_columns('messages', taker);
  bought record := app.handed_columns('orders', taker);
  items record := app.handed_columns('orders_items', taker);
  of_giver text := format('home = %s AND agent_id = %s', giver.home, giver.id);
BEGIN
  PERFORM set_config('app.moving_agent', giver.id::text, true);
  EXECUTE format('WITH
    i AS (DELETE FROM public.orders_items WHERE %1$s AND order_id IN (SELECT id FROM public.orders WHERE %1$s AND customer_id = %2$s) RETURNING *),
    o AS (DELETE FROM public.orders WHERE %1$s AND customer_id = %2$s RETURNING *),
    m AS (DELETE FROM public.messages WHERE %1$s AND customer_id = %2$s RETURNING *),
    k AS (DELETE FROM public.customers WHERE %1$s AND id = %2$s RETURNING *),
    new_k AS (INSERT INTO public.customers (%3$s) SELECT %4$s FROM k r WHERE NOT $1 ? r.id::text),
    new_m AS (INSERT INTO public.messages (%5$s) SELECT %6$s FROM m r),
    new_o AS (INSERT INTO public.orders (%7$s) SELECT %8$s FROM o r)
    INSERT INTO public.orders_items (%9$s) SELECT %10$s FROM i r', of_giver, customer, people.columns, people.given,
    written.columns, written.given, bought.columns, bought.given, items.columns, items.given) USING same_customers, same_threads;
  PERFORM set_config('app.moving_agent', '', true);
END
$$;
COMMENT ON FUNCTION app.hand_over_customer_rows(public.agents, public.agents, bigint, jsonb, jsonb) IS
  'Moves a customer with messages and orders to another agent''s tables; a customer whom the taker knows is not made again.';

-- What refers to the rows from outside the homes. Before they move: afterwards it would not be known which they were.
CREATE OR REPLACE FUNCTION app.point_at_taker(giver public.agents, taker public.agents, customer bigint, kept bigint, same_threads jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  sent text := format('SELECT m.id, m.phone_number_id, m.wamid FROM public.messages m WHERE m.home = %s AND m.agent_id = %s AND m.customer_id = %s
    UNION ALL SELECT m.id, m.phone_number_id, m.wamid FROM public.messages_archive m WHERE m.agent_id = %2$s AND m.customer_id = %3$s',
    giver.home, giver.id, customer);
BEGIN
  UPDATE public.outbox o SET agent_id = taker.id, conversation_id = coalesce((same_threads ->> o.conversation_id::text)::uuid, o.conversation_id)
    WHERE o.conversation_id IN (SELECT c.id FROM public.conversations c WHERE c.agent_id = giver.id AND c.customer_id = customer);
  EXECUTE format('UPDATE public.message_keys k SET agent_id = %s FROM (%s) AS s
    WHERE k.organization_id = %L AND k.phone_number_id = s.phone_number_id AND k.wamid = s.wamid', taker.id, sent, giver.organization_id);
  EXECUTE format('UPDATE public.route_decisions d SET agent_id = %s FROM (%s) AS s
    WHERE d.organization_id = %L AND d.message_id = s.id AND d.agent_id = %s', taker.id, sent, giver.organization_id, giver.id);
  UPDATE public.consent_events e SET agent_id = taker.id FROM public.contact_identities i
    WHERE i.agent_id = giver.id AND i.customer_id = customer AND e.organization_id = i.organization_id AND e.agent_id = giver.id
      AND e.portfolio_id = i.portfolio_id AND e.identity_kind = i.kind AND e.identity_value = i.value;
  UPDATE public.messages_archive m SET agent_id = taker.id, customer_id = kept,
    conversation_id = coalesce((same_threads ->> m.conversation_id::text)::uuid, m.conversation_id)
    WHERE m.agent_id = giver.id AND m.customer_id = customer;
  DELETE FROM public.contact_identities i USING public.contact_identities known
    WHERE i.agent_id = giver.id AND i.customer_id = customer AND known.agent_id = taker.id AND known.organization_id = i.organization_id
      AND known.portfolio_id = i.portfolio_id AND known.kind = i.kind AND known.value = i.value;
  UPDATE public.contact_identities i SET agent_id = taker.id, customer_id = kept WHERE i.agent_id = giver.id AND i.customer_id = customer;
END
$$;
COMMENT ON FUNCTION app.point_at_taker(public.agents, public.agents, bigint, bigint, jsonb) IS
  'Tells keys, decisions, archive, consents, identities and what is being sent of a customer that they are another agent''s.';

-- The caller holds the contact, the customer's conversations and both homes.
CREATE OR REPLACE FUNCTION app.hand_over_customer(giver public.agents, taker public.agents, customer bigint, contact bigint)
  RETURNS TABLE (conversation_id uuid, merged_id uuid)
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  kept bigint := coalesce((SELECT min(i.customer_id) FROM public.contact_keys k JOIN public.contact_identities i
    ON i.organization_id = k.organization_id AND i.portfolio_id = k.portfolio_id AND i.kind = k.kind AND i.value = k.value
    WHERE k.contact_id = contact AND i.agent_id = taker.id), customer);
  customers jsonb := CASE WHEN kept = customer THEN '{}' ELSE jsonb_build_object(customer, kept) END;
  threads jsonb;
  handed uuid[];
BEGIN
  PERFORM FROM public.conversations c WHERE (c.agent_id, c.customer_id) IN ((giver.id, customer), (taker.id, kept)) ORDER BY c.id FOR UPDATE;
  handed := ARRAY(SELECT c.id FROM public.conversations c WHERE c.agent_id = giver.id AND c.customer_id = customer ORDER BY c.id);
  threads := (SELECT coalesce(jsonb_object_agg(c.id, t.id), '{}') FROM public.conversations c JOIN public.conversations t
    ON t.agent_id = taker.id AND t.customer_id = kept AND t.phone_number_id = c.phone_number_id WHERE c.id = ANY (handed));
  PERFORM app.point_at_taker(giver, taker, customer, kept, threads);
  PERFORM app.hand_over_customer_rows(giver, taker, customer, customers, threads);
  PERFORM app.join_threads(threads);
  UPDATE public.conversations c SET agent_id = taker.id, customer_id = kept, assignee_id = NULL, updated_at = now()
    WHERE c.id = ANY (handed);
  UPDATE public.conversations c SET assignee_id = NULL
    WHERE c.id IN (SELECT t.value::uuid FROM jsonb_each_text(threads) AS t) AND c.assignee_id = giver.user_id;
  RETURN QUERY SELECT coalesce((threads ->> h.id::text)::uuid, h.id), CASE WHEN threads ? h.id::text THEN h.id END
    FROM unnest(handed) AS h (id);
END
$$;
COMMENT ON FUNCTION app.hand_over_customer(public.agents, public.agents, bigint, bigint) IS
  'Gives a customer with everything written and ordered to another agent; the conversations that it is in now, and those that went into another.';

-- Locks the contact behind a conversation; whose it is may change while the lock is waited for. Then the homes of both agents by their
-- ids, and last the customer's conversations, which whoever answers in one holds too: everybody takes them in this order (people.sql), so
-- that nobody waits in a circle.
DROP FUNCTION IF EXISTS app.hold_conversation(uuid);
CREATE OR REPLACE FUNCTION app.hold_conversation(conversation uuid, receiver bigint, OUT found_one public.conversations, OUT contact bigint)
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  again public.conversations%ROWTYPE;
BEGIN
  LOOP
    SELECT c.* INTO found_one FROM public.conversations c WHERE c.id = conversation AND c.organization_id = app.current_organization_id();
    IF found_one.id IS NULL THEN RETURN; END IF;
    SELECT min(k.contact_id) INTO contact FROM public.contact_identities i JOIN public.contact_keys k
      ON k.organization_id = i.organization_id AND k.portfolio_id = i.portfolio_id AND k.kind = i.kind AND k.value = i.value
      WHERE i.agent_id = found_one.agent_id AND i.customer_id = found_one.customer_id;
    PERFORM FROM public.contacts c WHERE c.id = contact FOR UPDATE;
    CONTINUE WHEN NOT FOUND AND contact IS NOT NULL;
    PERFORM app.hold_home(h.id) FROM (SELECT DISTINCT unnest(ARRAY[found_one.agent_id, receiver]) AS id ORDER BY 1) AS h WHERE h.id IS NOT NULL;
    PERFORM FROM public.conversations c WHERE c.agent_id = found_one.agent_id AND c.customer_id = found_one.customer_id ORDER BY c.id FOR UPDATE;
    SELECT c.* INTO again FROM public.conversations c WHERE c.id = conversation;
    EXIT WHEN (again.agent_id, again.customer_id) IS NOT DISTINCT FROM (found_one.agent_id, found_one.customer_id);
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.hold_conversation(uuid, bigint) IS
  'A conversation of the asking organization, held until the transaction ends with the contact behind it and the homes of its agent and the receiver; NULL when it is not there.';

DROP FUNCTION IF EXISTS app.hand_over_conversation(uuid, uuid);
CREATE OR REPLACE FUNCTION app.hand_over_conversation(conversation uuid, receiver uuid)
  RETURNS TABLE (outcome text, agent_id bigint, conversation_id uuid, merged_id uuid, notice_id bigint)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  held record;
  giver public.agents%ROWTYPE;
  taker public.agents%ROWTYPE;
  handed record;
  said text;
  notice bigint;
BEGIN
  SELECT * INTO held FROM app.hold_conversation(conversation,
    (SELECT a.id FROM public.agents a WHERE a.user_id = receiver AND a.organization_id = app.current_organization_id()));
  SELECT a.* INTO taker FROM public.agents a JOIN public.users u ON u.id = a.user_id
    WHERE u.id = receiver AND a.organization_id = app.current_organization_id() AND u.disabled_at IS NULL;
  outcome := CASE
    WHEN (held.found_one).id IS NULL THEN 'no_conversation'
    WHEN app.is_organization_owner() OR (held.found_one).agent_id = app.current_agent_id() THEN
      CASE WHEN taker.id IS NULL THEN 'no_user' WHEN taker.id = (held.found_one).agent_id THEN 'theirs_already' END
    WHEN (held.found_one).assignee_id = auth.uid() THEN 'not_allowed'
    ELSE 'no_conversation' END;
  IF outcome IS NOT NULL THEN RETURN NEXT; RETURN; END IF;
  -- Where both live is known only now that they are held.
  SELECT a.* INTO STRICT giver FROM public.agents a WHERE a.id = (held.found_one).agent_id;
  SELECT a.* INTO STRICT taker FROM public.agents a WHERE a.id = taker.id;
  said := format('Handed over from %s to %s by %s.', (SELECT u.name FROM public.users u WHERE u.id = giver.user_id),
    (SELECT u.name FROM public.users u WHERE u.id = receiver), (SELECT u.name FROM public.users u WHERE u.id = auth.uid()));
  FOR handed IN SELECT * FROM app.hand_over_customer(giver, taker, (held.found_one).customer_id, held.contact) LOOP
    EXECUTE format('INSERT INTO public.messages (home, organization_id, agent_id, conversation_id, customer_id, phone_number_id, direction, type, message, status, payload, "timestamp")
      SELECT %s, organization_id, agent_id, id, customer_id, phone_number_id, ''inbound'', ''notice'', %L, ''received'', %L,
        date_trunc(''second'', now()) AT TIME ZONE ''utc'' FROM public.conversations WHERE id = %L RETURNING id',
      taker.home, said, jsonb_build_object('notice', 'handed_over'), handed.conversation_id) INTO notice;
    RETURN QUERY SELECT 'handed_over', giver.id, handed.conversation_id, handed.merged_id, notice;
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.hand_over_conversation(uuid, uuid) IS
  'Gives the customer of a conversation with all that was written to a user''s agent, for an owner or the agent whose it is; whose it was, '
  'the conversations that it is in now, and the notice in each. Else one row that says why not.';

GRANT EXECUTE ON FUNCTION app.hand_over_conversation(uuid, uuid) TO switchboard_app;
