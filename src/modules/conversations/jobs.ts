/** Timed work of this module. */
import type { JobContext } from '../../platform/queue/job-definition.ts';
import type { App } from '../../app.ts';
import { asClaimer, asUpkeeper } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { forgetOldEvents } from './queries/events.ts';
import { forgetParked } from './queries/later-content.ts';
import { archiveMessages } from './queries/messages.ts';

/** Past this a message is in the archive, from which a thread reads on. */
const ARCHIVE_AFTER_DAYS = 730;
/**
 * Meta repeats a delivery for seven days, and a day is for a backlog here: what is about a message that has not come by then is about one
 * from before the account was connected.
 */
const FORGET_PARKED_AFTER_DAYS = 8;
/** Messages moved in one transaction: short enough that nobody waits for it. */
const BATCH = 500;

async function archiveOldMessages(app: App, { signal }: JobContext): Promise<void> {
  let moved = BATCH;
  while (moved === BATCH && !signal.aborted)
    moved = await asClaimer(app, (tx) => archiveMessages(tx, ARCHIVE_AFTER_DAYS, BATCH));
}

export function conversationJobs(app: App): JobDefinition[] {
  return [
    {
      // Deleting what is old can be repeated.
      name: 'conversations.forget-old-events',
      schedule: '7 * * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: () => asClaimer(app, forgetOldEvents),
    },
    {
      // Deleting what is old can be repeated. Its items go on saying what became of it.
      name: 'conversations.forget-parked',
      schedule: '29 3 * * *',
      leaseSeconds: 300,
      retry: { limit: 3, delaySeconds: 60, backoff: true },
      run: async () => {
        const forgotten = await asUpkeeper(app, (tx) => forgetParked(tx, FORGET_PARKED_AFTER_DAYS));
        if (forgotten > 0) app.log.info({ forgotten }, 'What was about messages that never came was let go');
      },
    },
    {
      // Each batch is one transaction; what an earlier run has moved is not there to be moved again.
      name: 'conversations.archive-messages',
      schedule: '41 2 * * *',
      leaseSeconds: 3600,
      retry: { limit: 3, delaySeconds: 300, backoff: true },
      run: (_payload, context) => archiveOldMessages(app, context),
    },
  ];
}
