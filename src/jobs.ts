/** Everything that runs in the background: the loops over the product's own tables, and the timed jobs. */
import { setTimeout as pause } from 'node:timers/promises';
import type { App } from './app.ts';
import { authJobs } from './modules/auth/jobs.ts';
import { conversationJobs } from './modules/conversations/jobs.ts';
import { credentialJobs } from './modules/credentials/jobs.ts';
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

const LOOK_AGAIN_MS = 20;

async function isAnythingWaiting(app: App, queue: JobQueue): Promise<boolean> {
  const { deliveries, items } = await countWaitingItems(app);
  const rows = deliveries + items + (await countWaitingMessages(app)) + (await countWaitingAccounts(app));
  const isJobDue = (await queue.counts()).some((job) => job.running > 0 || job.oldestDueSeconds > 0);
  const isWaiting = rows > 0 || isJobDue;
  // What is left runs by itself: a job, or an item whose pause is not over.
  if (isWaiting) await pause(LOOK_AGAIN_MS);
  return isWaiting;
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
    ...credentialJobs(app),
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
