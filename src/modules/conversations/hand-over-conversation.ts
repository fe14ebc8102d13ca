/**
 * Gives the customer of a conversation to a colleague for good: everything that they and the agent wrote, on every number, with files and
 * orders. From then on rule 1 finds the colleague. What must stay true: the former agent sees nothing of it any more, and both are told.
 */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { publishChange } from './change-message.ts';
import type { HandedOver, HandOverBody } from './contract-hand-over.ts';
import { findAgentNamed, handOver, type HandedOver as Handed } from './queries/hand-over.ts';
import { describeConversation, getConversationRow } from './read-inbox.ts';

function refusalOf(outcome: Handed['outcome'] | undefined): AppError | null {
  switch (outcome) {
    case 'handed_over':
      return null;
    case 'no_user':
      return notFound('user');
    case 'not_allowed':
      return new AppError(
        'conversations.not_yours_to_hand_over',
        403,
        'This conversation was assigned to you. Its agent or an owner decides whose it is.',
      );
    case 'theirs_already':
      return new AppError(
        'conversations.theirs_already',
        409,
        'This conversation is theirs already. Choose somebody else.',
      );
    case 'no_conversation':
    case undefined:
      return notFound('conversation');
  }
}

/** The screens of both agents, and of whoever it was assigned to. */
function tell(
  tx: Tx,
  { agent_id: giverId, conversation_id: id, merged_id: mergedId, notice_id: noticeId }: Handed,
  { takerId, assigneeId }: { takerId: number; assigneeId: string | null },
): void {
  const publish = (agentId: number | null, conversationId: string | null, type: string) =>
    tx.publish({ type, agentId, assigneeId, data: { conversation_id: conversationId } });
  publish(takerId, id, mergedId === null ? 'conversation.created' : 'conversation.updated');
  publish(giverId, mergedId ?? id, 'conversation.updated');
  if (id !== null && noticeId !== null)
    publishChange(tx, takerId, { conversationId: id, messageId: noticeId });
}

/**
 * For owners and the agent whose it is. Throws 404 for a conversation or a user that is not there, 403
 * `conversations.not_yours_to_hand_over`, 409 `conversations.theirs_already`.
 */
export function handOverConversation(
  app: App,
  actor: Actor,
  id: string,
  { user_id: userId }: HandOverBody,
): Promise<HandedOver> {
  return asUser(app, actor, async (tx) => {
    const row = await getConversationRow(tx, actor, id);
    const { customer } = await describeConversation(app, tx, row);
    const handed = await handOver(tx, row.id, userId);
    const refusal = refusalOf(handed[0]?.outcome);
    if (refusal) throw refusal;
    const taker = await findAgentNamed(tx, userId);
    if (!taker) throw notFound('user');
    await recordAudit(tx, {
      action: 'conversation.handed-over',
      subject: { kind: 'conversation', id: row.id, name: customer.name },
      details: { from: row.agent_name ?? '', to: taker.name, conversations: handed.length },
    });
    for (const one of handed) tell(tx, one, { takerId: taker.id, assigneeId: row.assignee_id });
    const asked = handed.find((one) => (one.merged_id ?? one.conversation_id) === row.id);
    return {
      user_id: userId,
      agent_id: taker.id,
      conversation_id: asked?.conversation_id ?? row.id,
      conversation_ids: handed.flatMap((one) => one.conversation_id ?? []),
    };
  });
}
