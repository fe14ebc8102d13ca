/** Confirming one's own address. Nobody is kept from working until then; only routing by recent activity waits for it. */
import type { App } from '../../app.ts';
import { asGuest, asUser } from '../../platform/db/tx.ts';
import type { Caller } from './caller.ts';
import type { Actor, VerificationAnswer } from './contract.ts';
import { accountLinkUsed, noMail } from './errors.ts';
import { addressLimit, lettersFromLimit, letterLimit, settleGuess, takeGuess } from './guess-limits.ts';
import { hashToken } from './open-session.ts';
import { findMyCredentials } from './queries/credentials.ts';
import { verifyEmailByLink } from './queries/account-links.ts';
import { mailVerification, sendsMail, showAccountLink } from './send-account-link.ts';

/** Throws `auth.link_not_valid` (400) for a link that was used, is too old, or whose address is no longer the person's. */
export async function verifyEmail(app: App, token: string, caller: Caller): Promise<void> {
  const guess = await takeGuess(app, { shared: addressLimit(caller.address) });
  await settleGuess(guess, async () => {
    if (!(await asGuest(app, (tx) => verifyEmailByLink(tx, hashToken(token))))) throw accountLinkUsed();
  });
}

/**
 * Sends the letter again; where no mail is sent, an owner sees the link. Throws `auth.no_mail` for others there,
 * `auth.too_many_guesses` when letters were just sent, 404 when the address is confirmed already.
 */
export async function requestVerification(
  app: App,
  actor: Actor,
  caller: Caller,
): Promise<VerificationAnswer> {
  if (!sendsMail(app)) {
    if (!actor.isOwner) throw noMail();
    const { link } = await showAccountLink(app, actor, { userId: actor.userId, purpose: 'verify_email' });
    return { sent: false, link };
  }
  const mine = await asUser(app, actor, findMyCredentials);
  await takeGuess(app, {
    own: letterLimit(mine?.email ?? actor.userId),
    shared: lettersFromLimit(caller.address),
  });
  await asUser(app, actor, (tx) => {
    mailVerification(app, tx, actor.userId);
    return Promise.resolve();
  });
  return { sent: true, link: null };
}
