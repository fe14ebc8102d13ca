/** Whether a conversation may be written into: the 24-hour customer service window and the customer's consent, for the module that sends. */
import type { Tx } from '../../platform/db/tx.ts';
import { findOptedOut, type ListedConversation } from './queries/conversations.ts';
import { refusesMessages, windowClosesAt } from './rules.ts';

/** Whether the customer asked not to be written to and has not written since. */
export async function isOptedOut(
  tx: Tx,
  { id, last_inbound_at }: Pick<ListedConversation, 'id' | 'last_inbound_at'>,
): Promise<boolean> {
  const optedOut = await findOptedOut(tx, [id]);
  return refusesMessages(optedOut.get(id) ?? null, last_inbound_at);
}

/** Until when free text may be sent; null when the window is closed. */
export function closesWindowAt(conversation: ListedConversation, now: Date): Date | null {
  return windowClosesAt(conversation.last_inbound_at, now);
}
