/**
 * What waits in triage goes to the agent whom the sender has named, or whom the rules find now. Runs inside the transaction of what was
 * told. What must stay true: nothing else in that transaction works with what waits, because its rows go elsewhere.
 */
import type { Tx } from '../../platform/db/tx.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { publishTriage } from './change-conversation.ts';
import { exclusivelyWaiting } from './queries/homes.ts';
import { changeReason, giveWaiting as give } from './queries/waiting.ts';

export { listChoices, listWaiting } from './queries/waiting.ts';

/** Does nothing when nothing waits. `why` is kept with the decisions. */
export async function giveWaiting(
  tx: Tx,
  given: { contactId: number; agentId: number; why: string },
): Promise<void> {
  exclusivelyWaiting(tx);
  const conversations = await give(tx, given);
  if (conversations.length === 0) return;
  await failpoint('triage.given');
  for (const { id, isNew } of conversations)
    tx.publish({
      type: isNew ? 'conversation.created' : 'conversation.updated',
      agentId: given.agentId,
      assigneeId: null,
      data: { conversation_id: id },
    });
  publishTriage(tx);
}

/** Somebody waits on a number for another reason than before. */
export async function noteReason(
  tx: Tx,
  waiting: { customerId: number; phoneNumberId: string; reason: string },
): Promise<void> {
  await changeReason(tx, waiting);
  publishTriage(tx);
}
