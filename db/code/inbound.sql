-- The narrow way by which raw deliveries and items are stored, claimed and finished. Workers have no other access to them:
-- a delivery may hold messages of several organizations.

CREATE OR REPLACE FUNCTION app.store_deliveries(bodies bytea[], signers text[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  INSERT INTO app.webhook_deliveries (body, signed_by) SELECT * FROM unnest(bodies, signers);
  SELECT pg_notify('switchboard_deliveries', '');
$$;
COMMENT ON FUNCTION app.store_deliveries(bytea[], text[]) IS 'Stores the deliveries that arrived together; one commit for all.';

CREATE OR REPLACE FUNCTION app.claim_deliveries(most integer, lease interval)
  RETURNS TABLE (id bigint, body bytea, signed_by text, lease_token bigint)
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  UPDATE app.webhook_deliveries d
  SET leased_until = now() + lease, lease_token = nextval('app.lease_tokens'), attempts = d.attempts + 1
  WHERE d.id IN (
    SELECT w.id FROM app.webhook_deliveries w
    WHERE w.state = 'received' AND (w.leased_until IS NULL OR w.leased_until < now())
    ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED)
  RETURNING d.id, d.body, d.signed_by, d.lease_token
$$;
COMMENT ON FUNCTION app.claim_deliveries(integer, interval) IS 'Leases the oldest deliveries that nobody is splitting.';

CREATE OR REPLACE FUNCTION app.finish_delivery(delivery_id bigint, held_token bigint, items jsonb, fault text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  signer text;
BEGIN
  UPDATE app.webhook_deliveries d
    SET state = CASE WHEN fault IS NULL THEN 'split' ELSE 'malformed' END, error = fault, leased_until = NULL
    WHERE d.id = delivery_id AND d.lease_token = held_token AND d.state = 'received'
    RETURNING d.signed_by INTO signer;
  IF NOT FOUND THEN RETURN false; END IF;
  INSERT INTO app.webhook_items (delivery_id, position, field, kind, waba_id, phone_number_id, ordering_key, item, signed_by)
    SELECT delivery_id, i.position, i.field, i.kind, i.waba_id, i.phone_number_id, i.ordering_key, i.item, signer
    FROM jsonb_to_recordset(items) AS i (position integer, field text, kind text, waba_id text, phone_number_id text,
      ordering_key text, item text)
    ORDER BY i.position
    ON CONFLICT ON CONSTRAINT webhook_items_position_key DO NOTHING;
  PERFORM pg_notify('switchboard_items', '');
  RETURN true;
END
$$;
COMMENT ON FUNCTION app.finish_delivery(bigint, bigint, jsonb, text) IS
  'Stores a delivery''s items, or what was wrong with it; false when the lease was lost.';

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
  app.store_deliveries(bytea[], text[]), app.claim_deliveries(integer, interval),
  app.finish_delivery(bigint, bigint, jsonb, text), app.claim_items(integer, interval),
  app.finish_item(bigint, bigint, text, text), app.postpone_item(bigint, bigint, text, interval), app.count_inbound_work()
  TO switchboard_worker;
