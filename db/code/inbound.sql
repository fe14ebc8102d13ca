-- The narrow way by which raw deliveries and items are stored, claimed and finished. Workers have no other access to them:
-- a delivery may hold messages of several organizations.

-- All bodies arrive as one value: an array of them would travel as text, at twice the length.
DROP FUNCTION IF EXISTS app.store_deliveries(bytea[], text[]), app.store_deliveries(bytea, integer[], text[]);
CREATE OR REPLACE FUNCTION app.store_deliveries(bodies bytea, lengths integer[], signers text[], turns text[]) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  INSERT INTO app.webhook_deliveries (body, signed_by, turn_of)
    SELECT substring(bodies FROM (stored.ends - stored.length + 1)::integer FOR stored.length), stored.signer, stored.turn_of
    FROM (SELECT d.length, d.signer, d.turn_of, d.n, sum(d.length) OVER (ORDER BY d.n) AS ends
      FROM unnest(lengths, signers, turns) WITH ORDINALITY AS d (length, signer, turn_of, n)) AS stored
    ORDER BY stored.n;
  SELECT pg_notify('switchboard_deliveries', '');
$$;
COMMENT ON FUNCTION app.store_deliveries(bytea, integer[], text[], text[]) IS
  'Stores the deliveries that arrived together, one after the other in the first argument; one commit for all.';

-- Deliveries of an account are split in the order in which they were stored, by one process at a time and in the transaction that takes
-- them: the items' ids are the order of work, so a delivery must not be overtaken, and a killed splitter holds nothing up. The accounts
-- take turns, beginning behind the one that was served last, so that the backlog of one does not hold up another; organizations with an app
-- of their own have turns of their own, whatever they sign. While a delivery waits that may be of several accounts, all go in the order in
-- which they were stored.
CREATE OR REPLACE FUNCTION app.next_turn(after_turn text) RETURNS text
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  SELECT coalesce(
    (SELECT d.turn_of FROM app.webhook_deliveries d WHERE d.state = 'received' AND d.turn_of > after_turn ORDER BY d.turn_of, d.id LIMIT 1),
    (SELECT d.turn_of FROM app.webhook_deliveries d WHERE d.state = 'received' AND d.turn_of > '' ORDER BY d.turn_of, d.id LIMIT 1))
$$;
COMMENT ON FUNCTION app.next_turn(text) IS 'Whose turn it is to be split; NULL when nothing waits that has a turn.';

DROP FUNCTION IF EXISTS app.take_deliveries(integer);
CREATE OR REPLACE FUNCTION app.take_deliveries(after_turn text, most integer) RETURNS TABLE (id bigint, turn_of text, body bytea)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_generic_plan'
AS $$
DECLARE
  most_turns CONSTANT integer := 20;
  -- All of them are in the splitter's memory at once: beyond this it takes no more, whatever their number.
  most_bytes CONSTANT bigint := 16 * 1024 * 1024;
  turns text[] := '{}';
  turn text := after_turn;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtextextended('switchboard.split', 0)) THEN RETURN; END IF;
  IF EXISTS (SELECT FROM app.webhook_deliveries d WHERE d.state = 'received' AND d.turn_of = '') THEN
    RETURN QUERY SELECT taken.id, after_turn, taken.body FROM (
        SELECT one.id, one.body, sum(octet_length(one.body)) OVER (ORDER BY one.id) - octet_length(one.body) AS bytes_before
        FROM (SELECT d.id, d.body FROM app.webhook_deliveries d WHERE d.state = 'received' ORDER BY d.id LIMIT most) AS one) AS taken
      WHERE taken.bytes_before < most_bytes ORDER BY taken.id;
    RETURN;
  END IF;
  WHILE cardinality(turns) < most_turns LOOP
    turn := app.next_turn(turn);
    EXIT WHEN turn IS NULL OR turn = ANY (turns);
    turns := turns || turn;
  END LOOP;
  RETURN QUERY
    SELECT taken.id, taken.turn_of, taken.body FROM (
      SELECT one.id, t.turn_of, one.body, one.place, t.n,
        sum(octet_length(one.body)) OVER (ORDER BY one.place, t.n) - octet_length(one.body) AS bytes_before
      FROM unnest(turns) WITH ORDINALITY AS t (turn_of, n)
      CROSS JOIN LATERAL (SELECT d.id, d.body, row_number() OVER (ORDER BY d.id) AS place FROM app.webhook_deliveries d
        WHERE d.state = 'received' AND d.turn_of = t.turn_of ORDER BY d.id LIMIT greatest(1, most / cardinality(turns))) AS one) AS taken
    -- One of several accounts may have been stored since.
    WHERE taken.bytes_before < most_bytes AND NOT EXISTS (SELECT FROM app.webhook_deliveries d WHERE d.state = 'received' AND d.turn_of = '')
    ORDER BY taken.place, taken.n;
END
$$;
COMMENT ON FUNCTION app.take_deliveries(text, integer) IS
  'Deliveries to be split, the oldest of each turn, for the rest of the transaction nobody else''s; none while another process '
  'is splitting.';

-- Items bring their lane along, whoever inserts them; the lane's row is locked, so that whoever ends a lane sees the new items or
-- is waited for. Keys in order: two that lock several lanes do so alike.
CREATE OR REPLACE FUNCTION app.line_up_items() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  INSERT INTO app.webhook_lanes AS l (ordering_key, share, first_item, since, is_past)
    SELECT i.ordering_key, coalesce(min(i.belongs_to), nullif(min(i.signed_by), 'install'), ''), min(i.id), min(i.received_at),
      bool_and(i.kind = 'history')
    FROM added i
    WHERE i.state = 'waiting' GROUP BY i.ordering_key ORDER BY i.ordering_key
    ON CONFLICT (ordering_key) DO UPDATE SET first_item = least(l.first_item, excluded.first_item), since = least(l.since, excluded.since)
      WHERE excluded.first_item < l.first_item OR excluded.since < l.since;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.line_up_items() IS
  'Puts new items into their lanes. They take the turns of the organization whose number it is, or of whoever signed without a right to it.';
DROP TRIGGER IF EXISTS trigger_line_up_items ON app.webhook_items;
CREATE TRIGGER trigger_line_up_items AFTER INSERT ON app.webhook_items REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION app.line_up_items();

CREATE OR REPLACE FUNCTION app.line_up_again() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
BEGIN
  INSERT INTO app.webhook_lanes AS l (ordering_key, share, first_item, since, is_past)
    SELECT NEW.ordering_key, coalesce(NEW.belongs_to, nullif(NEW.signed_by, 'install'), ''), NEW.id, NEW.received_at, NEW.kind = 'history'
    ON CONFLICT (ordering_key) DO UPDATE SET first_item = least(l.first_item, excluded.first_item), since = least(l.since, excluded.since);
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION app.line_up_again() IS 'Puts an item that is to be tried anew back into its lane.';
DROP TRIGGER IF EXISTS trigger_line_up_again ON app.webhook_items;
CREATE TRIGGER trigger_line_up_again AFTER UPDATE OF state ON app.webhook_items
  FOR EACH ROW WHEN (NEW.state = 'waiting' AND OLD.state <> 'waiting') EXECUTE FUNCTION app.line_up_again();

-- What cannot be stored as items is set aside alone: it must not keep the deliveries behind it waiting.
-- Whoever signs what names another's number gets lanes of their own: in the other's, they would stand before the other's customers.
DROP FUNCTION IF EXISTS app.finish_delivery(bigint, text, text);
CREATE OR REPLACE FUNCTION app.put_items(items json) RETURNS void
  LANGUAGE sql SET search_path = ''
AS $$
  INSERT INTO app.webhook_items (received_at, delivery_id, position, field, kind, waba_id, phone_number_id, ordering_key, item, signed_by,
      belongs_to)
    SELECT d.received_at, d.id, i.position, i.field, i.kind, i.waba_id, i.phone_number_id,
      CASE WHEN d.signed_by = 'install' OR i.phone_number_id IS NULL OR n.organization_id IS NOT NULL
        THEN i.ordering_key ELSE 'of ' || d.signed_by || ' ' || i.ordering_key END,
      i.item, d.signed_by, n.organization_id
    FROM json_to_recordset(items) AS i (delivery_id bigint, position integer, field text, kind text, waba_id text,
      phone_number_id text, ordering_key text, item text)
    JOIN app.webhook_deliveries d ON d.id = i.delivery_id AND d.state = 'received'
    LEFT JOIN public.phone_numbers n ON n.phone_number_id = i.phone_number_id AND n.released_at IS NULL
      AND d.signed_by IN ('install', n.organization_id)
    ORDER BY d.id, i.position
    ON CONFLICT ON CONSTRAINT webhook_items_position_key DO NOTHING
$$;
COMMENT ON FUNCTION app.put_items(json) IS 'Inserts items of deliveries that are being split, in the order of work.';

-- One statement for all; only when that fails, one for each delivery, so that the one at fault is known.
CREATE OR REPLACE FUNCTION app.finish_deliveries(delivery_ids bigint[], faults text[], items text[])
  RETURNS TABLE (delivery_id bigint, fault text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  problems text[] := faults;
BEGIN
  BEGIN
    PERFORM app.put_items(('[' || (SELECT string_agg(one.items, ',') FROM unnest(items) AS one (items) WHERE one.items <> '') || ']')::json);
  EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
    FOR n IN 1..cardinality(delivery_ids) LOOP
      BEGIN
        PERFORM app.put_items(('[' || items[n] || ']')::json);
      EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
        problems[n] := SQLSTATE || ': ' || SQLERRM;
      END;
    END LOOP;
  END;
  UPDATE app.webhook_deliveries d SET state = CASE WHEN ended.problem IS NULL THEN 'split' ELSE 'malformed' END, error = ended.problem
    FROM unnest(delivery_ids, problems) AS ended (id, problem) WHERE d.id = ended.id AND d.state = 'received';
  PERFORM pg_notify('switchboard_items', '');
  RETURN QUERY SELECT ended.id, ended.problem FROM unnest(delivery_ids, problems) AS ended (id, problem) WHERE ended.problem IS NOT NULL;
END
$$;
COMMENT ON FUNCTION app.finish_deliveries(bigint[], text[], text[]) IS
  'Stores the items of deliveries, each delivery''s as JSON objects with commas between them, or what was wrong with it; returns what was wrong.';

-- An item waits for every older item of its ordering key, so that messages of one contact are processed in order, by however
-- many workers: whoever holds a lane has all of it. The organizations take turns, beginning behind the one that was served last; of one
-- organization half of the lanes are those that wait longest and half the newest, so that who writes now is answered while
-- a backlog is worked off. The past is served when nothing else waits. The join is the resolver: whose number it is, and whether the app that signed may speak for it.
CREATE OR REPLACE FUNCTION app.next_share(after_share text, past boolean) RETURNS text
  LANGUAGE sql STABLE SET search_path = ''
AS $$
  SELECT coalesce(
    (SELECT l.share FROM app.webhook_lanes l WHERE l.leased_until IS NULL AND l.run_at <= now() AND l.is_past = past AND l.share > after_share
      ORDER BY l.share, l.first_item LIMIT 1),
    (SELECT l.share FROM app.webhook_lanes l WHERE l.leased_until IS NULL AND l.run_at <= now() AND l.is_past = past
      ORDER BY l.share, l.first_item LIMIT 1))
$$;
COMMENT ON FUNCTION app.next_share(text, boolean) IS 'Whose turn it is after an organization; NULL when nothing waits.';

DROP FUNCTION IF EXISTS app.claim_items(integer, integer, interval), app.release_items(bigint[], bigint[]),
  app.finish_item(bigint, bigint, text, text), app.postpone_item(bigint, bigint, text, interval);
DROP FUNCTION IF EXISTS app.claim_lanes(text, integer, integer, integer, interval, integer);
-- However many lanes there are, a batch has so many items at most, and so takes only so long. The order of a lane's items names its key too,
-- so that only the index of lanes gives it: by ids alone, the planner may look through all that waits.
CREATE OR REPLACE FUNCTION app.claim_lanes(after_share text, passed_over text, most_lanes integer, most_items integer, lease interval,
    worker integer)
  RETURNS TABLE (share text, id bigint, received_at timestamptz, field text, kind text, waba_id text, phone_number_id text,
    ordering_key text, item text, signed_by text, attempts integer, lease_token bigint, organization_id text)
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_generic_plan'
AS $$
DECLARE
  turn text;
  past boolean;
BEGIN
  FOREACH past IN ARRAY ARRAY[false, true] LOOP
    turn := app.next_share(after_share, past);
    IF turn = passed_over THEN
      turn := nullif(app.next_share(turn, past), passed_over);
    END IF;
    EXIT WHEN turn IS NOT NULL;
  END LOOP;
  RETURN QUERY
    WITH oldest AS (
      SELECT l.ordering_key FROM app.webhook_lanes l WHERE l.leased_until IS NULL AND l.run_at <= now() AND l.is_past = past AND l.share = turn
      ORDER BY l.first_item LIMIT (most_lanes + 1) / 2 FOR UPDATE SKIP LOCKED
    ), newest AS (
      SELECT l.ordering_key FROM app.webhook_lanes l WHERE l.leased_until IS NULL AND l.run_at <= now() AND l.is_past = past AND l.share = turn
      ORDER BY l.first_item DESC LIMIT most_lanes / 2 FOR UPDATE SKIP LOCKED
    ), leased AS (
      UPDATE app.webhook_lanes l SET leased_until = now() + lease, lease_token = nextval('app.lease_tokens'), leased_by = worker
      WHERE l.ordering_key IN (SELECT o.ordering_key FROM oldest o UNION SELECT w.ordering_key FROM newest w)
      RETURNING l.ordering_key, l.lease_token, l.since
    )
    SELECT turn, i.id, i.received_at, i.field, i.kind, i.waba_id, i.phone_number_id, i.ordering_key, i.item, i.signed_by, i.attempts,
      l.lease_token, p.organization_id
    FROM leased l
    CROSS JOIN LATERAL (SELECT w.* FROM app.webhook_items w
      WHERE w.ordering_key = l.ordering_key AND w.state = 'waiting' AND w.received_at >= l.since ORDER BY w.ordering_key, w.id
      LIMIT greatest(1, most_items / (SELECT count(*) FROM leased)::integer)) AS i
    LEFT JOIN public.phone_numbers p ON p.phone_number_id = i.phone_number_id AND p.released_at IS NULL
      AND i.signed_by IN ('install', p.organization_id) AND coalesce(i.belongs_to, p.organization_id) = p.organization_id
    ORDER BY i.id;
END
$$;
COMMENT ON FUNCTION app.claim_lanes(text, text, integer, integer, interval, integer) IS
  'Leases lanes of the organization whose turn it is and returns the runs of items at their heads; organization_id is NULL when '
  'the number is nobody''s, or another''s than when the item came, or the signer may not speak for it.';

CREATE OR REPLACE FUNCTION app.finish_items(lanes text[], tokens bigint[], ends json) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_generic_plan'
AS $$
BEGIN
  PERFORM FROM app.webhook_lanes l JOIN unnest(lanes, tokens) AS held (ordering_key, token)
    ON l.ordering_key = held.ordering_key AND l.lease_token = held.token
    ORDER BY l.ordering_key FOR UPDATE OF l;
  IF (SELECT count(*) FROM app.webhook_lanes l JOIN unnest(lanes, tokens) AS held (ordering_key, token)
    ON l.ordering_key = held.ordering_key AND l.lease_token = held.token) < cardinality(lanes) THEN
    RETURN false;
  END IF;
  UPDATE app.webhook_items i SET state = ended.outcome, error = ended.fault, attempts = i.attempts + 1, finished_at = now(),
      belongs_to = coalesce(i.belongs_to, ended.belongs_to)
    FROM json_to_recordset(ends) AS ended (id bigint, received_at timestamptz, outcome text, fault text, belongs_to text)
    WHERE i.received_at = ended.received_at AND i.id = ended.id AND i.ordering_key = ANY (lanes) AND i.state = 'waiting';
  RETURN true;
END
$$;
COMMENT ON FUNCTION app.finish_items(text[], bigint[], json) IS
  'Ends items of leased lanes; false, and nothing done, when the lease of any was lost. Keeps the leases.';

CREATE OR REPLACE FUNCTION app.release_lanes(lanes text[], tokens bigint[], pause interval) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' SET plan_cache_mode = 'force_generic_plan'
AS $$
BEGIN
  -- A statement of its own: what others put into the lane before this lock was given is seen by the next.
  PERFORM FROM app.webhook_lanes l WHERE l.ordering_key = ANY (lanes) ORDER BY l.ordering_key FOR UPDATE;
  WITH heads AS (
    SELECT held.ordering_key, held.token, head.id, head.received_at
    FROM unnest(lanes, tokens) AS held (ordering_key, token)
    JOIN app.webhook_lanes l ON l.ordering_key = held.ordering_key
    LEFT JOIN LATERAL (SELECT i.id, i.received_at FROM app.webhook_items i
      WHERE i.ordering_key = held.ordering_key AND i.state = 'waiting' AND i.received_at >= l.since ORDER BY i.ordering_key, i.id LIMIT 1) AS head ON true
  ), gone AS (
    DELETE FROM app.webhook_lanes l USING heads h WHERE h.id IS NULL AND l.ordering_key = h.ordering_key AND l.lease_token = h.token
  )
  UPDATE app.webhook_lanes l SET first_item = h.id, since = h.received_at, leased_until = NULL, leased_by = NULL,
    run_at = CASE WHEN pause > interval '0' THEN now() + pause ELSE l.run_at END
    FROM heads h WHERE h.id IS NOT NULL AND l.ordering_key = h.ordering_key AND l.lease_token = h.token;
END
$$;
COMMENT ON FUNCTION app.release_lanes(text[], bigint[], interval) IS
  'Gives lanes back, after a pause where one is asked for; those in which nothing waits any more are gone.';

CREATE OR REPLACE FUNCTION app.note_fault(lane text, token bigint, item_id bigint, came_at timestamptz, fault text) RETURNS void
  LANGUAGE sql SECURITY DEFINER SET search_path = ''
AS $$
  UPDATE app.webhook_items i SET error = fault, attempts = i.attempts + 1
  WHERE i.received_at = came_at AND i.id = item_id AND i.state = 'waiting'
    AND EXISTS (SELECT FROM app.webhook_lanes l WHERE l.ordering_key = lane AND l.lease_token = token)
$$;
COMMENT ON FUNCTION app.note_fault(text, bigint, bigint, timestamptz, text) IS 'Counts an attempt at an item that will be tried again, with what went wrong.';

CREATE OR REPLACE FUNCTION app.count_inbound_work() RETURNS TABLE (deliveries bigint, items bigint, quarantined bigint)
  LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ''
AS $$
  SELECT (SELECT count(*) FROM app.webhook_deliveries WHERE state = 'received'),
    (SELECT count(*) FROM app.webhook_items WHERE state = 'waiting'),
    (SELECT count(*) FROM app.webhook_items WHERE state = 'quarantined')
$$;
COMMENT ON FUNCTION app.count_inbound_work() IS 'What waits; for tests and metrics.';

-- The lock of a process that lives. A session's lock, so it ends with the connection, however that ends.
CREATE OR REPLACE FUNCTION app.announce_worker() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  number integer := nextval('app.worker_numbers');
BEGIN
  PERFORM pg_advisory_lock_shared(hashtext('switchboard.workers'), number);
  RETURN number;
END
$$;
COMMENT ON FUNCTION app.announce_worker() IS
  'Gives the process a number, under which this connection holds a lock: while it does, the process lives.';

-- A lease ends when its time is over, or at once when its holder is dead. A send is given ten seconds of the minute of its lease all
-- the same: its process may only have lost the connection that says that it lives, and be reading Meta's answer.
CREATE OR REPLACE FUNCTION app.return_leases() RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
DECLARE
  alive integer[] := ARRAY(SELECT l.objid::bigint::integer FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
    AND l.classid::bigint::bit(32)::integer = hashtext('switchboard.workers'));
  returned text[];
  resent integer;
BEGIN
  WITH freed AS (
    UPDATE app.webhook_lanes l SET leased_until = NULL, leased_by = NULL
    WHERE l.leased_until IS NOT NULL AND (l.leased_until < now() OR l.leased_by <> ALL (alive)) RETURNING l.ordering_key)
    SELECT array_agg(freed.ordering_key) INTO returned FROM freed;
  DELETE FROM app.webhook_lanes l WHERE l.ordering_key = ANY (returned)
    AND NOT EXISTS (SELECT FROM app.webhook_items i WHERE i.ordering_key = l.ordering_key AND i.state = 'waiting');
  UPDATE public.outbox o SET leased_until = NULL, leased_by = NULL
    WHERE o.state IN ('queued', 'sending') AND o.leased_until < now() + interval '50 seconds' AND o.leased_by <> ALL (alive);
  GET DIAGNOSTICS resent = ROW_COUNT;
  IF returned IS NOT NULL THEN PERFORM pg_notify('switchboard_items', ''); END IF;
  IF resent > 0 THEN PERFORM pg_notify('switchboard_outbox', ''); END IF;
  RETURN coalesce(cardinality(returned), 0) + resent;
END
$$;
COMMENT ON FUNCTION app.return_leases() IS 'Gives back what dead processes held, and what was held for too long; how many leases.';

GRANT EXECUTE ON FUNCTION
  app.store_deliveries(bytea, integer[], text[], text[]), app.take_deliveries(text, integer),
  app.finish_deliveries(bigint[], text[], text[]), app.claim_lanes(text, text, integer, integer, interval, integer),
  app.finish_items(text[], bigint[], json), app.release_lanes(text[], bigint[], interval),
  app.note_fault(text, bigint, bigint, timestamptz, text), app.announce_worker(), app.return_leases(), app.count_inbound_work()
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
