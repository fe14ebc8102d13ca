/** Signing in by password or by a one-time link, staying signed in, and signing out. */
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import { newToken } from '../../platform/ids.ts';
import { NamedTurns, NoTurnLeft } from '../../platform/turns.ts';
import type { Caller } from './caller.ts';
import type { LoginBody, SessionAnswer, SignInLinkBody } from './contract.ts';
import { linkUsed, sessionEnded, signInBusy, signInRefused } from './errors.ts';
import { accountLimit, addressLimit, deviceLimit, settleGuess, takeGuess } from './guess-limits.ts';
import { describeSession, hashToken, openSession } from './open-session.ts';
import { isPassword, refuseWhenBusy } from './password.ts';
import { nextSecret, packRefreshToken, readRefreshToken } from './refresh-token.ts';
import { closeSession, insertSignInLink, redeemSignInLink, rotateSession } from './queries.ts';
import { findCredentials, rememberDevice, type Credentials } from './queries/credentials.ts';
import { checkSecondFactor } from './second-factor.ts';

/** Minutes that a sign-in link lives. */
const LINK_MINUTES = 60;

/** Who signs in ten times at once is one person: their right password must not run into the limit of guesses. */
const oneByOne = new NamedTurns({ mostWaiting: 40 });

/**
 * Throws `auth.sign_in_refused`, the same for everything that can be wrong; `auth.code_required` when the person has a second factor
 * and no code came; `auth.code_refused`; `auth.too_many_guesses` and `auth.busy` (429).
 */
export async function signIn(app: App, body: LoginBody, caller: Caller): Promise<SessionAnswer> {
  refuseWhenBusy();
  const userId = await oneByOne
    .take(body.email.trim().toLowerCase(), () => findByPassword(app, body, caller))
    .catch((error: unknown) => {
      throw error instanceof NoTurnLeft ? signInBusy() : error;
    });
  return openSessionOn(app, userId, caller);
}

async function findByPassword(app: App, body: LoginBody, caller: Caller): Promise<string> {
  const { device } = caller;
  const credentials = await asGuest(app, (tx) =>
    findCredentials(tx, body.email.trim(), device === null ? null : hashToken(device)),
  );
  const own =
    device !== null && credentials?.knowsDevice
      ? deviceLimit(credentials.userId, device)
      : accountLimit(body.email);
  const guess = await takeGuess(app, { own, shared: addressLimit(caller.address) });
  return settleGuess(guess, () => checkPassword(app, credentials, body));
}

async function checkPassword(app: App, credentials: Credentials | null, body: LoginBody): Promise<string> {
  const matches = await isPassword(body.password, credentials?.passwordHash ?? null);
  if (!credentials || !matches) throw signInRefused();
  const { userId } = credentials;
  await asGuest(app, (tx) => checkSecondFactor(app, tx, { userId, code: body.code, status: 401 }));
  return userId;
}

/** A link that signs its first user in, once. Null when nobody has that email. The token is in the fragment, which no server sees. */
export async function createSignInLink(app: App, email: string): Promise<string | null> {
  const token = newToken();
  const made = await asGuest(app, (tx) => insertSignInLink(tx, email, hashToken(token), LINK_MINUTES));
  return made ? `${app.config.publicUrl}/sign-in#${token}` : null;
}

/** Throws `auth.link_not_valid` when it was used or is too old. A link whose code is missing or wrong is not used up. */
export async function signInByLink(app: App, body: SignInLinkBody, caller: Caller): Promise<SessionAnswer> {
  const guess = await takeGuess(app, { shared: addressLimit(caller.address) });
  const userId = await settleGuess(guess, () =>
    asGuest(app, async (tx) => {
      const holder = await redeemSignInLink(tx, hashToken(body.token));
      if (holder === null) throw linkUsed();
      await checkSecondFactor(app, tx, { userId: holder, code: body.code, status: 401 });
      return holder;
    }),
  );
  return openSessionOn(app, userId, caller);
}

/** Opens a session in a browser or program that will count as known from now on. */
export async function openSessionOn(app: App, userId: string, caller: Caller): Promise<SessionAnswer> {
  const session = await openSession(app, userId, caller.userAgent);
  const { device } = caller;
  if (device !== null) await asGuest(app, (tx) => rememberDevice(tx, userId, hashToken(device)));
  return session;
}

/** Exchanges a refresh token for a new pair. Throws `auth.session_ended` when it is unknown, ended or was stolen. */
export async function refreshSession(app: App, refreshToken: string): Promise<SessionAnswer> {
  const token = readRefreshToken(refreshToken);
  if (!token) throw sessionEnded();
  const secret = nextSecret(app.accessTokenKey, token);
  const hashes = { presented: hashToken(token.secret), replacement: hashToken(secret) };
  const subject = await asGuest(app, (tx) => rotateSession(tx, token.sessionId, hashes));
  if (!subject) throw sessionEnded();
  return describeSession(app, subject, packRefreshToken({ sessionId: subject.sessionId, secret }));
}

/** Ends a session; its access token stops working at once. */
export async function signOut(app: App, sessionId: string): Promise<void> {
  await asGuest(app, (tx) => closeSession(tx, sessionId));
}
