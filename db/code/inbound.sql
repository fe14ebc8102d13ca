-- The narrow way by which raw deliveries and items are stored, claimed and finished. Workers have no other access to them:
-- a delivery may hold messages of several organizations.

CREATE OR REPLACE FUNCTION app.store_deliveries(bodies bytea[], signers text[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  INSERT INTO app.webhook_deliveries (body, signed_by) SELECT * FROM unnest(bodies, signers);
  SELECT pg_notify('switchboard_deliveries', '');
$$;
COMMENT ON FUNCTION app.store_deliveries(bytea[], text[]) IS 'Stores the deliveries that arrived together; one commit for all.';

-- Deliveries are split in the order in which they were stored, by one process at a time and in the transaction that takes them:
-- the items' ids are the order of work, so a delivery must not be overtaken, and a killed splitter holds nothing up.
DROP FUNCTION IF EXISTS app.claim_deliveries(integer, interval);
CREATE OR REPLACE FUNCTION app.take_deliveries(most integer) RETURNS TABLE (id bigint, body bytea)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  IF pg_try_advisory_xact_lock(hashtextextended('switchboard.split', 0)) THEN
    RETURN QUERY SELECT d.id, d.body FROM app.webhook_deliveries d WHERE d.state = 'received' ORDER BY d.id LIMIT most;
  END IF;
END
$$;
COMMENT ON FUNCTION app.take_deliveries(integer) IS
  'The oldest deliveries, for the rest of the transaction nobody else''s; none while another process is splitting.';

-- What cannot be stored as items is set aside alone: it must not keep the deliveries behind it waiting.
DROP FUNCTION IF EXISTS app.finish_delivery(bigint, bigint, jsonb, text);
CREATE OR REPLACE FUNCTION app.finish_delivery(delivery_id bigint, items text, fault text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  problem text := fault;
BEGIN
  BEGIN
    INSERT INTO app.webhook_items (delivery_id, position, field, kind, waba_id, phone_number_id, ordering_key, item, signed_by)
      SELECT delivery_id, i.position, i.field, i.kind, i.waba_id, i.phone_number_id, i.ordering_key, i.item, d.signed_by
      FROM app.webhook_deliveries d, jsonb_to_recordset(items::jsonb) AS i (position integer, field text, kind text, waba_id text,
        phone_number_id text, ordering_key text, item text)
      WHERE d.id = delivery_id
      ORDER BY i.position
      ON CONFLICT ON CONSTRAINT webhook_items_position_key DO NOTHING;
  EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
    problem := SQLSTATE || ': ' || SQLERRM;
  END;
  UPDATE app.webhook_deliveries d SET state = CASE WHEN problem IS NULL THEN 'split' ELSE 'malformed' END, error = problem
    WHERE d.id = delivery_id AND d.state = 'received';
  PERFORM pg_notify('switchboard_items', '');
  RETURN problem;
END
$$;
COMMENT ON FUNCTION app.finish_delivery(bigint, text, text) IS
  'Stores a delivery''s items, or what was wrong with it, which it returns.';

-- An item waits for every older item of its ordering key, so that messages of one contact are processed in order, by however
-- many workers. The join is the resolver: whose number it is, and whether the app that signed may speak for it.
CREATE OR REPLACE FUNCTION app.claim_items(most integer, lease interval)
  RETURNS TABLE (id bigint, field text, kind text, waba_id text, phone_number_id text, item text, attempts integer,
    lease_token bigint, organization_id text)
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH claimed AS (
    UPDATE app.webhook_items i
    SET leased_until = now() + lease, lease_token = nextval('app.lease_tokens'), attempts = i.attempts + 1
    WHERE i.id IN (
      SELECT w.id FROM app.webhook_items w
      WHERE w.state = 'waiting' AND w.run_at <= now() AND (w.leased_until IS NULL OR w.leased_until < now())
        AND NOT EXISTS (SELECT FROM app.webhook_items older
          WHERE older.ordering_key = w.ordering_key AND older.id < w.id AND older.state = 'waiting')
      ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED)
    RETURNING i.*
  )
  SELECT c.id, c.field, c.kind, c.waba_id, c.phone_number_id, c.item, c.attempts, c.lease_token, n.organization_id
  FROM claimed c
  LEFT JOIN public.phone_numbers n ON n.phone_number_id = c.phone_number_id
    AND c.signed_by IN ('install', n.organization_id)
  ORDER BY c.id
$$;
COMMENT ON FUNCTION app.claim_items(integer, interval) IS
  'Leases items whose turn it is; organization_id is NULL when the number is nobody''s or the signer may not speak for it.';

CREATE OR REPLACE FUNCTION app.finish_item(item_id bigint, held_token bigint, outcome text, fault text) RETURNS boolean
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH finished AS (
    UPDATE app.webhook_items i SET state = outcome, error = fault, leased_until = NULL, finished_at = now()
    WHERE i.id = item_id AND i.lease_token = held_token AND i.state = 'waiting' RETURNING true
  ) SELECT coalesce((SELECT true FROM finished), false)
$$;
COMMENT ON FUNCTION app.finish_item(bigint, bigint, text, text) IS 'Ends an item; false when the lease was lost.';

CREATE OR REPLACE FUNCTION app.postpone_item(item_id bigint, held_token bigint, fault text, pause interval) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  UPDATE app.webhook_items i SET error = fault, leased_until = NULL, run_at = now() + pause
  WHERE i.id = item_id AND i.lease_token = held_token AND i.state = 'waiting'
$$;
COMMENT ON FUNCTION app.postpone_item(bigint, bigint, text, interval) IS 'Tries an item again later, with what went wrong.';

CREATE OR REPLACE FUNCTION app.count_inbound_work() RETURNS TABLE (deliveries bigint, items bigint, quarantined bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT (SELECT count(*) FROM app.webhook_deliveries WHERE state = 'received'),
    (SELECT count(*) FROM app.webhook_items WHERE state = 'waiting'),
    (SELECT count(*) FROM app.webhook_items WHERE state = 'quarantined')
$$;
COMMENT ON FUNCTION app.count_inbound_work() IS 'What waits; for tests and metrics.';

GRANT EXECUTE ON FUNCTION
  app.store_deliveries(bytea[], text[]), app.take_deliveries(integer),
  app.finish_delivery(bigint, text, text), app.claim_items(integer, interval),
  app.finish_item(bigint, bigint, text, text), app.postpone_item(bigint, bigint, text, interval), app.count_inbound_work()
  TO switchboard_worker;
