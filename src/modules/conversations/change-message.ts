/**
 * Applies what is said about a message after it was sent: reactions, edits, deletions, files. One that overtakes its message is parked and
 * applied when the message comes. Safe to run twice, in any order: message-changes.ts decides.
 */
import type { Tx } from '../../platform/db/tx.ts';
import { noteMedia, type FileOfMessage } from '../media/note-media.ts';
import { applyChange, isPlaceholder, type ChangeableMessage, type MessageChange } from './message-changes.ts';
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
  const id = stored.messageId;
  if (await changeStored(tx, stored.home, { id, changes: [change] })) return 'applied';
  const home = await findWhereMoved(tx, stored.home, target);
  if (home) await changeStored(tx, home, { id, changes: [change] });
  return 'applied';
}

/** Where a message went that is not where its key pointed a moment ago, because its customer was handed over; null when it is gone. */
export async function findWhereMoved(
  tx: Tx,
  from: MessageHome,
  message: { phoneNumberId: string; wamid: string },
): Promise<MessageHome | null> {
  const stored = await findStored(tx, message);
  return stored && stored.home.agentId !== from.agentId ? stored.home : null;
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

/** Changes a message that is stored; the screens that show it are told. False when it is not there. */
export async function changeStored(
  tx: Tx,
  home: MessageHome,
  { id, changes }: { id: number; changes: MessageChange[] },
): Promise<boolean> {
  const stored = await lockContent(tx, home, id);
  if (!stored) return false;
  const changed = changes.reduce(applyChange, stored);
  if (changed === stored) return true;
  const wasPlaceholder = isPlaceholder(stored);
  await fetchFileInForce(tx, { ...stored, messageId: id }, { wasPlaceholder, changed, changes });
  await updateContent(tx, home, { ...changed, id });
  if (stored.conversationId !== null)
    publishChange(tx, home.agentId, { conversationId: stored.conversationId, messageId: id });
  return true;
}

/** The file that is in force; of an edit that another overtook, and of what was deleted, there is nothing to show. */
async function fetchFileInForce(
  tx: Tx,
  message: FileOfMessage,
  {
    wasPlaceholder,
    changed,
    changes,
  }: { wasPlaceholder: boolean; changed: ChangeableMessage; changes: MessageChange[] },
): Promise<void> {
  const { edit: inForce, revoke } = changed.changes;
  if (revoke) return;
  for (const change of changes) {
    if (change.kind === 'edit' && change.file && change.wamid === inForce?.wamid)
      await noteMedia(tx, message, { ...change.file, sentAt: new Date(change.at) });
    // The ids of old files are made when the past is sent.
    if (change.kind === 'content' && change.file && wasPlaceholder && !inForce)
      await noteMedia(tx, message, { ...change.file, sentAt: null });
  }
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
