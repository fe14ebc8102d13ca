/** The two loops that turn stored deliveries into messages, and how long deliveries are kept. The tables are the truth; a notification only wakes. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import type { JobDefinition } from '../../platform/queue/job-definition.ts';
import { runLeaseLoop, type LeaseLoop } from '../../platform/queue/lease-loop.ts';
import { countInboundWork, keepPartitions, returnLeases } from './queries.ts';
import { PLACES, processInTurn, splitInTurn } from './take-turns.ts';

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
    ...processInTurn(app),
    concurrency: PLACES,
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

/** What waits, and what is in quarantine. */
export function countWaitingItems(
  app: App,
): Promise<{ deliveries: number; items: number; quarantined: number }> {
  return asClaimer(app, countInboundWork);
}
