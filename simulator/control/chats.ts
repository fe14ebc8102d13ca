/** What was written, as the ledger lists it and as customers see it on their phones. */
import { formatNumber } from '../messages/ids.ts';
import { ledgerEntry } from '../messages/ledger.ts';
import { windowEnd } from '../messages/window.ts';
import type { Simulation } from '../simulation.ts';
import type { StoredMessage } from '../state/state.ts';

const MOST_MESSAGES = 1_000;

export type LedgerQuery = {
  phone_number_id?: string;
  /** Default `outbound`: what was accepted. `all` adds what customers wrote. */
  direction?: 'outbound' | 'inbound' | 'all';
  customer?: string;
  biz_opaque_callback_data?: string;
  limit?: number;
};

function findMessages(sim: Simulation, query: LedgerQuery): StoredMessage[] {
  const direction = query.direction ?? 'outbound';
  const found = Object.values(sim.state.messages).filter(
    (one) =>
      (direction === 'all' || one.direction === direction) &&
      (query.phone_number_id === undefined || one.phone_number_id === query.phone_number_id) &&
      (query.customer === undefined || one.customer === query.customer) &&
      (query.biz_opaque_callback_data === undefined ||
        one.biz_opaque_callback_data === query.biz_opaque_callback_data),
  );
  return found.slice(-(query.limit ?? MOST_MESSAGES));
}

/** What the query names, oldest first; only the newest when there are too many. */
export function listMessages(sim: Simulation, query: LedgerQuery): Record<string, unknown>[] {
  return findMessages(sim, query).map(ledgerEntry);
}

/** The chat as it stands on the customer's phone. */
export function listChat(
  sim: Simulation,
  chat: { phone_number_id: string; customer: string },
): Record<string, unknown>[] {
  return findMessages(sim, { ...chat, direction: 'all' })
    .filter(isOnPhone)
    .map(ledgerEntry);
}

/** Whether the customer can see it: what was only accepted, or failed, never reached the phone. */
function isOnPhone(message: StoredMessage): boolean {
  if (message.direction === 'inbound') return true;
  const reached = message.type === 'reaction' ? ['sent'] : ['delivered', 'read'];
  return message.statuses.some((one) => reached.includes(one.status));
}

/** One line per customer and number that have written to each other, newest first. */
export function listChats(
  sim: Simulation,
  query: { customer?: string; phone_number_id?: string },
): Record<string, unknown>[] {
  const chats = new Map<string, { last: StoredMessage; unread: number }>();
  for (const message of Object.values(sim.state.messages)) {
    if (!isOnPhone(message)) continue;
    if (query.customer !== undefined && message.customer !== query.customer) continue;
    if (query.phone_number_id !== undefined && message.phone_number_id !== query.phone_number_id) continue;
    const key = `${message.phone_number_id}:${message.customer}`;
    const isUnread = message.direction === 'outbound' && message.statuses.at(-1)?.status === 'delivered';
    chats.set(key, { last: message, unread: (chats.get(key)?.unread ?? 0) + (isUnread ? 1 : 0) });
  }
  const found = [...chats.values()].sort((a, b) => b.last.at - a.last.at);
  return found.map(({ last, unread }) => {
    const number = sim.state.numbers[last.phone_number_id];
    const end = windowEnd(sim, last.phone_number_id, last.customer);
    return {
      phone_number_id: last.phone_number_id,
      customer: last.customer,
      verified_name: number?.verified_name ?? '',
      formatted: number ? formatNumber(number.display_phone_number) : '',
      unread,
      last_message: ledgerEntry(last),
      window_closes_at: end === null ? null : new Date(end).toISOString(),
    };
  });
}
