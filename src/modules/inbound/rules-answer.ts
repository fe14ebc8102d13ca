/** Whom an answer names, and where a message goes that is one. Pure. */
import { normalize } from '../crm/consent-words.ts';
import { ELSE_ROW, isLandlordRow, rowOf } from '../outbound/automatic-texts.ts';
import type { Landlord, RouteDecision, TriageReason } from '../routing/contract.ts';

/** What a message says, as far as it may be an answer. */
export type Said = { text: string; rowId: string | null };

/** Longer texts are no answers, whatever names are in them. */
const LONGEST_ANSWER = 60;

/** Whether a text names somebody: the whole name with little around it, or a part of it and nothing else. */
function names(said: readonly string[], name: string): boolean {
  const parts = normalize(name).split(' ').filter(Boolean);
  if (parts.length === 0) return false;
  return parts.every((part) => said.includes(part)) || said.every((word) => parts.includes(word));
}

/** The one landlord that is meant: by the row that was chosen, or by a name that fits nobody else. Null otherwise. */
export function decideAnswer<One extends { userId: string; name: string }>(
  landlords: readonly One[],
  said: Said,
): One | null {
  if (said.rowId !== null) return landlords.find(({ userId }) => rowOf(userId) === said.rowId) ?? null;
  if (said.text.length > LONGEST_ANSWER) return null;
  const words = normalize(said.text).split(' ').filter(Boolean);
  if (words.length === 0) return null;
  const named = landlords.filter(({ name }) => names(words, name));
  const [meant] = named;
  return meant && named.length === 1 ? meant : null;
}

/** The sender has named one who takes part. */
export function giveTo({ userId, agentId, name, lease }: Landlord, routed: RouteDecision): RouteDecision {
  const reason = 'The sender was asked who is meant, and said so.';
  return {
    ...routed,
    ...atLease(routed, true, reason),
    rule: 'lease',
    chosen: { userId, agentId, name },
    lease,
  };
}

/**
 * Where an answer goes when of those who were asked about only one is left. Named, that one has everything; but whoever names another, or
 * somebody else, does not write to who is left: it waits. Null when it is no answer.
 */
export function decideLate(
  landlords: readonly Landlord[],
  routed: RouteDecision,
  said: Said,
): RouteDecision | null {
  if (routed.rule !== 'lease' || !routed.chosen) return null;
  const [left, gone] = [
    landlords.filter(({ optedIn }) => optedIn),
    landlords.filter(({ optedIn }) => !optedIn),
  ];
  const meant = decideAnswer(left, said);
  if (meant) return giveTo(meant, routed);
  if (said.rowId === ELSE_ROW) return keepFor('several_landlords', routed);
  const namesAnother = said.rowId === null ? decideAnswer(gone, said) !== null : isLandlordRow(said.rowId);
  return namesAnother ? keepFor('landlord_not_opted_in', routed) : null;
}

function keepFor(reason: TriageReason, routed: RouteDecision): RouteDecision {
  const why = 'The sender was asked who is meant, and named somebody who does not take part.';
  return { ...routed, ...atLease(routed, false, why), rule: 'triage', reason, chosen: null, lease: null };
}

/** The rule of the lease has the last word, with what the answer makes of it. */
function atLease(
  { considered }: RouteDecision,
  decided: boolean,
  why: string,
): Pick<RouteDecision, 'reason' | 'considered'> {
  return {
    reason: why,
    considered: considered.map((one) => (one.rule === 'lease' ? { ...one, decided, why } : one)),
  };
}
