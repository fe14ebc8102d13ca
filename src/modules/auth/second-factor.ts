/**
 * Checking the second factor: the code of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds, as every app has them), or
 * a recovery code. Each counts once. The caller has counted the guess.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { App } from '../../app.ts';
import type { SecretPlace } from '../../platform/crypto/secret-box.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { codeRefused, codeRequired } from './errors.ts';
import { claimRecoveryCode, claimTotpStep, findSecondFactor } from './queries/second-factor.ts';

const PERIOD_SECONDS = 30;
/** Steps before and after now that are taken: clocks differ, and typing takes time. */
const WINDOW = 1;
const RECOVERY_CODES = 10;
/** Crockford's 32: no letter that looks like a digit. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Where a person's secret is sealed. */
export function totpPlace(userId: string): SecretPlace {
  return { table: 'user_totp', rowId: userId, column: 'secret' };
}

/** The TOTP of a secret in base32. */
export function totpOf(secret: string, labels: { issuer?: string; label?: string } = {}): TOTP {
  return new TOTP({ ...labels, secret: Secret.fromBase32(secret), period: PERIOD_SECONDS });
}

/** The time step whose code it is, or null. Pure. */
export function findStep(secret: string, code: string, now: Date): number | null {
  const timestamp = now.getTime();
  const delta = totpOf(secret).validate({ token: code, timestamp, window: WINDOW });
  return delta === null ? null : Math.floor(timestamp / 1000 / PERIOD_SECONDS) + delta;
}

/** Ten codes for whoever loses their device, of 80 random bits each: `abcd-efgh-jkmn-pqrs`. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () =>
    [...randomBytes(16)]
      .map((byte) => ALPHABET.charAt(byte & 31))
      .join('')
      .replace(/(.{4})(?=.)/g, '$1-'),
  );
}

/** What is stored of a recovery code; how it was typed does not matter. */
export function hashRecoveryCode(code: string): Buffer {
  const read = code.toLowerCase().replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return createHash('sha256')
    .update(read.replaceAll(/[^a-z0-9]/g, ''))
    .digest();
}

/** Whose code it is, and the status of an answer that wants or refuses one. */
export type PresentedCode = { userId: string; code: string | undefined; status: 401 | 403 };

/**
 * Nothing to do for somebody without a second factor. Throws `auth.code_required` without a code, `auth.code_refused` for one that is
 * wrong or was used; `status` is theirs. Uses the code up when the transaction commits.
 */
export async function checkSecondFactor(
  app: Pick<App, 'secretBox' | 'clock'>,
  tx: Tx,
  { userId, code, status }: PresentedCode,
): Promise<void> {
  const factor = await findSecondFactor(tx, userId);
  if (!factor?.enabledAt) return;
  const typed = code?.trim() ?? '';
  if (typed === '') throw codeRequired(status);
  if (!(await claimCode(app, tx, { userId, typed, sealed: factor.secret }))) throw codeRefused(status);
}

async function claimCode(
  app: Pick<App, 'secretBox' | 'clock'>,
  tx: Tx,
  { userId, typed, sealed }: { userId: string; typed: string; sealed: string },
): Promise<boolean> {
  const digits = typed.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(digits)) return claimRecoveryCode(tx, userId, hashRecoveryCode(typed));
  const step = findStep(app.secretBox.open(sealed, totpPlace(userId)), digits, app.clock.now());
  return step !== null && claimTotpStep(tx, userId, step);
}
