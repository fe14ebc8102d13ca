/**
 * Lets a colleague answer a conversation, or takes it back. It stays where it is: customer and messages are its agent's, who goes on seeing
 * it; the assignee sees this one conversation and answers in it. What must stay true: whoever gains or loses it is told at once.
 */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { publishUpdate } from './change-conversation.ts';
import type { AssignBody, Conversation } from './contract.ts';
import { setAssignee } from './queries/conversations.ts';
import { describeConversation, getConversationRow } from './read-inbox.ts';
import { findColleagueName } from './queries/triage.ts';

async function assign(tx: Tx, id: string, userId: string | null): Promise<string | null> {
  const { outcome, before } = await setAssignee(tx, id, userId);
  if (outcome === 'no_user') throw notFound('user');
  if (outcome === 'no_conversation') throw notFound('conversation');
  if (outcome === 'not_allowed')
    throw new AppError(
      'conversations.not_yours_to_assign',
      403,
      'This conversation was assigned to you. You can give it back; its agent or an owner decides who else answers.',
    );
  return before;
}

/**
 * Owners and the agent whose it is may assign it, whom it is assigned to may give it back. Throws 404 for a conversation or a user that is
 * not there, 403 `conversations.not_yours_to_assign`.
 */
export function assignConversation(
  app: App,
  actor: Actor,
  id: string,
  { user_id: userId }: AssignBody,
): Promise<Conversation> {
  return asUser(app, actor, async (tx) => {
    const row = await getConversationRow(tx, actor, id);
    // Before, because who gives it back does not see it afterwards.
    const shown = await describeConversation(app, tx, row);
    const before = await assign(tx, id, userId);
    if (before !== userId) {
      await recordAudit(tx, {
        action: 'conversation.assigned',
        subject: { kind: 'conversation', id, name: shown.customer.name },
        details: { user_id: userId, was_with: before },
      });
      publishUpdate(tx, { ...row, assignee_id: userId });
      if (before !== null) publishUpdate(tx, { ...row, assignee_id: before });
    }
    return {
      ...shown,
      assignee_id: userId,
      assignee_name: userId === null ? null : await findColleagueName(tx, userId),
    };
  });
}
