-- Limits of automatic messages, and what a customer's STOP means for conversations. Definer functions, because no role reads contacts.

-- Refused: to who asked not to be written to, to who is blocked on the number, in answer to what is older than WhatsApp's window, and
-- before the pause since the last one is over; without a pause there is one for ever.
CREATE OR REPLACE FUNCTION app.claim_automatic(contact bigint, number_id text, kind text, about text, pause interval, said_at timestamptz)
  RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  organization text := app.current_organization_id();
  claimed boolean;
BEGIN
  IF said_at IS NULL OR said_at < now() - interval '24 hours' OR EXISTS (
    SELECT FROM public.contact_keys k
    JOIN public.contact_identities i ON i.organization_id = k.organization_id AND i.portfolio_id = k.portfolio_id
      AND i.kind = k.kind AND i.value = k.value
    JOIN public.conversations c ON c.agent_id = i.agent_id AND c.customer_id = i.customer_id
    WHERE k.organization_id = organization AND k.contact_id = contact AND c.phone_number_id = number_id AND c.status = 'blocked')
    OR EXISTS (
    SELECT FROM public.contact_keys k
    JOIN public.contact_identities i ON i.organization_id = k.organization_id AND i.portfolio_id = k.portfolio_id
      AND i.kind = k.kind AND i.value = k.value AND i.agent_id IS NULL
    JOIN public.triage_items t ON t.organization_id = i.organization_id AND t.customer_id = i.customer_id
    WHERE k.organization_id = organization AND k.contact_id = contact AND t.phone_number_id = number_id AND t.state = 'blocked')
  THEN
    RETURN false;
  END IF;
  INSERT INTO public.automatic_sends AS s (organization_id, contact_id, kind, about)
    SELECT organization, c.id, claim_automatic.kind, claim_automatic.about FROM public.contacts c
    WHERE c.id = contact AND c.organization_id = organization
      AND (claim_automatic.kind IN ('opted_out', 'opted_in') OR c.facts #>> '{consent,1}' IS DISTINCT FROM 'out')
    ON CONFLICT ON CONSTRAINT automatic_sends_pkey DO UPDATE SET sent_at = now() WHERE s.sent_at <= now() - pause
    RETURNING true INTO claimed;
  RETURN coalesce(claimed, false);
END
$$;
COMMENT ON FUNCTION app.claim_automatic(bigint, text, text, text, interval, timestamptz) IS
  'Whether an automatic message may go to a contact now; then it counts as sent. Of two who ask at once one is told yes.';

CREATE OR REPLACE FUNCTION app.is_asked(contact bigint, number_id text) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT EXISTS (SELECT FROM public.automatic_sends s WHERE s.organization_id = app.current_organization_id()
    AND s.contact_id = contact AND s.kind = 'question' AND s.about = number_id AND s.sent_at > now() - interval '24 hours')
$$;
COMMENT ON FUNCTION app.is_asked(bigint, text) IS 'Whether a contact was asked on this number, in the last 24 hours, whom they mean.';

CREATE OR REPLACE FUNCTION app.find_opted_out(conversations uuid[]) RETURNS TABLE (conversation_id uuid, opted_out_at timestamptz)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT c.id, max(to_timestamp((p.facts #>> '{consent,0}')::numeric))
  FROM public.conversations c
  JOIN public.phone_numbers n ON n.phone_number_id = c.phone_number_id
  JOIN public.contact_identities i ON i.agent_id = c.agent_id AND i.customer_id = c.customer_id AND i.portfolio_id = n.portfolio_id
  JOIN public.contact_keys k ON k.organization_id = i.organization_id AND k.portfolio_id = i.portfolio_id AND k.kind = i.kind AND k.value = i.value
  JOIN public.contacts p ON p.id = k.contact_id
  WHERE c.id = ANY (conversations) AND c.organization_id = app.current_organization_id() AND p.facts #>> '{consent,1}' = 'out'
  GROUP BY c.id
$$;
COMMENT ON FUNCTION app.find_opted_out(uuid[]) IS
  'Those of the organization''s conversations whose customer asked not to be written to, and when: whichever number or agent heard it.';

CREATE OR REPLACE FUNCTION app.list_conversations_of_contact(contact bigint)
  RETURNS TABLE (conversation_id uuid, agent_id bigint, assignee_id uuid)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT DISTINCT c.id, c.agent_id, c.assignee_id
  FROM public.contact_keys k
  JOIN public.contact_identities i ON i.organization_id = k.organization_id AND i.portfolio_id = k.portfolio_id AND i.kind = k.kind AND i.value = k.value
  JOIN public.conversations c ON c.agent_id = i.agent_id AND c.customer_id = i.customer_id
  WHERE k.organization_id = app.current_organization_id() AND k.contact_id = contact
$$;
COMMENT ON FUNCTION app.list_conversations_of_contact(bigint) IS 'Every conversation with a person, whoever''s it is.';

GRANT EXECUTE ON FUNCTION app.claim_automatic(bigint, text, text, text, interval, timestamptz), app.is_asked(bigint, text),
  app.list_conversations_of_contact(bigint) TO switchboard_worker;
GRANT EXECUTE ON FUNCTION app.find_opted_out(uuid[]) TO switchboard_app, switchboard_worker;
