/** Whom an answer names. Pure. */
import { normalize } from '../crm/consent-words.ts';
import { rowOf } from '../outbound/automatic-texts.ts';

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
  said: { text: string; rowId: string | null },
): One | null {
  if (said.rowId !== null) return landlords.find(({ userId }) => rowOf(userId) === said.rowId) ?? null;
  if (said.text.length > LONGEST_ANSWER) return null;
  const words = normalize(said.text).split(' ').filter(Boolean);
  if (words.length === 0) return null;
  const named = landlords.filter(({ name }) => names(words, name));
  const [meant] = named;
  return meant && named.length === 1 ? meant : null;
}
