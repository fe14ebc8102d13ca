-- Everything of one agent becomes another's, because the person leaves. What must stay true: ids stay, nothing is lost, and who knows
-- the same customer twice knows them once afterwards. Whoever calls these functions holds both homes exclusively.

-- How a row of one agent becomes another's; which customers ($1) and conversations ($2) become others is told by id.
CREATE OR REPLACE FUNCTION app.handed_columns(kind text, taker public.agents, OUT columns text, OUT given text)
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
    string_agg(CASE a.attname
      WHEN 'home' THEN taker.home::text
      WHEN 'agent_id' THEN taker.id::text
      WHEN 'customer_id' THEN 'coalesce(($1 ->> r.customer_id::text)::bigint, r.customer_id)'
      WHEN 'conversation_id' THEN 'coalesce(($2 ->> r.conversation_id::text)::uuid, r.conversation_id)'
      ELSE 'r.' || quote_ident(a.attname) END, ', ' ORDER BY a.attnum)
  FROM pg_catalog.pg_attribute a
  WHERE a.attrelid = format('public.%I', kind)::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
$$;
COMMENT ON FUNCTION app.handed_columns(text, public.agents) IS
  'The columns of a kind of row, and what each is for the taker, where the row is called r.';

-- Copies a kind of row into the taker's home.
CREATE OR REPLACE FUNCTION app.hand_over_rows(kind text, giver public.agents, taker public.agents, same_customers jsonb, same_threads jsonb)
  RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  handed record := app.handed_columns(kind, taker);
BEGIN
  EXECUTE format('INSERT INTO public.%I (%s) SELECT %s FROM public.%I r WHERE r.home = %s AND r.agent_id = %s', kind, handed.columns, handed.given,
    kind, giver.home, giver.id) || CASE kind WHEN 'customers' THEN ' AND NOT $1 ? r.id::text' ELSE '' END USING same_customers, same_threads;
END
$$;
COMMENT ON FUNCTION app.hand_over_rows(text, public.agents, public.agents, jsonb, jsonb) IS
  'Copies one kind of an agent''s rows to another agent; a customer whom the taker knows is not copied.';

-- The giver's customers whom the taker knows too: under the same name of WhatsApp's, or under another name of the same person.
CREATE OR REPLACE FUNCTION app.find_same_customers(giver_id bigint, taker_id bigint) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  WITH named AS (
    SELECT i.agent_id, i.customer_id, i.organization_id, i.portfolio_id, i.kind, i.value, i.id, k.contact_id
    FROM public.contact_identities i LEFT JOIN public.contact_keys k ON k.organization_id = i.organization_id
      AND k.portfolio_id = i.portfolio_id AND k.kind = i.kind AND k.value = i.value
    WHERE i.agent_id IN (giver_id, taker_id)
  ), pairs AS (
    SELECT g.customer_id AS was, t.customer_id AS becomes, t.id FROM named g JOIN named t
      ON (t.organization_id, t.portfolio_id, t.kind, t.value) = (g.organization_id, g.portfolio_id, g.kind, g.value)
      WHERE g.agent_id = giver_id AND t.agent_id = taker_id
    UNION ALL
    SELECT g.customer_id, t.customer_id, t.id FROM named g JOIN named t ON t.contact_id = g.contact_id
      WHERE g.agent_id = giver_id AND t.agent_id = taker_id
  )
  SELECT coalesce(jsonb_object_agg(one.was, one.becomes), '{}')
  FROM (SELECT DISTINCT ON (p.was) p.was, p.becomes FROM pairs p ORDER BY p.was, p.id) AS one
$$;
COMMENT ON FUNCTION app.find_same_customers(bigint, bigint) IS 'Customers that two agents both have: the giver''s id and the taker''s.';

-- One customer has one conversation on one number: of several the taker's stays, or else the newest.
CREATE OR REPLACE FUNCTION app.find_same_threads(giver_id bigint, taker_id bigint, same_customers jsonb) RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  SELECT coalesce(jsonb_object_agg(c.id, c.stays), '{}') FROM (
    SELECT t.id, t.agent_id, first_value(t.id) OVER (PARTITION BY t.phone_number_id, t.customer
      ORDER BY t.agent_id = taker_id DESC, t.last_message_at DESC, t.id) AS stays
    FROM (SELECT o.id, o.agent_id, o.phone_number_id, o.last_message_at, CASE WHEN o.agent_id = giver_id
        THEN coalesce((same_customers ->> o.customer_id::text)::bigint, o.customer_id) ELSE o.customer_id END AS customer
      FROM public.conversations o WHERE o.agent_id IN (giver_id, taker_id)) AS t) AS c
  WHERE c.agent_id = giver_id AND c.stays <> c.id
$$;
COMMENT ON FUNCTION app.find_same_threads(bigint, bigint, jsonb) IS 'Conversations that become one with another: their id and the other''s.';

-- What was counted and dated in several conversations is so in the one that stays; who is blocked in one of them stays blocked.
CREATE OR REPLACE FUNCTION app.join_threads(same_threads jsonb) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  UPDATE public.conversations c SET updated_at = now(),
    unread_count = c.unread_count + gone.unread,
    status = CASE WHEN gone.blocked_at IS NOT NULL THEN 'blocked' WHEN gone.is_active AND c.status = 'archived' THEN 'active' ELSE c.status END,
    blocked_at = coalesce(c.blocked_at, gone.blocked_at),
    blocked_by = CASE WHEN c.blocked_at IS NULL THEN gone.blocked_by ELSE c.blocked_by END,
    blocked_reason = CASE WHEN c.blocked_at IS NULL THEN gone.blocked_reason ELSE c.blocked_reason END,
    last_message_id = CASE WHEN gone.last_message_at > c.last_message_at THEN gone.last_message_id ELSE c.last_message_id END,
    last_message_at = greatest(c.last_message_at, gone.last_message_at),
    last_inbound_at = greatest(c.last_inbound_at, gone.last_inbound_at)
  FROM (SELECT t.value::uuid AS stays, sum(o.unread_count)::integer AS unread, bool_or(o.status = 'active') AS is_active,
      min(o.blocked_at) AS blocked_at, (array_agg(o.blocked_by ORDER BY o.blocked_at))[1] AS blocked_by,
      (array_agg(o.blocked_reason ORDER BY o.blocked_at))[1] AS blocked_reason,
      max(o.last_message_at) AS last_message_at, max(o.last_inbound_at) AS last_inbound_at,
      (array_agg(o.last_message_id ORDER BY o.last_message_at DESC))[1] AS last_message_id
    FROM jsonb_each_text(same_threads) AS t JOIN public.conversations o ON o.id = t.key::uuid GROUP BY t.value) AS gone
  WHERE c.id = gone.stays;
  DELETE FROM public.conversations c WHERE same_threads ? c.id::text;
END
$$;
COMMENT ON FUNCTION app.join_threads(jsonb) IS 'Lets conversations go on in others, whose rows their messages already belong to.';

CREATE OR REPLACE FUNCTION app.hand_over_agent(giver public.agents, taker public.agents) RETURNS public.agents
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  customers jsonb := app.find_same_customers(giver.id, taker.id);
  threads jsonb := app.find_same_threads(giver.id, taker.id, customers);
  kind text;
BEGIN
  -- Two agents of one pool share tables, in which a row cannot be twice under one id.
  IF giver.home = taker.home THEN
    PERFORM public.move_agent(giver.id, giver.id);
    SELECT * INTO giver FROM public.agents a WHERE a.id = giver.id;
  END IF;
  FOREACH kind IN ARRAY ARRAY['customers', 'messages', 'orders', 'orders_items'] LOOP
    PERFORM app.hand_over_rows(kind, giver, taker, customers, threads);
  END LOOP;
  UPDATE public.outbox o SET agent_id = taker.id,
    conversation_id = coalesce((threads ->> o.conversation_id::text)::uuid, o.conversation_id) WHERE o.agent_id = giver.id;
  UPDATE public.messages_archive m SET agent_id = taker.id,
    customer_id = coalesce((customers ->> m.customer_id::text)::bigint, m.customer_id),
    conversation_id = coalesce((threads ->> m.conversation_id::text)::uuid, m.conversation_id) WHERE m.agent_id = giver.id;
  UPDATE public.media m SET agent_id = taker.id,
    conversation_id = coalesce((threads ->> m.conversation_id::text)::uuid, m.conversation_id) WHERE m.agent_id = giver.id;
  PERFORM app.join_threads(threads);
  UPDATE public.conversations c SET agent_id = taker.id, updated_at = now(),
    customer_id = coalesce((customers ->> c.customer_id::text)::bigint, c.customer_id) WHERE c.agent_id = giver.id;
  DELETE FROM public.contact_identities i USING public.contact_identities known
    WHERE i.agent_id = giver.id AND known.agent_id = taker.id AND known.organization_id = i.organization_id
      AND known.portfolio_id = i.portfolio_id AND known.kind = i.kind AND known.value = i.value;
  UPDATE public.contact_identities i SET agent_id = taker.id,
    customer_id = coalesce((customers ->> i.customer_id::text)::bigint, i.customer_id) WHERE i.agent_id = giver.id;
  UPDATE public.message_keys k SET agent_id = taker.id WHERE k.organization_id = giver.organization_id AND k.agent_id = giver.id;
  UPDATE public.route_decisions d SET agent_id = taker.id WHERE d.organization_id = giver.organization_id AND d.agent_id = giver.id;
  UPDATE public.consent_events e SET agent_id = taker.id WHERE e.organization_id = giver.organization_id AND e.agent_id = giver.id;
  RETURN giver;
END
$$;
COMMENT ON FUNCTION app.hand_over_agent(public.agents, public.agents) IS
  'Gives an agent''s customers, conversations, messages and orders to another of the same organization; returns the giver, who may have moved.';
