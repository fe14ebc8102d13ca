/**
 * What must not happen on a screen that somebody left open: secrets shown, rights given, everything deleted. Such actions want that
 * the person has proven within minutes who they are. Refreshing a session does not count, and a program's key never does.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Actor } from './contract.ts';
import { signInAgain } from './errors.ts';

/** Minutes that a sign-in, or a password entered again, counts as recent. */
const RECENT_MINUTES = 5;

/** Throws `auth.sign_in_again` (401) when the last proof is older than five minutes; `POST /api/v1/auth/reauthenticate` renews it. */
export function requireRecentSignIn(actor: Pick<Actor, 'authenticatedAt'>, clock: Clock): void {
  const since = actor.authenticatedAt?.getTime() ?? -Infinity;
  if (clock.now().getTime() - since > RECENT_MINUTES * 60_000) throw signInAgain();
}
