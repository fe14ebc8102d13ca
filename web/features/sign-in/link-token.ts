/**
 * The token of a one-time link (signing in, joining, confirming an address, setting a password) comes in the URL's fragment, which no server
 * sees. It is taken out of the address at once, so that it stays in no history and no screenshot, and serves only the page it was for.
 */
export type LinkPage = '/sign-in' | '/reset-password' | '/verify-email' | '/invitation';

/** As the server's contract has it. */
const SHORTEST_TOKEN = 20;

let caught: { page: LinkPage; token: string } | null = null;

/** Takes the token out of the address and keeps it for its page. */
export function catchLinkToken(page: LinkPage, hash: string): void {
  const token = hash.replace(/^#/u, '').trim();
  if (!token) return;
  caught = { page, token };
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);
}

/** The caught token of a page, or null. */
export function keptLinkToken(page: LinkPage): string | null {
  return caught?.page === page ? caught.token : null;
}

/** The caught token of a page; null also when the link was cut off on its way, so that nobody fills in a form for nothing. */
export function wholeLinkToken(page: LinkPage): string | null {
  const token = keptLinkToken(page);
  return token !== null && token.length >= SHORTEST_TOKEN ? token : null;
}

/** The caught token of a page, one time. */
export function takeLinkToken(page: LinkPage): string | null {
  const token = keptLinkToken(page);
  if (token !== null) caught = null;
  return token;
}
