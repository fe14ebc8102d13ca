/** The ledger: every message that was accepted or that a customer wrote, oldest first, bounded in number. */
import type { Simulation } from '../simulation.ts';
import type { StoredMessage } from '../state/state.ts';

const DEFAULT_LIMIT = 20_000;

/** Keeps a message and shows it to watchers. The oldest leave when there are too many. */
export function keepMessage(sim: Simulation, message: StoredMessage): void {
  const messages = sim.state.messages;
  messages[message.id] = message;
  trim(sim);
  sim.emit({ type: 'message', data: { ...message } });
  sim.changed();
}

const counts = new WeakMap<object, number>();

/** Counts by itself: taking the keys of a large object at every message would cost more than the message. */
function trim(sim: Simulation): void {
  const messages = sim.state.messages;
  const limit = sim.options.ledgerLimit ?? DEFAULT_LIMIT;
  const count = (counts.get(messages) ?? Object.keys(messages).length - 1) + 1;
  counts.set(messages, count);
  if (count <= limit * 1.1) return;
  const oldest = Object.keys(messages).slice(0, count - limit);
  for (const id of oldest) delete messages[id];
  counts.set(messages, limit);
}

/** A message as outsiders see it: ISO times, no internals. */
export function ledgerEntry(message: StoredMessage): Record<string, unknown> {
  const { at, next: _next, statuses, ...rest } = message;
  return {
    ...rest,
    accepted_at: new Date(at).toISOString(),
    status: statuses.at(-1)?.status ?? null,
    statuses: statuses.map((status) => ({ ...status, at: new Date(status.at).toISOString() })),
  };
}
