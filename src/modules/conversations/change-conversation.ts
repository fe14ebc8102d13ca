/** What people do to a conversation as a whole: mark it read, archive it, block it. Every screen that shows it is told. */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { Conversation, ConversationPatch, ConversationStatus } from './contract.ts';
import { setRead, setStatus, type ConversationRow } from './queries/conversations.ts';
import { describeConversation, getConversationRow } from './read-inbox.ts';
import { reasonOfBlock } from './rules.ts';

/** Tells the screens that a conversation is not what they show. */
export function publishUpdate(
  tx: Tx,
  conversation: Pick<ConversationRow, 'id' | 'agent_id' | 'assignee_id'>,
): void {
  tx.publish({
    type: 'conversation.updated',
    agentId: conversation.agent_id,
    assigneeId: conversation.assignee_id,
    data: { conversation_id: conversation.id },
  });
}

/** Tells owners' screens that triage is not what they show. */
export function publishTriage(tx: Tx): void {
  tx.publish({ type: 'triage.changed', agentId: null, assigneeId: null, data: {} });
}

/** Nothing is unread any more. Throws 404. Doing it twice changes nothing. */
export function markRead(app: App, actor: Actor, id: string): Promise<Conversation> {
  return asUser(app, actor, async (tx) => {
    const row = await getConversationRow(tx, actor, id);
    if (await setRead(tx, id)) publishUpdate(tx, row);
    return describeConversation(app, tx, { ...row, unread_count: 0 });
  });
}

/** Throws 404; 400 `conversations.reason_without_block`. */
export function changeConversation(
  app: App,
  actor: Actor,
  id: string,
  patch: ConversationPatch,
): Promise<Conversation> {
  return asUser(app, actor, async (tx) => {
    const row = await getConversationRow(tx, actor, id);
    const status = patch.status ?? row.status;
    const blockReason = reasonOfBlock(status, patch.reason);
    const isNews = status !== row.status || (blockReason !== null && blockReason !== row.blocked_reason);
    if (!isNews) return describeConversation(app, tx, row);
    await setStatus(tx, id, { status: status as ConversationStatus, blockReason });
    publishUpdate(tx, row);
    const changed = await describeConversation(app, tx, await getConversationRow(tx, actor, id));
    const isBlocked = status === 'blocked';
    if (isBlocked || row.status === 'blocked')
      await recordAudit(tx, {
        action: isBlocked ? 'conversation.blocked' : 'conversation.unblocked',
        subject: { kind: 'conversation', id, name: changed.customer.name },
        details: blockReason === null ? {} : { reason: blockReason },
      });
    return changed;
  });
}
