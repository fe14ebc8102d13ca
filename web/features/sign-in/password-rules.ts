/** What makes a new password acceptable, in the person's words. Pure. */

export const shortestPassword = 10;
const longestPassword = 200;

/** What is wrong with a new password, or null. Length beats tricks: no rules about kinds of characters. */
export function faultOfPassword(password: string): string | null {
  if (password === '') return 'Choose a password.';
  if (password.length < shortestPassword) {
    const missing = shortestPassword - password.length;
    return `Use at least ${shortestPassword} characters: ${missing} more to go.`;
  }
  return password.length > longestPassword ? `Use at most ${longestPassword} characters.` : null;
}

/** 0 (nothing) to 4 (strong), by length and variety; only a hint. */
export function strengthOfPassword(password: string): number {
  if (password.length < shortestPassword) return password === '' ? 0 : 1;
  const distinct = new Set(password).size;
  if (distinct < 5) return 1;
  const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/u, /[^\p{L}\d]/u].filter((kind) => kind.test(password)).length;
  return Math.min(
    4,
    1 + (password.length >= 14 ? 1 : 0) + (password.length >= 18 ? 1 : 0) + (kinds >= 3 ? 1 : 0),
  );
}
