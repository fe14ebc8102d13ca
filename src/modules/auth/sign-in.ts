/** Signing in by password or by a one-time link, staying signed in, and signing out. */
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import { newToken } from '../../platform/ids.ts';
import type { LoginBody, SessionAnswer } from './contract.ts';
import { linkUsed, sessionEnded, signInRefused } from './errors.ts';
import { describeSession, hashToken, openSession } from './open-session.ts';
import { isPassword } from './password.ts';
import { nextSecret, packRefreshToken, readRefreshToken } from './refresh-token.ts';
import {
  closeSession,
  findCredentials,
  insertSignInLink,
  rotateSession,
  redeemSignInLink,
} from './queries.ts';

/** Minutes that a sign-in link lives. */
const LINK_MINUTES = 60;

/** Throws `auth.sign_in_refused`, the same for everything that can be wrong. */
export async function signIn(app: App, body: LoginBody, userAgent: string | null): Promise<SessionAnswer> {
  const credentials = await asGuest(app, (tx) => findCredentials(tx, body.email.trim()));
  const matches = await isPassword(body.password, credentials?.passwordHash ?? null);
  if (!credentials || !matches) throw signInRefused();
  return openSession(app, credentials.userId, userAgent);
}

/** A link that signs its first user in, once. Null when nobody has that email. The token is in the fragment, which no server sees. */
export async function createSignInLink(app: App, email: string): Promise<string | null> {
  const token = newToken();
  const made = await asGuest(app, (tx) => insertSignInLink(tx, email, hashToken(token), LINK_MINUTES));
  return made ? `${app.config.publicUrl}/sign-in#${token}` : null;
}

/** Throws `auth.link_not_valid` when it was used or is too old. */
export async function signInByLink(
  app: App,
  token: string,
  userAgent: string | null,
): Promise<SessionAnswer> {
  const userId = await asGuest(app, (tx) => redeemSignInLink(tx, hashToken(token)));
  if (userId === null) throw linkUsed();
  return openSession(app, userId, userAgent);
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
