/**
 * Applies what is said about a message after it was sent: reactions, edits, deletions. One that overtakes its message is parked and
 * applied when the message comes. Safe to run twice, in any order: message-changes.ts decides.
 */
import type { Tx } from '../../platform/db/tx.ts';
import { applyChange, type MessageChange } from './message-changes.ts';
import { findMessageHome, type MessageHome } from './queries/homes.ts';
import { lockContent, lockWamid, parkChange, updateContent } from './queries/later-content.ts';
import { findMessageKey } from './queries/messages.ts';

export type { MessageChange } from './message-changes.ts';

/** `target` is the message that the change is about. */
export async function changeMessage(
  tx: Tx,
  target: { organizationId: string; phoneNumberId: string; wamid: string },
  change: MessageChange,
): Promise<'applied' | 'parked'> {
  await lockWamid(tx, target.phoneNumberId, target.wamid);
  const stored = await findStored(tx, target);
  if (!stored) {
    await parkChange(tx, target, change);
    return 'parked';
  }
  await changeStored(tx, stored.home, { id: stored.messageId, changes: [change] });
  return 'applied';
}

/** Where a message that this number has had is stored. */
export async function findStored(
  tx: Tx,
  message: { phoneNumberId: string; wamid: string },
): Promise<{ messageId: number; home: MessageHome } | null> {
  const key = await findMessageKey(tx, message.phoneNumberId, message.wamid);
  if (!key) return null;
  const home = await findMessageHome(tx, key.agentId);
  return home && { messageId: key.messageId, home };
}

/** Changes a message that is stored; the screens that show it are told. */
export async function changeStored(
  tx: Tx,
  home: MessageHome,
  { id, changes }: { id: number; changes: MessageChange[] },
): Promise<void> {
  const stored = await lockContent(tx, home, id);
  if (!stored) return;
  const changed = changes.reduce(applyChange, stored);
  if (changed === stored) return;
  await updateContent(tx, home, { ...changed, id });
  if (stored.conversationId !== null)
    publishChange(tx, home.agentId, { conversationId: stored.conversationId, messageId: id });
}

/** Tells the screens that a message is not what they show. */
export function publishChange(
  tx: Tx,
  agentId: number | null,
  { conversationId, messageId }: { conversationId: string; messageId: number },
): void {
  tx.publish({
    type: 'message.changed',
    agentId,
    assigneeId: null,
    data: { conversation_id: conversationId, message_id: messageId },
  });
}
