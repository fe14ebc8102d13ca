/**
 * The token of a one-time sign-in link comes in the URL's fragment, which no server sees. It is taken out of the address
 * at once, so that it stays in no history and no screenshot, and can be used one time.
 */
let token: string | null = null;

/** Takes the token out of the address and keeps it for `takeLinkToken`. */
export function catchLinkToken(hash: string): void {
  const value = hash.replace(/^#/u, '').trim();
  if (!value) return;
  token = value;
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
}

/** The caught token, one time. */
export function takeLinkToken(): string | null {
  const taken = token;
  token = null;
  return taken;
}

export function hasLinkToken(): boolean {
  return token !== null;
}
