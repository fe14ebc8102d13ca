/** What a module says about a job, and how long everything around a job may take. */
import type { JobPayload } from './enqueue-job.ts';

/** What a running job knows of itself. */
export type JobContext = {
  jobId: string;
  /** 1 on the first try. */
  attempt: number;
  /** Aborted when the lease is lost or over, or the process stops: what is written after that may be written twice. */
  signal: AbortSignal;
};

/** One kind of job. It can run twice: what makes that safe belongs in the first comment of the file that has `run`. */
export type JobDefinition<Payload extends JobPayload = JobPayload> = {
  /** `module.what-it-does`, such as `outbound.sweep-unconfirmed`. */
  name: string;
  retry: {
    /** Tries after the first one; then the job is failed and stands in the dead letters. */
    limit: number;
    /** Seconds before the second try. */
    delaySeconds: number;
    /** Double the delay with every try, with jitter, up to an hour. `false` keeps it constant. */
    backoff: boolean;
  };
  /** Seconds that one try may take; longer is a failure. */
  leaseSeconds: number;
  /** Cron, in UTC, to the minute. Runs once however many workers there are; one run makes up for all that were missed. */
  schedule?: string;
  /** Jobs of this name at once in this process; 1 if absent. */
  concurrency?: number;
  // Written as a method so that a job with a narrower payload still fits a list of jobs.
  run(payload: Payload, context: JobContext): Promise<void>;
};

/** Seconds. A killed worker's job starts elsewhere after at most staleAfter + recoverEvery, and a moment. */
export const TIMING = {
  /** A running job says that it lives. */
  heartbeatEvery: 5,
  /** Without a sign of life for so long, a job is free for others. */
  staleAfter: 15,
  /** How often each process looks for such jobs. */
  recoverEvery: 5,
  /** pg-boss's own rule for the same, the fallback: it would let the job wait out its retry delay first. */
  fallbackStaleAfter: 30,
  /** Between looks for work when nothing notified. */
  poll: 5,
  /** Between looks at the schedules. */
  schedule: 15,
  /** A stopping process waits so long for its jobs. */
  drain: 20,
  /** Finished and failed jobs are pruned after three days; dead letters stay. */
  keepFinished: 3 * 86_400,
  /** Waiting jobs are kept for fifty years: age is no reason to lose one. */
  keepWaiting: 50 * 365 * 86_400,
  longestRetryDelay: 3600,
} as const;
