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
import { listMeantLandlords } from '../routing/list-meant-landlords.ts';
import type { Language } from '../crm/consent-words.ts';
import type { Place } from './claim-place.ts';
import { decideAnswer } from './rules-answer.ts';

/** What a message says, as far as it may be an answer. */
export type Said = { text: string; rowId: string | null };

export function saidIn({ type, text, payload }: Pick<InboundMessage, 'type' | 'text' | 'payload'>): Said {
  const reply = type === 'interactive' ? objectAt(payload, 'list_reply') : null;
  return { text: type === 'text' ? text : '', rowId: reply && textAt(reply, 'id') };
}

export const isUndecided = ({ rule, reason }: { rule: string; reason: string }): boolean =>
  rule === 'triage' && reason === 'several_landlords';

/** The sender said by the list that it is for none of the landlords in it. */
export const isSomebodyElse = (said: Said): boolean => said.rowId === ELSE_ROW;

/** Who gets the message because it says so; null when it says nothing of the kind, or nobody has to choose. */
export async function findAnswer(
  tx: Tx,
  { number }: Pick<Place, 'number'>,
  { contact, routed, said }: { contact: Contact; routed: RouteDecision; said: Said },
): Promise<RouteDecision | null> {
  if (!isUndecided(routed) || (said.rowId === null && said.text === '')) return null;
  const landlords = await listMeantLandlords(tx, contact);
  const meant = decideAnswer(landlords, said);
  if (!meant) return null;
  // A name is an answer only to somebody who has asked.
  if (said.rowId === null && !(await isAsked(tx, contact.id, number.phoneNumberId))) return null;
  const { userId, agentId, name, lease } = meant;
  const reason = 'The sender was asked who is meant, and said so.';
  return { ...routed, rule: 'lease', reason, chosen: { userId, agentId, name }, lease };
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
