/**
 * Keeps the routing view up to date. Changes that come while a refresh runs, or within a second of it, share the next one; none
 * runs in a user's transaction. Safe to run twice: a refresh that finds no mark does nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import { runLeaseLoop, type LeaseLoop } from '../../platform/queue/lease-loop.ts';
import { refreshRoutingIfChanged } from './queries.ts';

/** Milliseconds in which changes gather for one refresh. */
const GATHER_MS = 1_000;

export function rentalLoops(app: App): LeaseLoop[] {
  const refreshing = runLeaseLoop({
    name: 'rentals.refresh-routing',
    // The refresh itself finds out whether there is anything to do.
    claim: async () => ((await asClaimer(app, refreshRoutingIfChanged)) ? ['refreshed'] : []),
    work: () => pause(GATHER_MS, undefined, { signal: app.closing }).catch(() => undefined),
    concurrency: 1,
    pollMs: 10_000,
    log: app.log,
  });
  app.notifications.on('switchboard_routing', () => refreshing.wake());
  return [refreshing];
}
