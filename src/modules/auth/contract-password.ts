/** What a new password must not be made of; the server refuses by it, the browser hints by it. Pure. */

/** Letters and digits that must remain when the person's own words are taken out. */
const LEAST_OF_OTHER = 6;

const fold = (text: string) => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** The words of three letters or more in a person's name, email and organization, the longest first. */
export function ownWordsOf(texts: readonly string[]): string[] {
  const found = fold(texts.join(' '))
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length >= 3);
  return [...new Set(found)].sort((one, other) => other.length - one.length);
}

/** Whether hardly anything is left of a password without these words. */
export function isMadeOf(password: string, words: readonly string[]): boolean {
  const folded = fold(password).replaceAll(/[^\p{L}\p{N}]/gu, '');
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), folded);
  return rest.length < folded.length && rest.length < LEAST_OF_OTHER;
}
