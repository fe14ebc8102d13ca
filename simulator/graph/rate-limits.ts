/** Meta's limits per pair (131056) and per number (130429). Off unless faults switch them on. */
import type { Simulation } from '../simulation.ts';
import { GraphApiError } from './graph-error.ts';

const PAIR_REFILL_MS = 6_000;

export type RateLimits = { check(phoneNumberId: string, customer: string): void };

export function rateLimits(sim: Simulation): RateLimits {
  const pairs = new Map<string, { tokens: number; at: number }>();
  const seconds = new Map<string, { second: number; count: number }>();

  function checkThroughput(phoneNumberId: string, most: number): void {
    const second = Math.floor(Date.now() / 1000);
    const current = seconds.get(phoneNumberId);
    const count = current?.second === second ? current.count + 1 : 1;
    seconds.set(phoneNumberId, { second, count });
    if (count > most)
      throw new GraphApiError(130429, {
        details: 'Message failed to send because there were too many messages sent from this phone number.',
      });
  }

  function checkPair(pair: string, burst: number): void {
    const now = Date.now();
    const bucket = pairs.get(pair) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / PAIR_REFILL_MS);
    if (tokens < 1) {
      pairs.set(pair, { tokens, at: now });
      throw new GraphApiError(131056, {
        details: 'Message failed to send because there were too many messages sent to the same phone number.',
      });
    }
    pairs.set(pair, { tokens: tokens - 1, at: now });
  }

  return {
    check(phoneNumberId, customer) {
      const { throughput, pair_burst: burst } = sim.state.faults;
      if (throughput !== null) checkThroughput(phoneNumberId, throughput);
      if (burst !== null) checkPair(`${phoneNumberId}:${customer}`, burst);
    },
  };
}
