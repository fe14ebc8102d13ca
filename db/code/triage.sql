-- Out of triage, and from hand to hand. What must stay true: whoever moves a sender out of the waiting room holds the contact, as every
-- way in does, so a message that comes meanwhile is either moved along or follows to the agent; nothing is lost, renumbered or reordered.

-- Two senders in the waiting room who turned out to be one. The caller holds the contact.
CREATE OR REPLACE FUNCTION app.merge_waiting(kept bigint, gone bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  UPDATE public.triage_items k SET
    unread_count = k.unread_count + g.unread_count,
    state = CASE WHEN 'blocked' IN (k.state, g.state) THEN 'blocked' WHEN 'waiting' IN (k.state, g.state) THEN 'waiting' ELSE 'dismissed' END,
    blocked_at = coalesce(k.blocked_at, g.blocked_at),
    blocked_by = CASE WHEN k.blocked_at IS NULL THEN g.blocked_by ELSE k.blocked_by END,
    blocked_reason = CASE WHEN k.blocked_at IS NULL THEN g.blocked_reason ELSE k.blocked_reason END,
    reason = CASE WHEN g.last_message_at > k.last_message_at THEN g.reason ELSE k.reason END,
    last_message_id = CASE WHEN g.last_message_at > k.last_message_at THEN g.last_message_id ELSE k.last_message_id END,
    last_message_at = greatest(k.last_message_at, g.last_message_at),
    last_inbound_at = greatest(k.last_inbound_at, g.last_inbound_at),
    created_at = least(k.created_at, g.created_at)
    FROM public.triage_items g
    WHERE k.customer_id = kept AND g.customer_id = gone AND g.organization_id = k.organization_id AND g.phone_number_id = k.phone_number_id;
  DELETE FROM public.triage_items g USING public.triage_items k
    WHERE k.customer_id = kept AND g.customer_id = gone AND g.organization_id = k.organization_id AND g.phone_number_id = k.phone_number_id;
  UPDATE public.triage_items t SET customer_id = kept WHERE t.customer_id = gone;
END
$$;
COMMENT ON FUNCTION app.merge_waiting(bigint, bigint) IS 'Makes one of what two customers of the waiting room have in triage.';

-- Locks the contact behind a sender in triage; who the sender is may change while the lock is waited for.
CREATE OR REPLACE FUNCTION app.hold_waiting(organization text, item uuid, OUT customer bigint, OUT contact bigint)
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  LOOP
    SELECT t.customer_id INTO customer FROM public.triage_items t WHERE t.id = item AND t.organization_id = organization;
    IF customer IS NULL THEN RETURN; END IF;
    SELECT min(k.contact_id) INTO contact FROM public.contact_identities i JOIN public.contact_keys k
      ON k.organization_id = i.organization_id AND k.portfolio_id = i.portfolio_id AND k.kind = i.kind AND k.value = i.value
      WHERE i.organization_id = organization AND i.agent_id IS NULL AND i.customer_id = customer;
    PERFORM FROM public.contacts c WHERE c.id = contact FOR UPDATE;
    EXIT WHEN (FOUND OR contact IS NULL)
      AND EXISTS (SELECT FROM public.triage_items t WHERE t.id = item AND t.customer_id = customer);
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.hold_waiting(text, uuid) IS
  'The customer and the contact of something in triage, held until the transaction ends; NULL when it is not there (any more).';

-- The customer of the waiting room becomes the agent's, or one with the customer that the agent has already.
CREATE OR REPLACE FUNCTION app.move_waiting_customer(taker public.agents, contact bigint, customer bigint) RETURNS bigint
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  kept bigint := (SELECT min(i.customer_id) FROM public.contact_keys k JOIN public.contact_identities i ON i.organization_id = k.organization_id
    AND i.portfolio_id = k.portfolio_id AND i.kind = k.kind AND i.value = k.value WHERE k.contact_id = contact AND i.agent_id = taker.id);
  columns text;
BEGIN
  IF kept IS NOT NULL THEN
    DELETE FROM public.contact_identities i WHERE i.organization_id = taker.organization_id AND i.agent_id IS NULL AND i.customer_id = customer;
    RETURN kept;
  END IF;
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = 'public.customers'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND a.attname NOT IN ('home', 'agent_id');
  EXECUTE format('INSERT INTO public.customers (home, agent_id, %1$s) SELECT %2$s, %3$s, %1$s FROM public.customers WHERE home = 0 AND id = %4$s',
    columns, taker.home, taker.id, customer);
  UPDATE public.contact_identities i SET agent_id = taker.id
    WHERE i.organization_id = taker.organization_id AND i.agent_id IS NULL AND i.customer_id = customer;
  RETURN customer;
END
$$;
COMMENT ON FUNCTION app.move_waiting_customer(public.agents, bigint, bigint) IS
  'Makes a customer of the waiting room an agent''s; the id stays unless the agent knows the person already.';

-- Copies the messages to the agent, each into the conversation of its number, and tells the keys and decisions where they are.
CREATE OR REPLACE FUNCTION app.move_waiting_messages(taker public.agents, customer bigint, kept bigint, reason text) RETURNS bigint
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  columns text;
  given text;
  moved bigint;
BEGIN
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
    string_agg(CASE a.attname
      WHEN 'home' THEN taker.home::text
      WHEN 'agent_id' THEN taker.id::text
      WHEN 'customer_id' THEN kept::text
      WHEN 'conversation_id' THEN 'c.id'
      WHEN 'routing_status' THEN quote_literal('delivered')
      WHEN 'routing_metadata' THEN 'coalesce(r.routing_metadata, ''{}'') || jsonb_build_object(''assigned_by'', auth.uid())'
      ELSE 'r.' || quote_ident(a.attname) END, ', ' ORDER BY a.attnum)
    INTO columns, given FROM pg_catalog.pg_attribute a
    WHERE a.attrelid = 'public.messages'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '';
  UPDATE public.message_keys k SET agent_id = taker.id FROM public.messages m
    WHERE m.home = 0 AND m.agent_id IS NULL AND m.customer_id = customer
      AND k.organization_id = m.organization_id AND k.phone_number_id = m.phone_number_id AND k.wamid = m.wamid;
  UPDATE public.route_decisions d SET agent_id = taker.id, user_id = taker.user_id, reason = format(move_waiting_messages.reason, d.reason)
    FROM public.messages m
    WHERE m.home = 0 AND m.agent_id IS NULL AND m.customer_id = customer AND d.organization_id = m.organization_id AND d.message_id = m.id;
  EXECUTE format('INSERT INTO public.messages (%s) SELECT %s FROM public.messages r
    JOIN public.conversations c ON c.agent_id = %s AND c.customer_id = %s AND c.phone_number_id = r.phone_number_id
    WHERE r.home = 0 AND r.agent_id IS NULL AND r.customer_id = %s', columns, given, taker.id, kept, customer);
  GET DIAGNOSTICS moved = ROW_COUNT;
  RETURN moved;
END
$$;
COMMENT ON FUNCTION app.move_waiting_messages(public.agents, bigint, bigint, text) IS
  'Copies a sender''s messages from the waiting room to an agent; how many. The reason is kept with the decisions, %s standing for the old one.';

DROP FUNCTION IF EXISTS app.assign_waiting(uuid, uuid);
CREATE OR REPLACE FUNCTION app.assign_triage_item(item uuid, assignee uuid) RETURNS TABLE (agent_id bigint, conversation_id uuid, is_new boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  organization text := app.current_organization_id();
  held record;
  taker bigint;
BEGIN
  IF organization IS NULL OR NOT app.is_organization_owner() THEN
    RAISE EXCEPTION 'only an owner assigns what waits in triage' USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT * INTO held FROM app.hold_waiting(organization, item);
  taker := (SELECT a.id FROM public.agents a JOIN public.users u ON u.id = a.user_id
    WHERE u.id = assignee AND a.organization_id = organization AND u.disabled_at IS NULL);
  IF held.contact IS NULL OR taker IS NULL THEN RETURN; END IF;
  RETURN QUERY SELECT taker, g.conversation_id, g.is_new FROM app.give_waiting(held.contact, taker,
    (SELECT u.name FROM public.users u WHERE u.id = auth.uid()) || ' assigned it from triage.') AS g;
END
$$;
COMMENT ON FUNCTION app.assign_triage_item(uuid, uuid) IS
  'Moves everything that a sender in triage wrote to the agent of a user, for an owner; the conversations it is in now, or no row when the item or the user is not there.';

-- The row's rights are the asker's: only who sees a conversation gives it to somebody, and only the owners and the agent whose it is; whom it
-- was given to may give it back.
CREATE OR REPLACE FUNCTION app.assign_conversation(conversation uuid, assignee uuid)
  RETURNS TABLE (outcome text, before uuid)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  asker uuid := auth.uid();
  found_one public.conversations%ROWTYPE;
  is_mine boolean;
BEGIN
  SELECT c.* INTO found_one FROM public.conversations c
    WHERE c.id = conversation AND c.organization_id = app.current_organization_id() FOR UPDATE;
  is_mine := app.is_organization_owner() OR found_one.agent_id = app.current_agent_id();
  IF found_one.id IS NULL OR NOT coalesce(is_mine OR found_one.assignee_id = asker, false) THEN
    RETURN QUERY SELECT 'no_conversation', NULL::uuid;
  ELSIF NOT coalesce(is_mine, false) AND assignee IS NOT NULL THEN
    RETURN QUERY SELECT 'not_allowed', NULL::uuid;
  ELSIF assignee IS NOT NULL AND NOT EXISTS (SELECT FROM public.users u
    WHERE u.id = assignee AND u.organization_id = found_one.organization_id AND u.disabled_at IS NULL) THEN
    RETURN QUERY SELECT 'no_user', NULL::uuid;
  ELSE
    UPDATE public.conversations c SET assignee_id = assignee, updated_at = now() WHERE c.id = conversation;
    RETURN QUERY SELECT 'assigned', found_one.assignee_id;
  END IF;
END
$$;
COMMENT ON FUNCTION app.assign_conversation(uuid, uuid) IS
  'Gives a conversation to a user of the organization besides its agent, or with NULL back; whom it was with before.';

GRANT EXECUTE ON FUNCTION app.assign_triage_item(uuid, uuid), app.assign_conversation(uuid, uuid) TO switchboard_app;
