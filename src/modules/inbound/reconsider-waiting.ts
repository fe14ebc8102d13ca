/**
 * Who waits in triage, and whose phone or user id is learnt later, may be somebody whom the rules know: a renter who wrote under a user id
 * alone, and perhaps has even chosen a landlord under it. Then everything that waits of theirs goes where their next message would go.
 * What must stay true: the caller has met the contact in this transaction, so nobody else moves or adds to what waits.
 */
import type { Json } from '../../graph-api/json.ts';
import { giveWaiting, listChoices, listWaiting, noteReason } from '../conversations/give-waiting.ts';
import type { Contact } from '../crm/contract.ts';
import type { RouteDecision } from '../routing/contract.ts';
import { routeMessage, type ReceivingNumber } from '../routing/route-message.ts';
import { findNumber } from '../waba/find-number.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { findAnswer, isUndecided, saidIn } from './ask-whom.ts';

/** Whether it went to somebody: then the contact is another agent's customer than before. */
export async function reconsiderWaiting(tx: Tx, contact: Contact): Promise<boolean> {
  const waiting = contact.customers.find(({ agentId }) => agentId === null);
  if (!contact.isBetterKnown || !waiting) return false;
  const { customerId } = waiting;
  for (const { phoneNumberId, reason: before } of await listWaiting(tx, customerId)) {
    const number = await findNumber(tx, phoneNumberId);
    if (!number) continue;
    const { chosen, reason } = await decideAnew(tx, number, { contact, customerId });
    if (chosen) {
      const why = `It waited until WhatsApp told who the sender is. ${reason}`;
      await giveWaiting(tx, { contactId: contact.id, agentId: chosen.agentId, why });
      return true;
    }
    // Why they waited counts again when they are unblocked.
    if (reason !== before && reason !== 'blocked')
      await noteReason(tx, { customerId, phoneNumberId, reason });
  }
  return false;
}

/** What the rules say now, or else what the sender has said already. */
async function decideAnew(
  tx: Tx,
  number: ReceivingNumber,
  { contact, customerId }: { contact: Contact; customerId: number },
): Promise<RouteDecision> {
  const routed = await routeMessage(tx, number, contact);
  if (!isUndecided(routed)) return routed;
  for (const payload of await listChoices(tx, customerId, number.phoneNumberId)) {
    const said = saidIn({ type: 'interactive', text: '', payload: payload as Json });
    const answered = await findAnswer(tx, { number }, { contact, routed, said });
    if (answered) return answered;
  }
  return routed;
}
