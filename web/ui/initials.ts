/** What an avatar shows, and in which of its eight colours. Pure. */

/** Up to two initials of a name; empty when it has no letter (a phone number, for instance). */
export function initialsOf(name: string): string {
  const words = name
    .normalize('NFC')
    .split(/[\s\-_.]+/u)
    .map((word) => /\p{L}/u.exec(word)?.[0])
    .filter((char) => char !== undefined);
  const first = words[0] ?? '';
  const last = words.length > 1 ? (words[words.length - 1] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

/** 0 to 7, always the same for the same key. */
export function colourIndex(key: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 16_777_619);
  return (hash ^ (hash >>> 15)) & 7;
}
