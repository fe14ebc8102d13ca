/** What people do to a conversation as a whole: mark it read, archive it, block it. Every screen that shows it is told. */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import type { Conversation, ConversationPatch } from './contract.ts';
import { setRead, setStatus, type ConversationRow } from './queries/conversations.ts';
import { describeConversation, getConversationRow } from './read-inbox.ts';

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

export function markRead(app: App, actor: Actor, id: string): Promise<Conversation> {
  return asUser(app, actor, async (tx) => {
    const row = await getConversationRow(tx, actor, id);
    if (await setRead(tx, id)) publishUpdate(tx, row);
    return describeConversation(app, tx, { ...row, unread_count: 0 });
  });
}

export function changeConversation(
  app: App,
  actor: Actor,
  id: string,
  patch: ConversationPatch,
): Promise<Conversation> {
  return asUser(app, actor, async (tx) => {
    const row = await getConversationRow(tx, actor, id);
    const status = patch.status ?? row.status;
    if (status !== row.status && patch.status) {
      await setStatus(tx, id, patch.status);
      publishUpdate(tx, row);
    }
    return describeConversation(app, tx, { ...row, status });
  });
}
