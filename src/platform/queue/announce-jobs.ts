/**
 * Writes what the code says about its jobs into the database: settings of each queue, of the jobs that already wait in it,
 * and the schedules. Every worker does it at its start; doing it twice changes nothing.
 */
import type { PgBoss } from 'pg-boss';
import { TIMING, type JobDefinition } from './job-definition.ts';

const DEAD_LETTER = 'dead-letter';

// Jobs carry a copy of their queue's settings from the moment they are put in, which may have been before this release.
// One that an open transaction holds keeps its old settings: a start must not wait for anyone's transaction.
const UPDATE_WAITING = `
  WITH outdated AS (
    SELECT j.name, j.id FROM pgboss.job_common j JOIN pgboss.queue q ON q.name = j.name
    WHERE q.name = $1 AND j.state < 'active'
      AND (j.retry_limit, j.retry_delay, j.retry_backoff, j.retry_delay_max, j.expire_seconds, j.heartbeat_seconds,
           j.deletion_seconds, j.dead_letter)
        IS DISTINCT FROM (q.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.expire_seconds,
           q.heartbeat_seconds, q.deletion_seconds, q.dead_letter)
    FOR UPDATE OF j SKIP LOCKED
  )
  UPDATE pgboss.job_common j SET retry_limit = q.retry_limit, retry_delay = q.retry_delay, retry_backoff = q.retry_backoff,
    retry_delay_max = q.retry_delay_max, expire_seconds = q.expire_seconds, heartbeat_seconds = q.heartbeat_seconds,
    deletion_seconds = q.deletion_seconds, dead_letter = q.dead_letter
  FROM outdated, pgboss.queue q
  WHERE j.name = outdated.name AND j.id = outdated.id AND q.name = j.name`;

/** Announces all jobs of the product. Schedules of jobs that are no longer among them are removed. */
export async function announceJobs(boss: PgBoss, jobs: readonly JobDefinition[]): Promise<void> {
  for (const job of jobs) {
    const settings = queueSettings(job);
    await boss.createQueue(job.name, settings);
    await boss.updateQueue(job.name, settings);
    await boss.getDb().executeSql(UPDATE_WAITING, [job.name]);
    if (job.schedule !== undefined)
      await boss.schedule(job.name, job.schedule, {}, { tz: 'UTC', missed: 'once' });
  }
  const scheduled = new Set(jobs.filter((job) => job.schedule !== undefined).map((job) => job.name));
  for (const { name } of await boss.getSchedules()) {
    if (!scheduled.has(name)) await boss.unschedule(name);
  }
}

function queueSettings({ retry, leaseSeconds }: JobDefinition) {
  return {
    retryLimit: retry.limit,
    retryDelay: retry.delaySeconds,
    retryBackoff: retry.backoff,
    ...(retry.backoff ? { retryDelayMax: TIMING.longestRetryDelay } : {}),
    expireInSeconds: leaseSeconds,
    heartbeatSeconds: TIMING.fallbackStaleAfter,
    retentionSeconds: TIMING.keepWaiting,
    deleteAfterSeconds: TIMING.keepFinished,
    deadLetter: DEAD_LETTER,
    notify: true,
  };
}
