/**
 * The letters that confirm an address or set a new password. The token is made when the letter is written and only its hash is kept, so
 * a job carries no secret. A letter that is tried again has a new link; the ones before it stay good until one is used.
 */
import type { App } from '../../app.ts';
import { asClaimer, asUser, type Tx } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { newToken } from '../../platform/ids.ts';
import type { Letter } from '../../platform/mail.ts';
import { auditAccount } from './audit-account.ts';
import type { AccountLink, Actor, LinkPurpose } from './contract.ts';
import { findUserByEmail } from './find-start.ts';
import { hashToken } from './open-session.ts';
import { handOverAccountLink, insertAccountLink, type Addressee } from './queries/account-links.ts';
import { deleteSecondFactor } from './queries/second-factor.ts';

/** The job that writes a letter and hands it to the mail server; see jobs.ts. */
export const LETTER_JOB = 'auth.mail-account-link';

/** What the job is told. Nobody's letter (`user_id` null) is written too, as nothing: asking takes as long for any address. */
export type LetterPayload = { user_id: string | null; purpose: LinkPurpose };

/** Hours that a link lives, and where it leads. The token is in the fragment, which no server sees. */
const links = {
  verify_email: { hours: 72, path: '/verify-email' },
  reset_password: { hours: 1, path: '/reset-password' },
} as const;

function newLink(app: App, purpose: LinkPurpose) {
  const token = newToken();
  const { hours, path } = links[purpose];
  return { hours, tokenHash: hashToken(token), url: `${app.config.publicUrl}${path}#${token}` };
}

/** Whether letters reach mailboxes; otherwise an owner hands links over. */
export function sendsMail(app: Pick<App, 'mailer'>): boolean {
  return app.mailer?.reachesInboxes ?? false;
}

/** Has a letter written when this transaction commits. */
export function mailAccountLink(app: App, tx: Tx, letter: LetterPayload): void {
  if (app.mailer) tx.enqueue(LETTER_JOB, letter);
}

/** Has the letter written that confirms an address. Whoever is verified already gets none. */
export function mailVerification(app: App, tx: Tx, userId: string): void {
  mailAccountLink(app, tx, { user_id: userId, purpose: 'verify_email' });
}

/** Writes a letter and hands it in. Nothing for whoever is gone, disabled or already verified. Throws what the mailer throws. */
export async function sendAccountLink(app: App, { user_id: userId, purpose }: LetterPayload): Promise<void> {
  const { mailer } = app;
  if (!mailer || userId === null) return;
  const { url, ...link } = newLink(app, purpose);
  const to = await asClaimer(app, (tx) => insertAccountLink(tx, { userId, purpose, ...link }));
  if (to) await mailer.send(writeLetter(app.config.brandName, { purpose, to, url }));
}

/** A link that an owner hands to somebody of their organization. Throws 404 when that is not theirs to do, or nothing is left to verify. */
export async function showAccountLink(
  app: App,
  actor: Actor,
  { userId, purpose }: { userId: string; purpose: LinkPurpose },
): Promise<AccountLink> {
  const { url, ...link } = newLink(app, purpose);
  const to = await asUser(app, actor, async (tx) => {
    const person = await handOverAccountLink(tx, { userId, purpose, ...link });
    if (!person) throw notFound('person to make this link for');
    await auditAccount(tx, 'account.link-shown', { userId, name: person.name });
    return person;
  });
  const expiresAt = new Date(app.clock.now().getTime() + link.hours * 3_600_000);
  return { link: url, expires_at: expiresAt.toISOString(), ...to };
}

/**
 * A link for a new password, for whoever runs the install: the way back in when nobody else can help. `withoutSecondFactor` removes
 * that too. Null when nobody has this email.
 */
export async function makeRecoveryLink(
  app: App,
  email: string,
  { withoutSecondFactor }: { withoutSecondFactor: boolean },
): Promise<string | null> {
  const person = await findUserByEmail(app, email);
  if (!person) return null;
  if (withoutSecondFactor) await asUser(app, person, (tx) => deleteSecondFactor(tx, person.userId));
  const { url, ...link } = newLink(app, 'reset_password');
  const asked = { userId: person.userId, purpose: 'reset_password', ...link } as const;
  return (await asClaimer(app, (tx) => insertAccountLink(tx, asked))) && url;
}

/** Pure. */
function writeLetter(
  brand: string,
  { purpose, to, url }: { purpose: LinkPurpose; to: Addressee; url: string },
): Letter {
  if (purpose === 'verify_email')
    return {
      to: to.email,
      subject: `Confirm your email for ${brand}`,
      paragraphs: [`Hello ${to.name},`, `please confirm that this address is yours.`],
      link: { label: 'Confirm this address', url },
      notes: ['The link is good for three days. If you have no account there, do nothing.'],
    };
  return {
    to: to.email,
    subject: `Set a new password for ${brand}`,
    paragraphs: [
      `Hello ${to.name},`,
      `somebody, probably you, wants to set a new password for your account.`,
    ],
    link: { label: 'Set a new password', url },
    notes: [
      'The link is good for an hour and works once. If it was not you, do nothing: your password stays as it is.',
    ],
  };
}
