/**
 * How many guesses are taken, and from whom. They are counted in the database, so that a restart forgets none and several processes
 * count together, and before they are looked at, so that a thousand at once are as few as a thousand in a row.
 *
 * An account takes five wrong passwords, then one after 15 seconds, 30, a minute …: at most ten in any 15 minutes, 24 a day when somebody
 * goes on and on. What is counted is the email that was typed, whether or not anybody has it. A browser in which the person has
 * signed in before counts for itself, so whoever guesses from elsewhere cannot lock them out; a new password unlocks too.
 */
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import { networkOf } from '../../platform/network-of.ts';
import { tooManyGuesses } from './errors.ts';
import { claimGuess, forgetGuesses, refundGuess } from './queries/guess-limits.ts';

/** One count. The names of the waits are read by app.claim_guess; they are seconds. */
export type GuessLimit = {
  scope: 'account' | 'device' | 'address' | 'person' | 'letter' | 'letters-from' | 'key';
  /** Whose guesses: an email, a device, an address, a user. Only a hash of it is kept. */
  subject: string;
  /** The first that many come without a wait. */
  free: number;
  /** After the last free one; doubles with each further one. */
  first_wait: number;
  longest_wait: number;
  /** Without a guess for so long, the count begins anew. */
  forget_after: number;
};

const HOUR = 3600;
/** 5 at once, the 11th after 15 + 30 + 60 + 120 + 240 + 480 = 945 seconds. */
const passwords = { free: 5, first_wait: 15, longest_wait: HOUR, forget_after: 24 * HOUR };

/** Guesses at the password of whoever has this email, if anybody. */
export const accountLimit = (email: string): GuessLimit => ({
  scope: 'account',
  subject: email,
  ...passwords,
});

/** The same, from a browser in which this person has signed in before. */
export const deviceLimit = (userId: string, device: string): GuessLimit => ({
  scope: 'device',
  subject: `${userId} ${device}`,
  ...passwords,
});

/** Guesses of somebody who is signed in, at their own password or code. */
export const personLimit = (userId: string): GuessLimit => ({
  scope: 'person',
  subject: userId,
  ...passwords,
});

/** Everything that comes from one address: many people may share it, so it takes more. */
export const addressLimit = (address: string): GuessLimit => ({
  scope: 'address',
  subject: networkOf(address),
  free: 100,
  first_wait: 60,
  longest_wait: 900,
  forget_after: 900,
});

/** Letters to one mailbox: nobody's may be flooded. */
export const letterLimit = (email: string): GuessLimit => ({
  scope: 'letter',
  subject: email,
  free: 3,
  first_wait: 300,
  longest_wait: HOUR,
  forget_after: 24 * HOUR,
});

/** Letters that one address asked for. */
export const lettersFromLimit = (address: string): GuessLimit => ({
  scope: 'letters-from',
  subject: networkOf(address),
  free: 20,
  first_wait: 60,
  longest_wait: 900,
  forget_after: 900,
});

/** Keys that are not known. Apart from sign-ins: a forgotten program must not keep its whole office from signing in. */
export const keyLimit = (address: string): GuessLimit => ({
  scope: 'key',
  subject: networkOf(address),
  free: 30,
  first_wait: 15,
  longest_wait: 900,
  forget_after: 900,
});

/** A guess that was counted. Whoever says nothing of it leaves it counted as wrong. */
export type Guess = {
  /** It was right: what counts for the person begins anew; what others share takes this one back. */
  succeed(): Promise<void>;
  /** It was none: the machine was busy, or the code is still to come. */
  withdraw(): Promise<void>;
};

/**
 * Counts a guess before it is looked at. Throws `auth.too_many_guesses` (429).
 * @param limits `own` begins anew with the right answer; `shared` only takes this guess back
 */
export async function takeGuess(
  app: Pick<App, 'databases'>,
  { own, shared }: { own?: GuessLimit; shared?: GuessLimit },
): Promise<Guess> {
  const [ours, others] = [own ? [own] : [], shared ? [shared] : []];
  const limits = [...ours, ...others];
  const wait = await asGuest(app, (tx) => claimGuess(tx, limits));
  if (wait > 0) throw tooManyGuesses(wait);
  return {
    succeed: () =>
      asGuest(app, async (tx) => {
        await forgetGuesses(tx, ours);
        await refundGuess(tx, others);
      }),
    withdraw: () => asGuest(app, (tx) => refundGuess(tx, limits)),
  };
}

/** What says that a guess was wrong. Anything else that is thrown says that there was none. */
const WRONG = new Set([
  'auth.sign_in_refused',
  'auth.password_refused',
  'auth.code_refused',
  'auth.link_not_valid',
]);

/** Looks at a guess that was counted, and says what became of it. */
export async function settleGuess<T>(guess: Guess, check: () => Promise<T>): Promise<T> {
  try {
    const found = await check();
    await guess.succeed();
    return found;
  } catch (error) {
    if (!(error instanceof AppError) || !WRONG.has(error.code)) await guess.withdraw();
    throw error;
  }
}
