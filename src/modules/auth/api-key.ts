/**
 * The text of an API key: `sb_`, 43 random characters, 6 of a checksum. 256 random bits cannot be guessed, so a plain hash is enough
 * to store; prefix and checksum let scanners of code and logs know one when they see it, and spare the database what is mistyped.
 * Pure.
 */
import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';

const PREFIX = 'sb_';
const SHAPE = /^sb_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** A number in 62 digits, which no program that splits text into words splits. */
function inDigits(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = (DIGITS[Number(rest % 62n)] ?? '') + text;
  return text;
}

const checksum = (secret: string) => inDigits(BigInt(crc32(secret)), 6);

/** A new key. It is shown once and kept nowhere. */
export function newApiKey(): string {
  const secret = inDigits(BigInt(`0x${randomBytes(32).toString('hex')}`), 43);
  return `${PREFIX}${secret}${checksum(secret)}`;
}

/** Whether a bearer token claims to be a key; access tokens never begin so. */
export function looksLikeApiKey(token: string): boolean {
  return token.startsWith(PREFIX);
}

/** What is stored of a key; null for what was never given out. */
export function hashApiKey(key: string): Buffer | null {
  const [, secret, sum] = SHAPE.exec(key) ?? [];
  if (secret === undefined || sum !== checksum(secret)) return null;
  return createHash('sha256').update(key).digest();
}

/** Enough of a key to recognise it by. */
export function hintOfApiKey(key: string): string {
  return `${key.slice(0, 7)}…${key.slice(-4)}`;
}
