/** A forgotten password: a link by mail, and a new password for whoever has the link. What is answered tells nobody who has an account. */
import type { App } from '../../app.ts';
import { asGuest, asUser } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import { auditAccount } from './audit-account.ts';
import type { Caller } from './caller.ts';
import type { ResetPasswordBody } from './contract.ts';
import { accountLinkUsed } from './errors.ts';
import { findUserByEmail } from './find-start.ts';
import { addressLimit, letterLimit, lettersFromLimit, settleGuess, takeGuess } from './guess-limits.ts';
import { hashToken } from './open-session.ts';
import { hashPassword, refuseWhenBusy } from './password.ts';
import { refuseWeakPassword } from './password-strength.ts';
import { findAccount, findLinkHolder, resetPasswordByLink } from './queries/account-links.ts';
import { rememberDevice } from './queries/credentials.ts';
import { mailAccountLink } from './send-account-link.ts';

/**
 * Has a letter written, if anybody has this email. The same work is done and the same answer given for every address, also when a
 * mailbox has had its letters for now: they are there, and their links work. Throws `auth.too_many_guesses` for an address that
 * asks for too many.
 */
export async function forgotPassword(app: App, email: string, caller: Caller): Promise<void> {
  await takeGuess(app, { shared: lettersFromLimit(caller.address) });
  const mayWrite = await mailboxTakesMore(app, email);
  await asGuest(app, async (tx) => {
    const userId = await findAccount(tx, email);
    mailAccountLink(app, tx, { user_id: mayWrite ? userId : null, purpose: 'reset_password' });
  });
}

async function mailboxTakesMore(app: App, email: string): Promise<boolean> {
  try {
    await takeGuess(app, { own: letterLimit(email) });
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'auth.too_many_guesses') return false;
    throw error;
  }
}

/**
 * Sets the password of the link's person; their sessions end, wrong guesses at it are forgotten, and this browser counts as known.
 * Throws `auth.link_not_valid` (400), `auth.weak_password`: then the link is still good.
 */
export async function resetPassword(app: App, body: ResetPasswordBody, caller: Caller): Promise<void> {
  refuseWhenBusy();
  const tokenHash = hashToken(body.token);
  const guess = await takeGuess(app, { shared: addressLimit(caller.address) });
  await settleGuess(guess, async () => {
    const holder = await asGuest(app, (tx) => findLinkHolder(tx, tokenHash, 'reset_password'));
    if (!holder) throw accountLinkUsed();
    await refuseWeakPassword(body.password, holder);
    const passwordHash = await hashPassword(body.password);
    await asGuest(app, async (tx) => {
      const userId = await resetPasswordByLink(tx, tokenHash, passwordHash);
      if (userId === null) throw accountLinkUsed();
      if (caller.device !== null) await rememberDevice(tx, userId, hashToken(caller.device));
    });
    const person = await findUserByEmail(app, holder.email);
    if (person) await asUser(app, person, (tx) => auditAccount(tx, 'account.password-reset', person));
  });
}
