-- Our side of pg-boss's schema: who may use it, how a job is put in, how a lost one is found. Applied again at every migration.
-- What must stay true: switchboard_app puts jobs in through app.enqueue_job and can neither read nor change one;
-- switchboard_worker changes rows and never the schema.

REVOKE ALL ON SCHEMA pgboss FROM PUBLIC;
REVOKE ALL ON ALL TABLES IN SCHEMA pgboss FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pgboss FROM PUBLIC;
GRANT USAGE ON SCHEMA pgboss TO switchboard_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO switchboard_worker;
REVOKE INSERT, DELETE ON pgboss.version FROM switchboard_worker;
GRANT EXECUTE ON FUNCTION pgboss.job_now(), pgboss.create_queue(text, jsonb) TO switchboard_worker;

-- pg-boss has no index on running jobs, and every worker looks for lost ones every few seconds.
CREATE INDEX IF NOT EXISTS job_common_running_idx ON pgboss.job_common (heartbeat_on) WHERE state = 'active';

-- Jobs that failed for good wait here, with the queue they came from, until a person decides.
SELECT pgboss.create_queue('dead-letter', '{"policy": "standard", "retryLimit": 0, "retentionSeconds": 1576800000}');

-- Puts a job in as part of the caller's transaction. A queue that no worker has announced yet is made with cautious
-- settings, so that a web process may start first; the worker brings the waiting jobs up to its own settings.
--
-- A singleton key means: at most one such job is waiting. The waiting one is updated, not skipped, because the update locks
-- it: no worker can start it before this transaction commits, so it always sees what this transaction wrote.
-- The job's own policy is set for that (pg-boss's policies are per queue and would make keyless jobs collide).
CREATE OR REPLACE FUNCTION app.enqueue_job(name text, payload jsonb, options jsonb DEFAULT '{}') RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = ''
AS $$
#variable_conflict use_column
DECLARE
  start_at timestamptz := pg_catalog.now() + make_interval(secs => coalesce((options ->> 'startAfterSeconds')::float8, 0));
  job_priority integer := coalesce((options ->> 'priority')::integer, 0);
  key text := options ->> 'singletonKey';
BEGIN
  IF name IS NULL OR name !~ '^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$' OR length(name) > 100 THEN
    RAISE EXCEPTION 'a job is named module.what-it-does, not %', coalesce(quote_literal(left(name, 100)), 'null');
  END IF;
  IF payload IS NULL OR jsonb_typeof(payload) <> 'object' OR octet_length(payload::text) > 4096 THEN
    RAISE EXCEPTION 'the payload of % must be an object of ids, at most 4096 bytes', name;
  END IF;
  IF options - ARRAY['singletonKey', 'startAfterSeconds', 'priority'] <> '{}' THEN
    RAISE EXCEPTION 'unknown options for %: %', name, options - ARRAY['singletonKey', 'startAfterSeconds', 'priority'];
  END IF;
  IF length(key) > 200 OR key = '' THEN
    RAISE EXCEPTION 'the singleton key of % must have 1 to 200 characters', name;
  END IF;

  IF NOT EXISTS (SELECT FROM pgboss.queue q WHERE q.name = enqueue_job.name) THEN
    PERFORM pgboss.create_queue(enqueue_job.name, '{"policy": "standard", "retryLimit": 5, "retryDelay": 10,
      "retryBackoff": true, "retryDelayMax": 3600, "expireInSeconds": 300, "heartbeatSeconds": 30,
      "retentionSeconds": 1576800000, "deadLetter": "dead-letter", "notify": true}');
  END IF;

  INSERT INTO pgboss.job_common AS waiting (name, data, priority, start_after, created_on, singleton_key, policy, keep_until,
    expire_seconds, deletion_seconds, retry_limit, retry_delay, retry_backoff, retry_delay_max, dead_letter, heartbeat_seconds)
  SELECT q.name, payload, job_priority, start_at, pg_catalog.now(), key,
    CASE WHEN key IS NULL THEN 'standard' ELSE 'short' END,
    start_at + make_interval(secs => q.retention_seconds), q.expire_seconds, q.deletion_seconds,
    q.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.dead_letter, q.heartbeat_seconds
  FROM pgboss.queue q WHERE q.name = enqueue_job.name
  ON CONFLICT (name, (coalesce(singleton_key, ''))) WHERE state = 'created' AND policy = 'short'
  DO UPDATE SET data = excluded.data,
    start_after = least(waiting.start_after, excluded.start_after),
    priority = greatest(waiting.priority, excluded.priority);

  -- Only a hint, sent at commit, on the channel that pg-boss listens to.
  IF start_at <= pg_catalog.now() THEN
    PERFORM pg_notify('pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24), enqueue_job.name);
  END IF;
END
$$;
COMMENT ON FUNCTION app.enqueue_job(text, jsonb, jsonb) IS
  'Puts a job in with the caller''s transaction. Options: singletonKey (one waiting job a key; earliest start and last payload win), startAfterSeconds, priority.';
REVOKE ALL ON FUNCTION app.enqueue_job(text, jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.enqueue_job(text, jsonb, jsonb) TO switchboard_app, switchboard_worker;
