/** How many jobs of each name wait, run and have failed for good, for operators and metrics. */
import type { JobStore } from './recover-lost-jobs.ts';

/** The state of one kind of job. */
export type JobCounts = {
  name: string;
  /** Waiting for their time, a worker or another try. */
  waiting: number;
  running: number;
  /** In the dead letters: no tries left, until a person decides. */
  failed: number;
  /** How long the first job that could run already waits; 0 when none does. */
  oldestDueSeconds: number;
};

const COUNT = `
  SELECT q.name,
    count(*) FILTER (WHERE j.name = q.name AND j.state < 'active')::int AS waiting,
    count(*) FILTER (WHERE j.name = q.name AND j.state = 'active')::int AS running,
    count(*) FILTER (WHERE j.name = 'dead-letter')::int AS failed,
    coalesce(extract(epoch FROM now() - min(j.start_after)
      FILTER (WHERE j.name = q.name AND j.state < 'active' AND j.start_after <= now())), 0)::float8 AS oldest
  FROM pgboss.queue q
  LEFT JOIN pgboss.job_common j
    ON j.state < 'completed' AND CASE j.name WHEN 'dead-letter' THEN j.source_name ELSE j.name END = q.name
  WHERE q.name <> 'dead-letter' AND q.name !~ '^__pgboss__'
  GROUP BY q.name ORDER BY q.name`;

/** Counts all queues, also the empty ones. */
export async function countJobs(store: JobStore): Promise<JobCounts[]> {
  const { rows } = await store.executeSql(COUNT, []);
  return rows.map((row) => ({
    name: String(row['name']),
    waiting: Number(row['waiting']),
    running: Number(row['running']),
    failed: Number(row['failed']),
    oldestDueSeconds: Number(row['oldest']),
  }));
}
