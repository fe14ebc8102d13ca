/**
 * Gives back the jobs of workers that died. pg-boss does this too, but as a failure: the job would wait out its retry delay,
 * up to an hour. Here it may start again at once. The try still counts, so a job that kills its process ends in the dead letters
 * (the last try is left to pg-boss, which moves it there).
 *
 * Safe when several processes do it at once, and when the worker only seemed dead: finishing is fenced by the number of the
 * try, which changes when the job is claimed again.
 */
import { TIMING } from './job-definition.ts';

/** The part of pg-boss's database handle that is used here. */
export type JobStore = {
  executeSql(text: string, values: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
};

const RECOVER = `
  WITH lost AS (
    SELECT j.name, j.id FROM pgboss.job_common j
    WHERE j.state = 'active' AND j.heartbeat_seconds IS NOT NULL
      AND j.heartbeat_on < now() - make_interval(secs => $1) AND j.retry_count < j.retry_limit
    FOR UPDATE SKIP LOCKED
  ), freed AS (
    UPDATE pgboss.job_common j SET state = 'retry', start_after = now(), heartbeat_on = NULL,
      output = '{"message": "the worker died"}'
    FROM lost WHERE j.name = lost.name AND j.id = lost.id
    RETURNING j.name
  )
  SELECT name, count(*)::int AS jobs, pg_notify('pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24), name)
  FROM freed GROUP BY name`;

/** Frees the jobs without a sign of life for TIMING.staleAfter seconds; returns how many, by name. */
export async function recoverLostJobs(store: JobStore): Promise<{ name: string; jobs: number }[]> {
  const { rows } = await store.executeSql(RECOVER, [TIMING.staleAfter]);
  return rows.map((row) => ({ name: String(row['name']), jobs: Number(row['jobs']) }));
}
