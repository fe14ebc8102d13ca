-- People of an organization: joining by invitation, changing their rights, leaving. What must stay true: an organization keeps an
-- owner and the install an admin, and nothing of a customer is lost when somebody leaves. Rights are changed by these functions
-- alone: the app role may not write the columns that hold them.

-- Changes to the people of an organization take turns, so that two owners cannot each take the other's rights away.
CREATE OR REPLACE FUNCTION app.hold_people() RETURNS void
  LANGUAGE sql SET search_path = ''
AS $$ SELECT pg_advisory_xact_lock(hashtextextended('switchboard.people', 0)) $$;
COMMENT ON FUNCTION app.hold_people() IS 'Waits until nobody else changes people. Admins belong to the whole install, and so does the lock.';

-- Says in one word why not; 'ok' means done. NULL leaves a right as it is.
CREATE OR REPLACE FUNCTION app.change_person(person uuid, new_name text, new_owner boolean, new_role public.role, new_disabled boolean)
  RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  organization text := app.current_organization_id();
  actor public.users%ROWTYPE;
  target public.users%ROWTYPE;
BEGIN
  PERFORM app.hold_people();
  SELECT * INTO actor FROM public.users u WHERE u.id = auth.uid() AND u.disabled_at IS NULL;
  SELECT * INTO target FROM public.users u WHERE u.id = person AND u.organization_id = organization FOR NO KEY UPDATE;
  IF actor.id IS NULL OR target.id IS NULL THEN RETURN 'absent'; END IF;
  IF new_role IS NOT NULL AND new_role <> target.role AND actor.role <> 'admin' THEN RETURN 'not_admin'; END IF;
  IF NOT actor.is_owner AND (new_owner <> target.is_owner OR new_disabled IS NOT NULL OR (new_name IS NOT NULL AND person <> actor.id)) THEN
    RETURN 'not_owner';
  END IF;
  -- Whoever runs the install is not put out by the owner of one organization.
  IF new_disabled AND target.role = 'admin' AND actor.role <> 'admin' THEN RETURN 'not_admin'; END IF;
  IF new_disabled AND person = actor.id THEN RETURN 'self'; END IF;
  IF (new_owner = false OR new_disabled) AND app.is_last_owner(person) THEN RETURN 'last_owner'; END IF;
  IF (new_role = 'agent' OR new_disabled) AND app.is_last_admin(person) THEN RETURN 'last_admin'; END IF;
  UPDATE public.users u SET
    name = coalesce(new_name, u.name),
    is_owner = coalesce(new_owner, u.is_owner),
    role = coalesce(new_role, u.role),
    disabled_at = CASE WHEN new_disabled THEN coalesce(u.disabled_at, now()) WHEN new_disabled IS NULL THEN u.disabled_at END
    WHERE u.id = person;
  IF new_name IS NOT NULL THEN
    UPDATE public.user_profiles p SET full_name = new_name, updated_at = now() WHERE p.id = person;
  END IF;
  -- Somebody who is let in again signs in again.
  IF new_disabled THEN
    UPDATE public.sessions s SET revoked_at = now() WHERE s.user_id = person AND s.revoked_at IS NULL;
  END IF;
  RETURN 'ok';
END
$$;
COMMENT ON FUNCTION app.change_person(uuid, text, boolean, public.role, boolean) IS
  'Changes a colleague''s name or rights for an owner (roles: an admin). Answers ok, or why not: absent, not_owner, not_admin, self, last_owner, last_admin.';

CREATE OR REPLACE FUNCTION app.is_last_owner(person uuid) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  SELECT EXISTS (SELECT FROM public.users u WHERE u.id = person AND u.is_owner AND u.disabled_at IS NULL)
    AND NOT EXISTS (SELECT FROM public.users u JOIN public.users me ON me.organization_id = u.organization_id AND me.id = person
      WHERE u.id <> person AND u.is_owner AND u.disabled_at IS NULL)
$$;
COMMENT ON FUNCTION app.is_last_owner(uuid) IS 'Whether nobody else could manage the person''s organization.';

CREATE OR REPLACE FUNCTION app.is_last_admin(person uuid) RETURNS boolean
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  SELECT EXISTS (SELECT FROM public.users u WHERE u.id = person AND u.role = 'admin' AND u.disabled_at IS NULL)
    AND NOT EXISTS (SELECT FROM public.users u WHERE u.id <> person AND u.role = 'admin' AND u.disabled_at IS NULL)
$$;
COMMENT ON FUNCTION app.is_last_admin(uuid) IS 'Whether nobody else could run the install.';

-- Joining. A guest with the link's token sees who invites them and becomes a user; without it nothing is told.
CREATE OR REPLACE FUNCTION app.find_invitation(presented bytea)
  RETURNS TABLE (organization_name text, inviter_name text, email text, name text, expires_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT o.name, u.name::text, i.email::text, i.name::text, i.expires_at
  FROM public.invitations i JOIN public.organizations o ON o.id = i.organization_id
  LEFT JOIN public.users u ON u.id = i.invited_by
  WHERE i.token_hash = presented AND i.expires_at > now()
$$;
COMMENT ON FUNCTION app.find_invitation(bytea) IS 'What an open invitation says; no row when the token is unknown, used or too old.';

-- The row is taken before anything is made, so that a link used twice at once makes one person.
-- A letter proves the mailbox. Where none can be sent, the owner who hands the link over answers for the person.
DROP FUNCTION IF EXISTS app.accept_invitation(bytea, text, text, text);
CREATE OR REPLACE FUNCTION app.accept_invitation(
  presented bytea, user_name text, password_hash text, agent_prefix text, owner_answers boolean
) RETURNS uuid
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  invitation public.invitations%ROWTYPE;
BEGIN
  DELETE FROM public.invitations i WHERE i.token_hash = presented AND i.expires_at > now() RETURNING * INTO invitation;
  IF NOT FOUND THEN RETURN NULL; END IF;
  RETURN app.make_person(organization => invitation.organization_id, person_name => user_name, person_email => invitation.email,
    is_owner => invitation.is_owner, is_verified => invitation.by_mail OR owner_answers, person_password => password_hash,
    agent_prefix => agent_prefix);
END
$$;
COMMENT ON FUNCTION app.accept_invitation(bytea, text, text, text, boolean) IS
  'Turns an open invitation into a user with an agent; NULL when it is no longer open. Fails with unique_violation on a known email.';

CREATE OR REPLACE FUNCTION app.forget_old_invitations() RETURNS integer
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH gone AS (DELETE FROM public.invitations i WHERE i.expires_at < now() - interval '30 days' RETURNING true)
  SELECT count(*)::integer FROM gone
$$;
COMMENT ON FUNCTION app.forget_old_invitations() IS 'Deletes invitations that nobody accepted and that expired 30 days ago.';

-- Leaving. What a customer wrote belongs to the organization: it goes to a colleague, or the person stays.
-- Everybody takes locks in one order, so that nobody waits in a circle: the contact, what is being sent and its key, then homes by their
-- agents' ids, then conversations and rows that name a user. So the person's own row is held against changes at once, and against being
-- named only when the homes are held.
CREATE OR REPLACE FUNCTION app.hold_ways_to(agent public.agents) RETURNS void
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM FROM public.contacts c WHERE c.id IN (
    SELECT k.contact_id FROM public.contact_identities i JOIN public.contact_keys k
      ON k.organization_id = i.organization_id AND k.portfolio_id = i.portfolio_id AND k.kind = i.kind AND k.value = i.value
    WHERE i.agent_id = agent.id) ORDER BY c.id FOR UPDATE;
  PERFORM FROM public.outbox o WHERE o.agent_id = agent.id ORDER BY o.id FOR UPDATE;
  PERFORM FROM public.message_keys k WHERE k.organization_id = agent.organization_id AND k.agent_id = agent.id
    ORDER BY k.phone_number_id, k.wamid FOR UPDATE;
END
$$;
COMMENT ON FUNCTION app.hold_ways_to(public.agents) IS
  'Waits for whoever holds something on the way to the agent''s home, and holds it until the transaction ends: customers, and what is sent to them.';

CREATE OR REPLACE FUNCTION app.remove_person(person uuid, taker uuid)
  RETURNS TABLE (outcome text, customers bigint, conversations bigint, renters bigint, account_name text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  organization text := app.current_organization_id();
  actor public.users%ROWTYPE;
  target public.users%ROWTYPE;
  giver public.agents%ROWTYPE;
  heir public.agents%ROWTYPE;
BEGIN
  PERFORM app.hold_people();
  SELECT * INTO actor FROM public.users u WHERE u.id = auth.uid() AND u.disabled_at IS NULL;
  SELECT * INTO target FROM public.users u WHERE u.id = person AND u.organization_id = organization FOR NO KEY UPDATE;
  outcome := CASE
    WHEN actor.id IS NULL OR NOT actor.is_owner THEN 'not_owner'
    WHEN target.id IS NULL THEN 'absent'
    WHEN person = actor.id THEN 'self'
    WHEN target.role = 'admin' AND actor.role <> 'admin' THEN 'not_admin'
    WHEN app.is_last_admin(person) THEN 'last_admin'
    WHEN taker = person OR NOT EXISTS (SELECT FROM public.users u WHERE u.id = coalesce(taker, actor.id)
      AND u.organization_id = organization AND u.disabled_at IS NULL) THEN 'no_taker'
  END;
  IF outcome IS NOT NULL THEN RETURN NEXT; RETURN; END IF;
  -- A number that only this person's token opens would fall silent.
  SELECT coalesce(w.name, w.waba_id) INTO account_name FROM public.waba_accounts w
    WHERE w.organization_id = organization AND w.user_id = person AND w.connected
      AND EXISTS (SELECT FROM public.phone_numbers n WHERE n.organization_id = organization AND n.waba_id = w.waba_id)
      AND NOT EXISTS (SELECT FROM public.waba_accounts o WHERE o.organization_id = organization AND o.waba_id = w.waba_id
        AND o.user_id <> person AND o.connected) LIMIT 1;
  IF account_name IS NOT NULL THEN outcome := 'only_connection'; RETURN NEXT; RETURN; END IF;
  -- Messages that come at this moment are waited for, and those that come later find the new owner.
  PERFORM app.hold_ways_to(a) FROM public.agents a WHERE a.user_id = person;
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.move', 0));
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.home.' || held.id, 0))
    FROM (SELECT a.id FROM public.agents a WHERE a.user_id IN (person, taker) ORDER BY a.id) AS held;
  PERFORM FROM public.users u WHERE u.id = person FOR UPDATE;
  SELECT * INTO giver FROM public.agents a WHERE a.user_id = person;
  SELECT * INTO heir FROM public.agents a WHERE a.user_id = taker;
  IF giver.id IS NOT NULL THEN
    EXECUTE format('SELECT count(*) FROM public.customers WHERE home = %s AND agent_id = %s', giver.home, giver.id) INTO customers;
    SELECT count(*) INTO conversations FROM public.conversations c WHERE c.agent_id = giver.id;
  END IF;
  SELECT count(*) INTO renters FROM rental.tenants t WHERE t.user_id = person;
  IF coalesce(customers, 0) + coalesce(conversations, 0) + renters > 0 THEN
    IF taker IS NULL THEN outcome := 'holds'; RETURN NEXT; RETURN; END IF;
    IF giver.id IS NOT NULL AND heir.id IS NULL THEN outcome := 'no_taker'; RETURN NEXT; RETURN; END IF;
    IF giver.id IS NOT NULL THEN giver := app.hand_over_agent(giver, heir); END IF;
    UPDATE rental.properties p SET user_id = taker WHERE p.user_id = person;
    UPDATE rental.tenants t SET user_id = taker WHERE t.user_id = person;
  END IF;
  UPDATE public.conversations c SET assignee_id = taker WHERE c.assignee_id = person;
  PERFORM app.hand_over_number(person, taker);
  IF giver.id IS NOT NULL THEN
    PERFORM set_config('app.moving_agent', giver.id::text, true);
    PERFORM public.delete_agent(giver.id::integer);
    PERFORM set_config('app.moving_agent', '', true);
  END IF;
  UPDATE public.agents a SET created_by = actor.id WHERE a.created_by = person;
  DELETE FROM public.users u WHERE u.id = person;
  outcome := 'ok';
  RETURN NEXT;
END
$$;
COMMENT ON FUNCTION app.remove_person(uuid, uuid) IS
  'Deletes a colleague for an owner; what they hold goes to the taker. Answers ok, or why not: holds (and how much), only_connection, no_taker, self, last_admin, not_admin, not_owner, absent.';

-- The number that somebody answers on goes along when the taker answers on none.
CREATE OR REPLACE FUNCTION app.hand_over_number(person uuid, taker uuid) RETURNS void
  LANGUAGE sql SET search_path = ''
AS $$
  INSERT INTO public.whatsapp_configuration (organization_id, user_id, whatsapp_number, webhook_url, business_account_id, phone_number_id, is_active)
  SELECT w.organization_id, taker, w.whatsapp_number, w.webhook_url, w.business_account_id, w.phone_number_id, w.is_active
  FROM public.whatsapp_configuration w WHERE w.user_id = person AND taker IS NOT NULL
  ON CONFLICT (user_id) DO NOTHING
$$;
COMMENT ON FUNCTION app.hand_over_number(uuid, uuid) IS 'Lets the taker answer on the number that a leaving person answered on; the api key stays behind.';

GRANT EXECUTE ON FUNCTION app.change_person(uuid, text, boolean, public.role, boolean), app.find_invitation(bytea),
  app.accept_invitation(bytea, text, text, text, boolean), app.remove_person(uuid, uuid) TO switchboard_app;
GRANT EXECUTE ON FUNCTION app.forget_old_invitations() TO switchboard_worker;
