-- Claiming what is to be sent. A worker claims across organizations and then acts as the one that each row names.

-- Messages of one conversation leave in the order in which they were written: a later one waits until the earlier is settled.
-- A row in state "sending" whose lease ran out is claimed again: its request may have left, so the worker marks it unknown.
DROP FUNCTION IF EXISTS app.claim_outbox(integer, interval);
CREATE OR REPLACE FUNCTION app.claim_outbox(most integer, lease interval, worker integer)
  RETURNS TABLE (id uuid, organization_id text, agent_id bigint, conversation_id uuid, message_id bigint, phone_number_id text,
    request jsonb, state text, attempts integer, lease_token bigint)
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  UPDATE public.outbox o
  SET leased_until = now() + lease, lease_token = nextval('app.lease_tokens'), leased_by = worker
  WHERE o.id IN (
    SELECT w.id FROM public.outbox w
    WHERE w.state IN ('queued', 'sending') AND w.held_at IS NULL AND w.run_at <= now()
      AND (w.leased_until IS NULL OR w.leased_until < now())
      AND NOT EXISTS (SELECT FROM public.outbox older WHERE older.conversation_id = w.conversation_id
        AND older.position < w.position AND older.state IN ('queued', 'sending'))
    ORDER BY w.position LIMIT most FOR UPDATE SKIP LOCKED)
  RETURNING o.id, o.organization_id, o.agent_id, o.conversation_id, o.message_id, o.phone_number_id, o.request, o.state,
    o.attempts, o.lease_token
$$;
COMMENT ON FUNCTION app.claim_outbox(integer, interval, integer) IS 'Leases the oldest messages whose turn it is to be sent.';

CREATE OR REPLACE FUNCTION app.wake_outbox() RETURNS trigger
  LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
  PERFORM pg_notify('switchboard_outbox', '');
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.wake_outbox() IS 'Tells the senders that there is something to send.';
DROP TRIGGER IF EXISTS trigger_wake_outbox ON public.outbox;
CREATE TRIGGER trigger_wake_outbox AFTER INSERT ON public.outbox FOR EACH STATEMENT EXECUTE FUNCTION app.wake_outbox();

CREATE OR REPLACE FUNCTION app.count_outbox() RETURNS bigint
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT count(*) FROM public.outbox o WHERE o.state IN ('queued', 'sending') AND NOT EXISTS
    (SELECT FROM public.outbox held WHERE (held.id = o.id OR held.conversation_id = o.conversation_id) AND held.position <= o.position
      AND held.state = 'queued' AND held.held_at IS NOT NULL)
$$;
COMMENT ON FUNCTION app.count_outbox() IS
  'How many messages wait to be sent, without those that wait for their account to be connected; for tests and metrics.';

GRANT EXECUTE ON FUNCTION app.claim_outbox(integer, interval, integer), app.count_outbox() TO switchboard_worker;
