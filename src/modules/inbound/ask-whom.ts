/**
 * On a central number, when somebody rents from several landlords who take part: asking whom they mean, and reading the answer. What must
 * stay true: an answer counts only for a landlord whom the sender may mean at this moment, whatever its id says; the question goes out
 * once in 24 hours; without an answer everything waits in triage, where an owner can assign it.
 */
import { objectAt, textAt } from '../../graph-api/json.ts';
import type { InboundMessage } from '../../graph-api/webhook/message-content.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { Contact } from '../crm/contract.ts';
import { isAsked } from '../outbound/is-asked.ts';
import { ELSE_ROW, landlordQuestion } from '../outbound/automatic-texts.ts';
import { findAddresses } from '../rentals/find-addresses.ts';
import type { Landlord, RouteDecision } from '../routing/contract.ts';
import { listLandlords, listMeantLandlords } from '../routing/list-meant-landlords.ts';
import type { Language } from '../crm/consent-words.ts';
import type { Place } from './claim-place.ts';
import { decideAnswer, decideLate, giveTo, type Said } from './rules-answer.ts';

export type { Said };

export function saidIn({ type, text, payload }: Pick<InboundMessage, 'type' | 'text' | 'payload'>): Said {
  const reply = type === 'interactive' ? objectAt(payload, 'list_reply') : null;
  return { text: type === 'text' ? text : '', rowId: reply && textAt(reply, 'id') };
}

export const isUndecided = ({ rule, reason }: { rule: string; reason: string }): boolean =>
  rule === 'triage' && reason === 'several_landlords';

/** The sender said by the list that it is for none of the landlords in it. */
export const isSomebodyElse = (said: Said): boolean => said.rowId === ELSE_ROW;

/**
 * Where the message goes because of what it says; null when it says nothing of the kind, or nobody had to choose. Also an answer that comes
 * when only one landlord is left: what waits is for them only if the answer says so.
 */
export async function findAnswer(
  tx: Tx,
  { number }: Pick<Place, 'number'>,
  { contact, routed, said }: { contact: Contact; routed: RouteDecision; said: Said },
): Promise<RouteDecision | null> {
  if (said.rowId === null && said.text === '') return null;
  const isLate = !isUndecided(routed);
  if (isLate && !(routed.rule === 'lease' && isWaiting(contact))) return null;
  const answer = isLate
    ? decideLate(await listLandlords(tx, contact), routed, said)
    : await chooseAmong(tx, { contact, routed, said });
  // A name is an answer only to somebody who has asked.
  if (!answer || (said.rowId === null && !(await isAsked(tx, contact.id, number.phoneNumberId)))) return null;
  return answer;
}

const isWaiting = ({ customers }: Contact): boolean => customers.some(({ agentId }) => agentId === null);

async function chooseAmong(
  tx: Tx,
  { contact, routed, said }: { contact: Contact; routed: RouteDecision; said: Said },
): Promise<RouteDecision | null> {
  const meant = decideAnswer(await listMeantLandlords(tx, contact), said);
  return meant && giveTo(meant, routed);
}

/** The question with every landlord whom the sender may mean. */
export async function composeQuestion(tx: Tx, contact: Contact, language: Language) {
  const landlords: Landlord[] = await listMeantLandlords(tx, contact);
  const addresses = await findAddresses(
    tx,
    landlords.map(({ lease }) => lease.propertyId),
  );
  return landlordQuestion(
    landlords.map(({ userId, name, lease }) => ({
      userId,
      name,
      property: addresses.get(lease.propertyId) ?? '',
    })),
    language,
  );
}
