/** The loop that sends what stands in the outbox. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import { runLeaseLoop, type LeaseLoop } from '../../platform/queue/lease-loop.ts';
import { deliverMessage, SEND_LEASE_SECONDS } from './deliver-message.ts';
import { claimOutbox, countOutbox } from './queries.ts';

export function outboundLoops(app: App): LeaseLoop[] {
  const sending = runLeaseLoop({
    name: 'outbound.deliver-message',
    claim: (most) => {
      const limits = { most, leaseSeconds: SEND_LEASE_SECONDS, worker: app.notifications.workerNumber };
      return asClaimer(app, (tx) => claimOutbox(tx, limits));
    },
    work: (claimed) => deliverMessage(app, claimed),
    concurrency: 6,
    log: app.log,
  });
  app.notifications.on('switchboard_outbox', () => sending.wake());
  return [sending];
}

/** How many messages wait to be sent. */
export function countWaitingMessages(app: App): Promise<number> {
  return asClaimer(app, countOutbox);
}
