/** What waits in triage goes to the agent whom the sender has named. Runs inside the transaction of the message that named them. */
import type { Tx } from '../../platform/db/tx.ts';
import { giveWaiting as give } from './queries/waiting.ts';

/** Does nothing when nothing waits. `why` is kept with the decisions. */
export async function giveWaiting(
  tx: Tx,
  given: { contactId: number; agentId: number; why: string },
): Promise<void> {
  const conversations = await give(tx, given);
  if (conversations.length === 0) return;
  for (const { id, isNew } of conversations)
    tx.publish({
      type: isNew ? 'conversation.created' : 'conversation.updated',
      agentId: given.agentId,
      assigneeId: null,
      data: { conversation_id: id },
    });
  tx.publish({ type: 'triage.changed', agentId: null, assigneeId: null, data: {} });
}
