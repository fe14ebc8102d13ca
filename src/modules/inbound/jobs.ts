/** The two loops that turn stored deliveries into messages, and how long deliveries are kept. The tables are the truth; a notification only wakes. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { runLeaseLoop, type LeaseLoop } from '../../platform/queue/lease-loop.ts';
import { processBatch } from './process-batch.ts';
import {
  claimBatches,
  countInboundWork,
  keepPartitions,
  returnLeases,
  type Batch,
  type SplitDelivery,
} from './queries.ts';
import { splitDeliveries } from './split-delivery.ts';

/** Longer than a batch takes. A killed process's lanes are given back sooner: others see that it is dead. */
const LEASE_SECONDS = 20;
/** Lanes that share a transaction: more would gain little, and hold up what comes meanwhile. */
const BATCH_LANES = 40;
/** Items that share a transaction: live messages wait no longer than these take. */
const BATCH_ITEMS = 200;

/** Days that raw deliveries are kept: Meta repeats one for seven, and faults are found later than that. */
const KEEP_DAYS = 30;

export function inboundJobs(app: App): JobDefinition[] {
  return [
    {
      // Making what is there and dropping what is gone do nothing.
      name: 'inbound.keep-partitions',
      schedule: '23 1 * * *',
      leaseSeconds: 600,
      retry: { limit: 5, delaySeconds: 300, backoff: true },
      run: () => asClaimer(app, (tx) => keepPartitions(tx, KEEP_DAYS)),
    },
  ];
}

export function inboundLoops(app: App): LeaseLoop[] {
  const splitting = runLeaseLoop({
    name: 'inbound.split-delivery',
    // Taking and splitting is one transaction; nothing is left to be worked on afterwards.
    claim: splitInTurn(app),
    work: () => Promise.resolve(),
    concurrency: 1,
    log: app.log,
  });
  const processing = runLeaseLoop({
    name: 'inbound.process-item',
    claim: claimInTurn(app),
    work: (batch) => processBatch(app, batch),
    concurrency: 4,
    log: app.log,
  });
  const returning = runLeaseLoop({
    name: 'inbound.return-leases',
    // Nothing is left to be worked on afterwards: what was given back is claimed by the loops that it wakes.
    claim: () => asClaimer(app, returnLeases).then(() => []),
    work: () => Promise.resolve(),
    concurrency: 1,
    log: app.log,
  });
  app.notifications.on('switchboard_deliveries', () => splitting.wake());
  app.notifications.on('switchboard_items', () => processing.wake());
  return [splitting, processing, returning];
}

/** Remembers whose deliveries were split last, so that they take turns. */
function splitInTurn(app: App): () => Promise<SplitDelivery[]> {
  let afterTurn = '';
  return async () => {
    const done = await splitDeliveries(app, afterTurn);
    afterTurn = done.at(-1)?.turn_of ?? afterTurn;
    return done;
  };
}

/** Remembers which organization was served last, so that they take turns. */
function claimInTurn(app: App): (batches: number) => Promise<Batch[]> {
  let afterShare = '';
  return async (batches) => {
    const limits = { batches, lanes: BATCH_LANES, items: BATCH_ITEMS, leaseSeconds: LEASE_SECONDS };
    const worker = app.notifications.workerNumber;
    const claimed = await asClaimer(app, (tx) => claimBatches(tx, { afterShare, worker, ...limits }));
    afterShare = claimed.at(-1)?.share ?? afterShare;
    return claimed;
  };
}

/** What waits, and what was set aside. */
export function countWaitingItems(
  app: App,
): Promise<{ deliveries: number; items: number; quarantined: number }> {
  return asClaimer(app, countInboundWork);
}
