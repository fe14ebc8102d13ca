/**
 * Keeps the routing view up to date. Changes that come while a refresh runs, or in the rest after it, share the next one; none
 * runs in a user's transaction. Safe to run twice: a refresh that finds no mark does nothing.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { App } from '../../app.ts';
import { asUpkeeper } from '../../platform/db/tx.ts';
import { runLeaseLoop, type LeaseLoop } from '../../platform/queue/lease-loop.ts';
import { refreshRoutingIfChanged } from './queries.ts';

/** Milliseconds in which changes gather for one refresh. */
const GATHER_MS = 1_000;
/** A refresh reads every lease: at a million it takes seconds, and may not keep the database busy all the time. */
const REST_PER_REFRESH = 4;

export function rentalLoops(app: App): LeaseLoop[] {
  let tookMs = 0;
  const refreshing = runLeaseLoop({
    name: 'rentals.refresh-routing',
    // The refresh itself finds out whether there is anything to do.
    claim: async () => {
      const started = performance.now();
      const refreshed = await asUpkeeper(app, refreshRoutingIfChanged);
      tookMs = performance.now() - started;
      return refreshed ? ['refreshed'] : [];
    },
    work: () => {
      const rest = Math.max(GATHER_MS, tookMs * REST_PER_REFRESH);
      return pause(rest, undefined, { signal: app.closing }).catch(() => undefined);
    },
    concurrency: 1,
    pollMs: 10_000,
    log: app.log,
  });
  app.notifications.on('switchboard_routing', () => refreshing.wake());
  return [refreshing];
}
