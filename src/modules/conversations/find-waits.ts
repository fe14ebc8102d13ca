/** Which messages have not left because sending is paused for their account, and why it is. */
import type { Tx } from '../../platform/db/tx.ts';
import { findPause } from '../waba/read-health.ts';
import { listHeldMessages } from './queries/held.ts';
import type { MessageRow } from './queries/messages.ts';

type Sent = Pick<MessageRow, 'id' | 'status' | 'conversation_id' | 'phone_number_id'>;

const NO_REASON = 'The account is being connected again.';

/** A sentence for each message that waits, by its id. Asks nothing when all have left. */
export async function findWaits(tx: Tx, messages: Sent[]): Promise<ReadonlyMap<number, string>> {
  const open = messages.filter(({ status }) => status === 'queued' || status === 'sending');
  if (open.length === 0) return new Map();
  const held = await listHeldMessages(
    tx,
    open.flatMap((message) => message.conversation_id ?? []),
  );
  const waiting = open.filter(({ id }) => held.has(id));
  const reasons = new Map<string, string>();
  for (const number of new Set(waiting.map((message) => message.phone_number_id)))
    reasons.set(number, (await findPause(tx, number)) ?? NO_REASON);
  return new Map(waiting.map((message) => [message.id, reasons.get(message.phone_number_id) ?? NO_REASON]));
}
