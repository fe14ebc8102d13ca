/** Which messages have not left because sending is paused for their account, and why it is. */
import type { Tx } from '../../platform/db/tx.ts';
import { findPause } from '../waba/read-health.ts';
import { listHeldMessages } from './queries/held.ts';

type Sent = { id: number; status: string; conversationId: string | null; phoneNumberId: string };

const NO_REASON = 'The account is being connected again.';

/** A sentence for each message that waits, by its id. Asks nothing when all have left. */
export async function findWaits(tx: Tx, messages: Sent[]): Promise<ReadonlyMap<number, string>> {
  const open = messages.filter(({ status }) => status === 'queued' || status === 'sending');
  if (open.length === 0) return new Map();
  const held = await listHeldMessages(
    tx,
    open.flatMap(({ conversationId }) => conversationId ?? []),
  );
  const waiting = open.filter(({ id }) => held.has(id));
  const reasons = new Map<string, string>();
  for (const number of new Set(waiting.map(({ phoneNumberId }) => phoneNumberId)))
    reasons.set(number, (await findPause(tx, number)) ?? NO_REASON);
  return new Map(waiting.map(({ id, phoneNumberId }) => [id, reasons.get(phoneNumberId) ?? NO_REASON]));
}
