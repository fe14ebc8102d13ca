/**
 * Applies what is said about a message after it was sent: reactions, edits, deletions. One that overtakes its message is parked and
 * applied when the message comes. Safe to run twice, in any order: message-changes.ts decides.
 */
import type { Tx } from '../../platform/db/tx.ts';
import { applyChange, type MessageChange } from './message-changes.ts';
import { findAgentHome } from './queries/homes.ts';
import {
  findMessageKey,
  lockContent,
  lockWamid,
  parkChange,
  updateContent,
  type MessageHome,
} from './queries/messages.ts';

export type { MessageChange } from './message-changes.ts';

/** `target` is the message that the change is about. */
export async function changeMessage(
  tx: Tx,
  target: { organizationId: string; phoneNumberId: string; wamid: string },
  change: MessageChange,
): Promise<'applied' | 'parked'> {
  await lockWamid(tx, target.phoneNumberId, target.wamid);
  const key = await findMessageKey(tx, target.phoneNumberId, target.wamid);
  if (!key) {
    await parkChange(tx, target, change);
    return 'parked';
  }
  const home = key.agentId === null ? { agentId: null, home: 0 } : await findAgentHome(tx, key.agentId);
  if (home) await changeStored(tx, home, key.messageId, [change]);
  return 'applied';
}

/** Changes a message that is stored; the screens that show it are told. */
export async function changeStored(
  tx: Tx,
  home: MessageHome,
  messageId: number,
  changes: MessageChange[],
): Promise<void> {
  const stored = await lockContent(tx, home, messageId);
  if (!stored) return;
  const changed = changes.reduce(applyChange, stored);
  if (changed === stored) return;
  await updateContent(tx, home, { ...changed, id: messageId });
  if (stored.conversationId !== null)
    tx.publish({
      type: 'message.changed',
      agentId: home.agentId,
      assigneeId: null,
      data: { conversation_id: stored.conversationId, message_id: messageId },
    });
}
