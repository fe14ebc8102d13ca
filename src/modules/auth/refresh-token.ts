/**
 * Refresh tokens: the session's id, so that a token used before is known to be one of it, and a secret that is used once. The next
 * secret follows from the last one and a key that only this install has: who asks twice, because an answer was lost or two
 * windows woke at once, gets the same one twice.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { isUuid } from '../../platform/ids.ts';

/** What a refresh token says, once it is taken apart. */
export type RefreshToken = { sessionId: string; secret: string };

/** As it is given out; `readRefreshToken` takes it apart. */
export function packRefreshToken({ sessionId, secret }: RefreshToken): string {
  return `${sessionId}.${secret}`;
}

/** Null for what was never given out. */
export function readRefreshToken(token: string): RefreshToken | null {
  const [sessionId = '', secret = '', ...more] = token.split('.');
  return isUuid(sessionId) && /^[A-Za-z0-9_-]{43}$/.test(secret) && more.length === 0
    ? { sessionId, secret }
    : null;
}

/** The secret that replaces one; the word keeps it apart from everything else that the key signs. */
export function nextSecret(key: KeyObject, { sessionId, secret }: RefreshToken): string {
  return createHmac('sha256', key).update(`refresh ${sessionId} ${secret}`).digest('base64url');
}
