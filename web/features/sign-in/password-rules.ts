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
