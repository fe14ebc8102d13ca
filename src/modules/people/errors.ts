/** Why something about people was refused, in the words of whoever asked. */
import { AppError, notFound } from '../../platform/errors.ts';
import type { Removal } from './queries/people.ts';

/** The same for every reason, so that a guessed token tells nothing. */
export function invitationNotOpen(): AppError {
  return new AppError(
    'people.invitation_not_open',
    404,
    'This invitation has been used, withdrawn, or has expired. Ask whoever invited you for a new one.',
  );
}

/** For owners: they see everybody of their organization anyway. */
export function alreadyColleague(): AppError {
  return new AppError(
    'people.already_colleague',
    409,
    'Somebody with this address is in your organization already. Find them in the list of people.',
  );
}

/** Only whoever holds the link learns of it, and it opens only for who can read that mailbox or was given it. */
export function emailHasAccount(): AppError {
  return new AppError(
    'people.email_has_account',
    409,
    'This address has an account here already, and an address has one account. Sign in with it, or ask to be invited under another address.',
  );
}

/** Delivery by mail was asked for where no mail server is configured. */
export function mailNotSent(): AppError {
  return new AppError(
    'people.no_mail',
    409,
    'This install sends no mail. Ask for the link and hand it over yourself.',
  );
}

const refusals: Record<
  Exclude<Removal['outcome'], 'ok' | 'absent' | 'holds' | 'only_connection'>,
  [number, string]
> = {
  not_owner: [403, 'Only an owner of the organization may do this.'],
  not_admin: [403, 'Only an administrator of the install may change who is one.'],
  self: [409, 'You cannot do this to your own account. Ask another owner.'],
  last_owner: [409, 'Somebody must manage the organization: make a colleague an owner first.'],
  last_admin: [409, 'Somebody must run the install: make a colleague an administrator first.'],
  no_taker: [409, 'Choose a colleague of your organization who is not disabled to take over.'],
};

/** What to throw for an outcome of db/code/people.sql that is not `ok`. */
export function refusal(found: Pick<Removal, 'outcome'> & Partial<Removal>): AppError {
  const { outcome } = found;
  if (outcome === 'ok') throw new Error('Nothing was refused.');
  if (outcome === 'absent') return notFound('person');
  if (outcome === 'holds') {
    const { customers, conversations, renters } = found;
    return new AppError(
      'people.holds_customers',
      409,
      'This person has customers or renters. Choose a colleague who takes them over, or disable the account instead.',
      { customers: customers ?? 0, conversations: conversations ?? 0, renters: renters ?? 0 },
    );
  }
  if (outcome === 'only_connection')
    return new AppError(
      'people.only_connection',
      409,
      `Only this person's sign-in with Meta connects ${found.account_name ?? 'a WhatsApp account'}. Connect the account yourself first, then delete the person.`,
    );
  const [status, message] = refusals[outcome];
  return new AppError(`people.${outcome}`, status, message);
}
