/** Everything that runs in the background: the loops over the product's own tables, and the timed jobs. */
import { setTimeout as pause } from 'node:timers/promises';
import type { App } from './app.ts';
import { authJobs } from './modules/auth/jobs.ts';
import { conversationJobs } from './modules/conversations/jobs.ts';
import { countWaitingItems, inboundJobs, inboundLoops } from './modules/inbound/jobs.ts';
import { mediaJobs } from './modules/media/jobs.ts';
import { countWaitingMessages, outboundLoops } from './modules/outbound/jobs.ts';
import { peopleJobs } from './modules/people/jobs.ts';
import { rentalLoops } from './modules/rentals/jobs.ts';
import { countWaitingAccounts, wabaJobs, wabaLoops } from './modules/waba/jobs.ts';
import { rotateKeysJob } from './platform/crypto/rotate-keys-job.ts';
import { createJobQueue, type JobQueue } from './platform/queue/job-queue.ts';

export type Jobs = {
  /** Resolves when everything that waits has been worked off. For tests: nobody has to sleep. */
  settle(): Promise<void>;
  stop(): Promise<void>;
};

const JOB_LOOK_MS = 20;

async function isAnythingWaiting(app: App, queue: JobQueue): Promise<boolean> {
  const { deliveries, items } = await countWaitingItems(app);
  if (deliveries + items + (await countWaitingMessages(app)) + (await countWaitingAccounts(app)) > 0)
    return true;
  const isJobDue = (await queue.counts()).some((job) => job.running > 0 || job.oldestDueSeconds > 0);
  // Jobs run by themselves: there is nothing to drive here, only to wait for.
  if (isJobDue) await pause(JOB_LOOK_MS);
  return isJobDue;
}

/** Starts working. */
export async function startJobs(app: App): Promise<Jobs> {
  const loops = [...inboundLoops(app), ...wabaLoops(app), ...outboundLoops(app)];
  // Upkeep: nothing that a message needs waits for it.
  const upkeep = rentalLoops(app);
  const queue = createJobQueue({ connectionString: app.workerUrl, log: app.log });
  await queue.start([
    ...authJobs(app),
    ...peopleJobs(app),
    ...wabaJobs(app),
    ...conversationJobs(app),
    ...mediaJobs(app),
    ...inboundJobs(app),
    rotateKeysJob(app),
  ]);
  return {
    async settle() {
      do for (const loop of loops) await loop.settle();
      while (await isAnythingWaiting(app, queue));
    },
    async stop() {
      await Promise.all([...[...loops, ...upkeep].map((loop) => loop.stop()), queue.stop()]);
    },
  };
}
