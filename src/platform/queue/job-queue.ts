/**
 * Runs the product's jobs on pg-boss, as switchboard_worker: the schema is made at migration, never here.
 * What must stay true: a job is run at least once, a killed worker's job starts elsewhere within 30 seconds, no waiting job is
 * lost to its age, and what failed for good stays visible.
 */
import { PgBoss } from 'pg-boss';
import type { Logger } from 'pino';
import { announceJobs } from './announce-jobs.ts';
import { countJobs, type JobCounts } from './count-jobs.ts';
import type { JobPayload } from './enqueue-job.ts';
import { TIMING, type JobDefinition } from './job-definition.ts';
import { recoverLostJobs } from './recover-lost-jobs.ts';

export type QueueLog = Pick<Logger, 'info' | 'warn' | 'error'>;

/** What the queue tells whoever measures. */
export type JobMetrics = {
  finished(name: string, outcome: 'done' | 'failed', seconds: number): void;
};

/** What the queue needs. */
export type JobQueueOptions = {
  /** Of switchboard_worker. The queue keeps its own connections: `connections` and one that listens. */
  connectionString: string;
  connections?: number;
  log: QueueLog;
  metrics?: JobMetrics;
};

/** Runs jobs until it is stopped. */
export type JobQueue = {
  /** Announces the jobs and their schedules and begins to work. Throws when the database is away or not migrated. */
  start(jobs: readonly JobDefinition[]): Promise<void>;
  /** Takes no more jobs and waits up to 20 seconds for those that run; what is left then is tried again elsewhere. */
  stop(): Promise<void>;
  counts(): Promise<JobCounts[]>;
  /** Puts the failed jobs of a name back in, up to 1,000; returns how many. */
  retryFailed(name: string): Promise<number>;
};

/** Makes the queue; nothing connects before `start`. */
export function createJobQueue({
  connectionString,
  connections = 5,
  log,
  metrics,
}: JobQueueOptions): JobQueue {
  const boss = new PgBoss({
    connectionString,
    max: connections,
    application_name: 'switchboard-jobs',
    migrate: false,
    createSchema: false,
    useListenNotify: true,
    // Needs the owner of the indexes; autovacuum and the short retention do.
    reindex: false,
    maintenanceIntervalSeconds: 3600,
    cronMonitorIntervalSeconds: TIMING.schedule,
    cronWorkerIntervalSeconds: 1,
  });
  const logFault = limitRepeats((message) => log.error({ fault: message }, 'the job queue has trouble'));
  // Without the worker's id, so that the same fault is recognised from all of them.
  boss.on('error', (error) => logFault(error.message.replace(/ \(Queue: .*\)$/, '')));
  boss.on('warning', (warning) => log.warn({ warning: warning.message }, 'the job queue warns'));

  let recovery: NodeJS.Timeout | undefined;
  const recover = async (): Promise<void> => {
    try {
      for (const { name, jobs } of await recoverLostJobs(boss.getDb())) {
        log.warn({ job: name, jobs }, 'took jobs back from a worker that died');
      }
    } catch (error) {
      if (recovery) logFault(error instanceof Error ? error.message : String(error));
    }
    if (recovery) recovery = setTimeout(() => void recover(), TIMING.recoverEvery * 1000);
  };

  const stop = async (): Promise<void> => {
    clearTimeout(recovery);
    recovery = undefined;
    await boss.stop({ graceful: true, timeout: TIMING.drain * 1000, close: true });
  };

  return {
    async start(jobs) {
      refuseDuplicates(jobs);
      try {
        await boss.start();
        await announceJobs(boss, jobs);
        for (const job of jobs) {
          for (let i = 0; i < (job.concurrency ?? 1); i++) await startWorker({ boss, job, log, metrics });
        }
        recovery = setTimeout(() => void recover(), 0);
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop,
    counts: () => countJobs(boss.getDb()),
    retryFailed: (name) => boss.redrive('dead-letter', { sourceName: name }),
  };
}

type Worker = { boss: PgBoss; job: JobDefinition; log: QueueLog; metrics: JobMetrics | undefined };

// One pg-boss worker takes one job at a time and would then sleep until its next poll, so each tells itself, by its own id, that there
// may be more. That is also why `concurrency` is as many workers instead of pg-boss's localConcurrency, which hides the ids.
async function startWorker({ boss, job, log, metrics }: Worker): Promise<void> {
  const options = {
    batchSize: 1,
    pollingIntervalSeconds: 1,
    notifyPollingIntervalSeconds: TIMING.poll,
    heartbeatRefreshSeconds: TIMING.heartbeatEvery,
  };
  const worker: { id?: string } = {};
  worker.id = await boss.work<JobPayload>(job.name, options, async ([taken]) => {
    if (!taken) return;
    const startedAt = performance.now();
    const seconds = (): number => (performance.now() - startedAt) / 1000;
    const attempt = taken.retryCount + 1;
    try {
      await job.run(taken.data, { jobId: taken.id, attempt, signal: taken.signal });
      metrics?.finished(job.name, 'done', seconds());
    } catch (error) {
      metrics?.finished(job.name, 'failed', seconds());
      log.error({ err: error, job: job.name, jobId: taken.id, attempt }, 'a job failed');
      throw storable(error);
    } finally {
      if (worker.id !== undefined) boss.notifyWorker(worker.id);
    }
  });
}

// pg-boss stores every property of an error with the job, and those of an HTTP client's error hold tokens and messages.
function storable(error: unknown): Error {
  const reduced = new Error(
    error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 500) : 'not an Error',
  );
  delete reduced.stack;
  return reduced;
}

function refuseDuplicates(jobs: readonly JobDefinition[]): void {
  const names = new Set<string>();
  for (const { name } of jobs) {
    if (names.has(name)) throw new Error(`Two jobs are named ${name}.`);
    names.add(name);
  }
}

// Every worker reports every failed poll; a database that is away for a minute would fill the log.
function limitRepeats(write: (message: string) => void): (message: string) => void {
  const lastWritten = new Map<string, number>();
  return (message) => {
    const now = performance.now();
    if (now - (lastWritten.get(message) ?? -Infinity) < 60_000) return;
    if (lastWritten.size > 50) lastWritten.clear();
    lastWritten.set(message, now);
    write(message);
  };
}
