-- One person, one contact of a portfolio, one customer of an agent: tying identifiers together, whatever order they come in, and making
-- one of what turns out to be one person. What must stay true: a contact's row is locked before its identifiers, facts or customers
-- change, and the end is the same for every order in which the same things are told.

CREATE OR REPLACE FUNCTION app.newest_facts(known jsonb, told jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path = ''
AS $$
  SELECT coalesce(jsonb_object_agg(newest.key, newest.value), '{}') FROM (
    SELECT DISTINCT ON (facts.key) facts.key, facts.value
    FROM (SELECT * FROM jsonb_each(known) UNION ALL SELECT * FROM jsonb_each(told)) AS facts
    ORDER BY facts.key, (facts.value ->> 0)::numeric DESC, (facts.value ->> 1) COLLATE "C" DESC NULLS LAST) AS newest
$$;
COMMENT ON FUNCTION app.newest_facts(jsonb, jsonb) IS
  'Of two sets of facts, each [when told, value], the one told last of each; of two told at once the greater.';

CREATE OR REPLACE FUNCTION app.values_of_facts(facts jsonb) RETURNS jsonb
  LANGUAGE sql IMMUTABLE SET search_path = ''
AS $$
  SELECT coalesce(jsonb_object_agg(f.key, f.value -> 1), '{}') FROM jsonb_each(facts) AS f
$$;
COMMENT ON FUNCTION app.values_of_facts(jsonb) IS 'What facts say, whenever it was told.';

CREATE OR REPLACE FUNCTION app.name_of_contact(facts jsonb) RETURNS text
  LANGUAGE sql IMMUTABLE SET search_path = ''
AS $$
  SELECT coalesce(facts #>> '{book_name,1}', facts #>> '{name,1}', '@' || (facts #>> '{username,1}'), '+' || (facts #>> '{phone,1}'), 'WhatsApp user')
$$;
COMMENT ON FUNCTION app.name_of_contact(jsonb) IS
  'What to call somebody: as the business saved them, their own name, their username, their number, else that we do not know.';

-- Name by name, by the key: joined at once, a table that has just begun to grow would be read whole until it is analyzed.
CREATE OR REPLACE FUNCTION app.contacts_named(organization text, portfolio text, kinds text[], names text[]) RETURNS bigint[]
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  SELECT coalesce(array_agg(DISTINCT found.contact_id ORDER BY found.contact_id), '{}')
  FROM unnest(kinds, names) AS named (kind, value)
  CROSS JOIN LATERAL (SELECT k.contact_id FROM public.contact_keys k
    WHERE k.organization_id = organization AND k.portfolio_id = portfolio AND k.kind = named.kind AND k.value = named.value LIMIT 1) AS found
$$;
COMMENT ON FUNCTION app.contacts_named(text, text, text[], text[]) IS 'The contacts that these identifiers mean.';

-- One agent's two customers become one: everything of the later goes to the earlier. Conversations on the same number become one too; who
-- writes into the later one at this moment is waited for, or refused by the key of the outbox and tries again.
CREATE OR REPLACE FUNCTION app.merge_conversations(agent bigint, home bigint, kept public.conversations, gone public.conversations) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  EXECUTE format('UPDATE public.messages SET conversation_id = %L WHERE home = %s AND agent_id = %s AND conversation_id = %L',
    kept.id, home, agent, gone.id);
  UPDATE public.messages_archive m SET conversation_id = kept.id WHERE m.agent_id = agent AND m.conversation_id = gone.id;
  UPDATE public.outbox o SET conversation_id = kept.id WHERE o.conversation_id = gone.id;
  UPDATE public.conversations c SET
    unread_count = kept.unread_count + gone.unread_count,
    status = CASE WHEN 'blocked' IN (kept.status, gone.status) THEN 'blocked' WHEN 'active' IN (kept.status, gone.status) THEN 'active' ELSE 'archived' END,
    blocked_at = coalesce(kept.blocked_at, gone.blocked_at),
    blocked_by = CASE WHEN kept.blocked_at IS NULL THEN gone.blocked_by ELSE kept.blocked_by END,
    blocked_reason = CASE WHEN kept.blocked_at IS NULL THEN gone.blocked_reason ELSE kept.blocked_reason END,
    assignee_id = coalesce(kept.assignee_id, gone.assignee_id),
    property_id = coalesce(kept.property_id, gone.property_id),
    last_message_id = CASE WHEN gone.last_message_id IS NULL
      OR (kept.last_message_id IS NOT NULL AND kept.last_message_at >= gone.last_message_at) THEN kept.last_message_id ELSE gone.last_message_id END,
    last_message_at = greatest(kept.last_message_at, gone.last_message_at),
    last_inbound_at = greatest(kept.last_inbound_at, gone.last_inbound_at),
    created_at = least(kept.created_at, gone.created_at),
    updated_at = now()
    WHERE c.id = kept.id;
  DELETE FROM public.conversations c WHERE c.id = gone.id;
END
$$;
COMMENT ON FUNCTION app.merge_conversations(bigint, bigint, public.conversations, public.conversations) IS
  'Makes one of two conversations of an agent on one number; the first keeps its id.';

CREATE OR REPLACE FUNCTION app.merge_customers(organization text, agent bigint, home bigint, kept bigint, gone bigint)
  RETURNS TABLE (conversation_id uuid, merged_id uuid)
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  twin public.conversations%ROWTYPE;
  other public.conversations%ROWTYPE;
  of_agent text := CASE WHEN agent IS NULL THEN 'agent_id IS NULL' ELSE 'agent_id = ' || agent END;
  notice text := 'Two customers turned out to be the same person. Their messages are now in one conversation.';
  event public.audit_events;
BEGIN
  event.actor := 'worker';
  event.action := 'customer.merged';
  event.subject_kind := 'customer';
  event.subject_id := kept;
  EXECUTE format('SELECT k.name FROM public.customers k WHERE k.home = %s AND k.id = %s', home, kept) INTO event.subject_name;
  event.details := jsonb_strip_nulls(jsonb_build_object('merged_customer_id', gone, 'agent_id', agent));
  PERFORM app.append_audit(organization, event);
  PERFORM FROM public.conversations c WHERE c.agent_id = agent AND c.customer_id IN (kept, gone) ORDER BY c.id FOR UPDATE;
  FOR twin IN SELECT c.* FROM public.conversations c WHERE c.agent_id = agent AND c.customer_id = gone ORDER BY c.id LOOP
    SELECT c.* INTO other FROM public.conversations c
      WHERE c.agent_id = agent AND c.customer_id = kept AND c.phone_number_id = twin.phone_number_id;
    IF FOUND THEN
      PERFORM app.merge_conversations(agent, home, other, twin);
      conversation_id := other.id;
      merged_id := twin.id;
    ELSE
      UPDATE public.conversations c SET customer_id = kept, updated_at = now() WHERE c.id = twin.id;
      conversation_id := twin.id;
      merged_id := NULL;
    END IF;
    EXECUTE format('INSERT INTO public.messages (home, organization_id, agent_id, conversation_id, customer_id, phone_number_id, direction, type, message, status, payload, "timestamp")
      VALUES (%s, %L, %s, %L, %s, %L, ''inbound'', ''notice'', %L, ''received'', %L, date_trunc(''second'', now()) AT TIME ZONE ''utc'')',
      home, organization, agent, conversation_id, kept, twin.phone_number_id, notice, jsonb_build_object('notice', 'merged', 'customer_id', gone));
    RETURN NEXT;
  END LOOP;
  IF agent IS NULL THEN
    PERFORM app.merge_waiting(kept, gone);
  END IF;
  EXECUTE format('UPDATE public.messages SET customer_id = %s WHERE home = %s AND %s AND customer_id = %s', kept, home, of_agent, gone);
  UPDATE public.messages_archive m SET customer_id = kept WHERE m.agent_id = agent AND m.customer_id = gone;
  EXECUTE format('UPDATE public.orders SET customer_id = %s WHERE home = %s AND %s AND customer_id = %s', kept, home, of_agent, gone);
  UPDATE public.contact_identities i SET customer_id = kept WHERE i.organization_id = organization AND i.agent_id IS NOT DISTINCT FROM agent AND i.customer_id = gone;
  EXECUTE format('UPDATE public.customers k SET name = g.name, name_source = g.name_source FROM public.customers g
    WHERE k.home = %1$s AND k.id = %2$s AND g.home = %1$s AND g.id = %3$s AND k.name_source = ''whatsapp'' AND g.name_source = ''manual''', home, kept, gone);
  EXECUTE format('UPDATE public.customers k SET created_at = least(k.created_at, g.created_at) FROM public.customers g
    WHERE k.home = %1$s AND k.id = %2$s AND g.home = %1$s AND g.id = %3$s', home, kept, gone);
  EXECUTE format('DELETE FROM public.customers WHERE home = %s AND id = %s', home, gone);
END
$$;
COMMENT ON FUNCTION app.merge_customers(text, bigint, bigint, bigint, bigint) IS
  'Makes one of two customers of an agent, with a notice in each thread and an event in the audit; the conversations that stay, and those '
  'that went into them.';

-- Brings every customer of a contact up to date: one for each agent, with all identifiers and the newest facts.
CREATE OR REPLACE FUNCTION app.unite_customers(contact bigint) RETURNS jsonb
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  person public.contacts%ROWTYPE;
  place record;
  place_home bigint;
  gone bigint;
  united jsonb := '[]';
BEGIN
  SELECT * INTO STRICT person FROM public.contacts c WHERE c.id = contact;
  FOR place IN
    SELECT i.agent_id, array_agg(DISTINCT i.customer_id ORDER BY i.customer_id) AS customers
    FROM public.contact_keys k JOIN public.contact_identities i ON i.organization_id = k.organization_id
      AND i.portfolio_id = k.portfolio_id AND i.kind = k.kind AND i.value = k.value
    WHERE k.contact_id = contact GROUP BY i.agent_id ORDER BY i.agent_id
  LOOP
    place_home := CASE WHEN place.agent_id IS NULL THEN 0 ELSE app.hold_home(place.agent_id) END;
    FOREACH gone IN ARRAY place.customers[2:] LOOP
      united := united || coalesce((SELECT jsonb_agg(jsonb_build_object('agent_id', place.agent_id, 'conversation_id', m.conversation_id, 'merged_id', m.merged_id))
        FROM app.merge_customers(person.organization_id, place.agent_id, place_home, place.customers[1], gone) AS m), '[]');
    END LOOP;
    PERFORM app.show_contact(person, place.agent_id, place_home, place.customers[1]);
  END LOOP;
  RETURN united;
END
$$;
COMMENT ON FUNCTION app.unite_customers(bigint) IS
  'Makes one of each agent''s customers who are this contact and shows them its facts; which conversations that touched.';

CREATE OR REPLACE FUNCTION app.show_identifiers(person public.contacts, agent bigint, customer bigint) RETURNS void
  LANGUAGE sql SET search_path = ''
AS $$
  INSERT INTO public.contact_identities (organization_id, agent_id, portfolio_id, kind, value, customer_id)
    SELECT k.organization_id, agent, k.portfolio_id, k.kind, k.value, customer FROM public.contact_keys k WHERE k.contact_id = person.id
    ON CONFLICT ON CONSTRAINT contact_identities_value_key DO NOTHING
$$;
COMMENT ON FUNCTION app.show_identifiers(public.contacts, bigint, bigint) IS 'Gives a contact''s identifiers to one customer.';

CREATE OR REPLACE FUNCTION app.show_contact(person public.contacts, agent bigint, home bigint, customer bigint) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM app.show_identifiers(person, agent, customer);
  EXECUTE format('UPDATE public.customers SET name = CASE WHEN name_source = ''whatsapp'' THEN %L ELSE name END, phone = coalesce(%L, phone), username = coalesce(%L, username)
    WHERE home = %s AND id = %s', app.name_of_contact(person.facts), person.facts #>> '{phone,1}', person.facts #>> '{username,1}', home, customer);
END
$$;
COMMENT ON FUNCTION app.show_contact(public.contacts, bigint, bigint, bigint) IS
  'Writes a contact''s identifiers and facts to one customer; a name that a person has set by hand stays.';

-- Ties identifiers that were told together and keeps what was told. Two who meet the same stranger at once take turns: the second finds
-- the key taken and begins again.
DROP FUNCTION IF EXISTS app.meet_contact(text, text[], text[], jsonb);
CREATE OR REPLACE FUNCTION app.meet_contact(portfolio text, kinds text[], names text[], told jsonb)
  RETURNS TABLE (id bigint, phones text[], customers jsonb, united jsonb, is_opted_out boolean, is_better_known boolean)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_generic_plan'
AS $$
DECLARE
  organization text := app.current_organization_id();
  met bigint[];
  contact bigint;
  added integer := 0;
  known jsonb;
  newest jsonb;
BEGIN
  IF organization IS NULL THEN
    RAISE EXCEPTION 'meeting a contact needs an organization' USING ERRCODE = 'insufficient_privilege';
  END IF;
  LOOP
    met := app.contacts_named(organization, portfolio, kinds, names);
    PERFORM FROM public.contacts c WHERE c.id = ANY (met) ORDER BY c.id FOR UPDATE;
    CONTINUE WHEN app.contacts_named(organization, portfolio, kinds, names) IS DISTINCT FROM met;
    contact := met[1];
    -- Mostly there is nothing to add, and then no need for what can be undone.
    EXIT WHEN contact IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(kinds, names) AS named (kind, value)
      WHERE app.contacts_named(organization, portfolio, ARRAY[named.kind], ARRAY[named.value]) = '{}');
    BEGIN
      IF contact IS NULL THEN
        INSERT INTO public.contacts (organization_id, portfolio_id) VALUES (organization, portfolio) RETURNING contacts.id INTO contact;
      END IF;
      INSERT INTO public.contact_keys (organization_id, portfolio_id, kind, value, contact_id)
        SELECT DISTINCT organization, portfolio, named.kind, named.value, contact FROM unnest(kinds, names) AS named (kind, value)
        WHERE app.contacts_named(organization, portfolio, ARRAY[named.kind], ARRAY[named.value]) = '{}'
        ORDER BY 3, 4;
      GET DIAGNOSTICS added = ROW_COUNT;
      EXIT;
    EXCEPTION WHEN unique_violation THEN
      NULL;
    END;
  END LOOP;
  SELECT c.facts INTO STRICT known FROM public.contacts c WHERE c.id = contact;
  -- A sender's clock may be wrong: what is told from the future would count for ever.
  newest := app.newest_facts(known, (SELECT coalesce(jsonb_object_agg(f.key, jsonb_build_array(
    least((f.value ->> 0)::numeric, floor(extract(epoch FROM now())) + 0.5), f.value -> 1)), '{}') FROM jsonb_each(told) AS f));
  IF cardinality(met) > 1 THEN
    newest := app.join_contacts(contact, met[2:], newest);
  END IF;
  united := '[]';
  IF newest <> known THEN
    UPDATE public.contacts c SET facts = newest WHERE c.id = contact;
  END IF;
  -- That the same was told again is kept, but shows nowhere.
  IF added > 0 OR cardinality(met) > 1 OR app.values_of_facts(newest) <> app.values_of_facts(known) THEN
    united := app.unite_customers(contact);
  END IF;
  RETURN QUERY SELECT contact,
    (SELECT coalesce(array_agg(k.value ORDER BY k.value), '{}') FROM public.contact_keys k WHERE k.contact_id = contact AND k.kind = 'phone'),
    (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('agent_id', i.agent_id, 'customer_id', i.customer_id)), '[]')
      FROM public.contact_keys k JOIN public.contact_identities i ON i.organization_id = k.organization_id
        AND i.portfolio_id = k.portfolio_id AND i.kind = k.kind AND i.value = k.value
      WHERE k.contact_id = contact),
    united, coalesce(newest #>> '{consent,1}' = 'out', false), cardinality(met) > 1 OR (added > 0 AND cardinality(met) > 0);
END
$$;
COMMENT ON FUNCTION app.meet_contact(text, text[], text[], jsonb) IS
  'Finds or makes the person whom identifiers mean to the asking organization''s portfolio, ties the identifiers together, keeps what was told; '
  'their phones, the customers they are, the conversations that became one, whether they asked not to be written to, and whether more '
  'identifiers mean them now than before.';

CREATE OR REPLACE FUNCTION app.join_contacts(contact bigint, others bigint[], facts jsonb) RETURNS jsonb
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  other jsonb;
  newest jsonb := facts;
BEGIN
  FOR other IN SELECT c.facts FROM public.contacts c WHERE c.id = ANY (others) ORDER BY c.id LOOP
    newest := app.newest_facts(newest, other);
  END LOOP;
  UPDATE public.contact_keys k SET contact_id = contact WHERE k.contact_id = ANY (others);
  INSERT INTO public.automatic_sends AS s (organization_id, contact_id, kind, about, sent_at)
    SELECT t.organization_id, contact, t.kind, t.about, max(t.sent_at) FROM public.automatic_sends t WHERE t.contact_id = ANY (others)
    GROUP BY t.organization_id, t.kind, t.about
    ON CONFLICT ON CONSTRAINT automatic_sends_pkey DO UPDATE SET sent_at = greatest(s.sent_at, excluded.sent_at);
  DELETE FROM public.contacts c WHERE c.id = ANY (others);
  RETURN newest;
END
$$;
COMMENT ON FUNCTION app.join_contacts(bigint, bigint[], jsonb) IS 'Gives a contact the identifiers of others, which are gone then; the newest facts of all.';

-- The caller has met the contact in this transaction, so nobody else makes the same customer meanwhile.
CREATE OR REPLACE FUNCTION app.add_customer(contact bigint, agent bigint) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  person public.contacts%ROWTYPE;
  home bigint := CASE WHEN agent IS NULL THEN 0 ELSE app.hold_home(agent) END;
  customer bigint := nextval('public.customers_id_seq');
BEGIN
  SELECT * INTO person FROM public.contacts c WHERE c.id = contact AND c.organization_id = app.current_organization_id();
  IF NOT FOUND OR (agent IS NOT NULL AND NOT EXISTS
    (SELECT FROM public.agents a WHERE a.id = agent AND a.organization_id = person.organization_id)) THEN
    RAISE EXCEPTION 'the organization has no such contact or agent' USING ERRCODE = 'insufficient_privilege';
  END IF;
  EXECUTE format('INSERT INTO public.customers (home, organization_id, agent_id, id, name, phone, username) VALUES (%s, %L, %L, %s, %L, %L, %L)',
    home, person.organization_id, agent, customer, app.name_of_contact(person.facts), person.facts #>> '{phone,1}', person.facts #>> '{username,1}');
  PERFORM app.show_identifiers(person, agent, customer);
  RETURN customer;
END
$$;
COMMENT ON FUNCTION app.add_customer(bigint, bigint) IS 'Makes a contact a customer of an agent, or with agent NULL of the waiting room.';

-- Until Meta tells an account's portfolio, the account's own id stands for it. What was learnt under that name follows.
CREATE OR REPLACE FUNCTION app.follow_portfolio() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  old_contact public.contacts%ROWTYPE;
  met bigint[];
  newest jsonb;
BEGIN
  UPDATE public.contact_identities i SET portfolio_id = NEW.portfolio_id
    WHERE i.organization_id = NEW.organization_id AND i.portfolio_id = OLD.portfolio_id AND NOT EXISTS (
      SELECT FROM public.contact_identities t WHERE t.organization_id = i.organization_id AND t.portfolio_id = NEW.portfolio_id
        AND t.kind = i.kind AND t.value = i.value AND t.agent_id IS NOT DISTINCT FROM i.agent_id);
  FOR old_contact IN SELECT c.* FROM public.contacts c
    WHERE c.organization_id = NEW.organization_id AND c.portfolio_id = OLD.portfolio_id ORDER BY c.id FOR UPDATE
  LOOP
    met := app.contacts_named(NEW.organization_id, NEW.portfolio_id,
      ARRAY(SELECT k.kind FROM public.contact_keys k WHERE k.contact_id = old_contact.id ORDER BY k.kind, k.value),
      ARRAY(SELECT k.value FROM public.contact_keys k WHERE k.contact_id = old_contact.id ORDER BY k.kind, k.value));
    PERFORM FROM public.contacts c WHERE c.id = ANY (met) ORDER BY c.id FOR UPDATE;
    DELETE FROM public.contact_keys k USING public.contact_keys t WHERE k.contact_id = old_contact.id AND t.organization_id = k.organization_id
      AND t.portfolio_id = NEW.portfolio_id AND t.kind = k.kind AND t.value = k.value;
    UPDATE public.contact_keys k SET portfolio_id = NEW.portfolio_id WHERE k.contact_id = old_contact.id;
    newest := app.join_contacts(old_contact.id, met, old_contact.facts);
    UPDATE public.contacts c SET portfolio_id = NEW.portfolio_id, facts = newest WHERE c.id = old_contact.id;
    PERFORM app.join_identities(old_contact.id, OLD.portfolio_id, NEW.portfolio_id);
    PERFORM app.unite_customers(old_contact.id);
  END LOOP;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.follow_portfolio() IS 'Moves contacts and their customers'' identifiers to the portfolio that a number''s account turned out to belong to.';

CREATE OR REPLACE FUNCTION app.join_identities(contact bigint, old_portfolio text, new_portfolio text) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
DECLARE
  twin record;
BEGIN
  FOR twin IN
    SELECT DISTINCT i.organization_id, i.agent_id, least(i.customer_id, t.customer_id) AS kept, greatest(i.customer_id, t.customer_id) AS gone
    FROM public.contact_keys k
    JOIN public.contact_identities i ON i.organization_id = k.organization_id AND i.portfolio_id = old_portfolio AND i.kind = k.kind AND i.value = k.value
    JOIN public.contact_identities t ON t.organization_id = k.organization_id AND t.portfolio_id = new_portfolio AND t.kind = k.kind AND t.value = k.value
      AND t.agent_id IS NOT DISTINCT FROM i.agent_id AND t.customer_id <> i.customer_id
    WHERE k.contact_id = contact ORDER BY 2, 3, 4
  LOOP
    PERFORM app.merge_customers(twin.organization_id, twin.agent_id,
      CASE WHEN twin.agent_id IS NULL THEN 0 ELSE app.hold_home(twin.agent_id) END, twin.kept, twin.gone);
  END LOOP;
  DELETE FROM public.contact_identities i USING public.contact_keys k
    WHERE k.contact_id = contact AND i.organization_id = k.organization_id AND i.portfolio_id = old_portfolio AND i.kind = k.kind AND i.value = k.value;
END
$$;
COMMENT ON FUNCTION app.join_identities(bigint, text, text) IS
  'Makes one of customers whom the same identifiers meant under an old and a new name of a portfolio.';

DROP TRIGGER IF EXISTS trigger_follow_portfolio ON public.phone_numbers;
CREATE TRIGGER trigger_follow_portfolio AFTER UPDATE OF portfolio_id ON public.phone_numbers
  FOR EACH ROW WHEN (OLD.portfolio_id = OLD.waba_id AND NEW.portfolio_id <> OLD.portfolio_id AND NEW.organization_id = OLD.organization_id)
  EXECUTE FUNCTION app.follow_portfolio();

GRANT EXECUTE ON FUNCTION app.meet_contact(text, text[], text[], jsonb), app.add_customer(bigint, bigint) TO switchboard_worker;
