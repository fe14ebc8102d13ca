/**
 * Access tokens: short-lived, signed with the session secret, checked for algorithm, type, issuer, audience and expiry. A valid token
 * is not enough: every request also asks whether its session still lives.
 */
import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import type { Clock } from '../../platform/clock.ts';
import { isUuid } from '../../platform/ids.ts';

/** Seconds that an access token lives. */
export const ACCESS_TOKEN_SECONDS = 600;

const ISSUER = 'switchboard';
const AUDIENCE = 'switchboard-api';
const TYPE = 'at+jwt';
const ALGORITHM = 'HS256';

/** The key that signs access tokens, derived from the session secret. */
export function accessTokenKey(sessionSecret: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', sessionSecret, '', 'switchboard access tokens', 32)));
}

/** Whom a token names. */
export type TokenSubject = { userId: string; sessionId: string };

/** Signs a token for one session. */
export function issueAccessToken(key: KeyObject, subject: TokenSubject, clock: Clock): Promise<string> {
  const now = Math.floor(clock.now().getTime() / 1000);
  return new SignJWT({ sid: subject.sessionId })
    .setProtectedHeader({ alg: ALGORITHM, typ: TYPE })
    .setSubject(subject.userId)
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + ACCESS_TOKEN_SECONDS)
    .sign(key);
}

/** Whom a token names, or null when it is not one of ours, altered, of another kind or expired. */
export async function readAccessToken(
  key: KeyObject,
  token: string,
  clock: Clock,
): Promise<TokenSubject | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      typ: TYPE,
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['exp', 'sub', 'sid'],
      currentDate: clock.now(),
    });
    const { sub, sid } = payload;
    if (typeof sub !== 'string' || typeof sid !== 'string' || !isUuid(sub) || !isUuid(sid)) return null;
    return { userId: sub, sessionId: sid };
  } catch {
    // Every fault of a token means the same to its bearer: not signed in.
    return null;
  }
}
