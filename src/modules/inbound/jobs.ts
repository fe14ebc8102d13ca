/** The two loops that turn stored deliveries into messages. The tables are the truth; a notification only wakes. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import { runLeaseLoop, type LeaseLoop } from '../../platform/queue/lease-loop.ts';
import { ITEM_LEASE_SECONDS, processItem } from './process-item.ts';
import { claimItems, countInboundWork } from './queries.ts';
import { splitDeliveries } from './split-delivery.ts';

export function inboundLoops(app: App): LeaseLoop[] {
  const splitting = runLeaseLoop({
    name: 'inbound.split-delivery',
    // Taking and splitting is one transaction; nothing is left to be worked on afterwards.
    claim: () => splitDeliveries(app),
    work: () => Promise.resolve(),
    concurrency: 1,
    log: app.log,
  });
  const processing = runLeaseLoop({
    name: 'inbound.process-item',
    claim: (most) => asClaimer(app, (tx) => claimItems(tx, most, ITEM_LEASE_SECONDS)),
    work: (item) => processItem(app, item),
    concurrency: 4,
    log: app.log,
  });
  app.notifications.on('switchboard_deliveries', () => splitting.wake());
  app.notifications.on('switchboard_items', () => processing.wake());
  return [splitting, processing];
}

/** What waits, and what was set aside. */
export function countWaitingItems(
  app: App,
): Promise<{ deliveries: number; items: number; quarantined: number }> {
  return asClaimer(app, countInboundWork);
}
