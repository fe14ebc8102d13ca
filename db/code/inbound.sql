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
CREATE OR REPLACE FUNCTION app.finish_delivery(delivery_id bigint, items text, fault text) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  problem text := fault;
BEGIN
  BEGIN
    INSERT INTO app.webhook_items (received_at, delivery_id, position, field, kind, waba_id, phone_number_id, ordering_key, item,
        signed_by)
      SELECT d.received_at, d.id, i.position, i.field, i.kind, i.waba_id, i.phone_number_id, i.ordering_key, i.item, d.signed_by
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
-- many workers. Whoever gets the oldest gets a run of those behind it too: a contact who wrote a thousand messages would
-- otherwise cost a thousand claims. The join is the resolver: whose number it is, and whether the app that signed may speak for it.
CREATE OR REPLACE FUNCTION app.claim_items(most_runs integer, longest_run integer, lease interval)
  RETURNS TABLE (id bigint, field text, kind text, waba_id text, phone_number_id text, ordering_key text, item text,
    signed_by text, attempts integer, lease_token bigint, organization_id text)
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  WITH heads AS (
    SELECT w.id, w.ordering_key FROM app.webhook_items w
    WHERE w.state = 'waiting' AND w.run_at <= now() AND (w.leased_until IS NULL OR w.leased_until < now())
      AND NOT EXISTS (SELECT FROM app.webhook_items older
        WHERE older.ordering_key = w.ordering_key AND older.id < w.id AND older.state = 'waiting')
    ORDER BY w.id LIMIT most_runs FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE app.webhook_items i
    SET leased_until = now() + lease, lease_token = nextval('app.lease_tokens'), attempts = i.attempts + 1
    WHERE i.id IN (
      SELECT run.id FROM heads h CROSS JOIN LATERAL (
        SELECT w.id FROM app.webhook_items w
        WHERE w.ordering_key = h.ordering_key AND w.state = 'waiting' AND w.id >= h.id ORDER BY w.id LIMIT longest_run) AS run)
    RETURNING i.*
  )
  SELECT c.id, c.field, c.kind, c.waba_id, c.phone_number_id, c.ordering_key, c.item, c.signed_by, c.attempts, c.lease_token, n.organization_id
  FROM claimed c
  LEFT JOIN public.phone_numbers n ON n.phone_number_id = c.phone_number_id AND n.released_at IS NULL
    AND c.signed_by IN ('install', n.organization_id)
  ORDER BY c.id
$$;
COMMENT ON FUNCTION app.claim_items(integer, integer, interval) IS
  'Leases runs of items whose turn it is; organization_id is NULL when the number is nobody''s or the signer may not speak for it.';

-- What stands behind an item that has to wait was not tried.
CREATE OR REPLACE FUNCTION app.release_items(item_ids bigint[], held_tokens bigint[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  UPDATE app.webhook_items i SET leased_until = NULL, attempts = i.attempts - 1
  FROM unnest(item_ids, held_tokens) AS held (id, token)
  WHERE i.id = held.id AND i.lease_token = held.token AND i.state = 'waiting'
$$;
COMMENT ON FUNCTION app.release_items(bigint[], bigint[]) IS 'Gives back the untried rest of a run.';

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
  app.finish_delivery(bigint, text, text), app.claim_items(integer, integer, interval),
  app.release_items(bigint[], bigint[]),
  app.finish_item(bigint, bigint, text, text), app.postpone_item(bigint, bigint, text, interval), app.count_inbound_work()
  TO switchboard_worker;

-- Weekly partitions, made ahead: eight weeks in which this may fail to run before a delivery would find no place.
CREATE OR REPLACE FUNCTION app.make_delivery_partitions() RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  week timestamptz;
  parent text;
  child text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.partitions', 0));
  FOR week IN SELECT generate_series(date_trunc('week', now(), 'UTC') - interval '1 week', now() + interval '8 weeks', interval '1 week') LOOP
    -- Deliveries first: the items' key points at them.
    FOREACH parent IN ARRAY ARRAY['webhook_deliveries', 'webhook_items'] LOOP
      child := parent || '_' || to_char(week AT TIME ZONE 'UTC', 'IYYY_"w"IW');
      IF to_regclass(format('app.%I', child)) IS NULL THEN
        EXECUTE format('CREATE TABLE app.%I PARTITION OF app.%I FOR VALUES FROM (%L) TO (%L)', child, parent, week, week + interval '1 week');
      END IF;
    END LOOP;
  END LOOP;
END
$$;
COMMENT ON FUNCTION app.make_delivery_partitions() IS 'Makes the weeks'' partitions of deliveries and items for eight weeks ahead.';

-- A week goes as a whole when its last day has been kept long enough and nothing in it waits any more.
CREATE OR REPLACE FUNCTION app.drop_delivery_partitions(keep interval) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  old record;
  waits boolean;
  dropped integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('switchboard.partitions', 0));
  FOR old IN
    SELECT substr(c.relname, length('webhook_deliveries_') + 1) AS week FROM pg_catalog.pg_class c
    WHERE c.relispartition AND c.relnamespace = 'app'::regnamespace AND c.relname ~ '^webhook_deliveries_[0-9]{4}_w[0-9]{2}$'
      AND to_timestamp(substr(c.relname, length('webhook_deliveries_') + 1), 'IYYY_"w"IW') + interval '1 week' < now() - keep
    ORDER BY 1
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM app.%I WHERE state = ''received'') OR EXISTS (SELECT FROM app.%I WHERE state = ''waiting'')',
      'webhook_deliveries_' || old.week, 'webhook_items_' || old.week) INTO waits;
    CONTINUE WHEN waits;
    EXECUTE format('DROP TABLE app.%I', 'webhook_items_' || old.week);
    EXECUTE format('ALTER TABLE app.webhook_deliveries DETACH PARTITION app.%I', 'webhook_deliveries_' || old.week);
    EXECUTE format('DROP TABLE app.%I', 'webhook_deliveries_' || old.week);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;
COMMENT ON FUNCTION app.drop_delivery_partitions(interval) IS
  'Drops weeks of deliveries and items that have been kept long enough and hold nothing unfinished; how many.';

GRANT EXECUTE ON FUNCTION app.make_delivery_partitions(), app.drop_delivery_partitions(interval) TO switchboard_worker;

SELECT app.make_delivery_partitions();
