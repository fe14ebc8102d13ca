/** Turning a second factor on and off, and the recovery codes that go with it. */
import { Secret } from 'otpauth';
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { auditAccount } from './audit-account.ts';
import type { Actor, ProofBody, RecoveryCodes, TotpEnrolment, TotpStatus } from './contract.ts';
import { codeRefused } from './errors.ts';
import { personLimit, settleGuess, takeGuess } from './guess-limits.ts';
import { proveIdentity } from './prove-identity.ts';
import { findMyCredentials } from './queries/credentials.ts';
import {
  beginTotp,
  deleteSecondFactor,
  enableTotp,
  findSecondFactor,
  replaceRecoveryCodes,
} from './queries/second-factor.ts';
import { requireRecentSignIn } from './recent-sign-in.ts';
import { findStep, hashRecoveryCode, newRecoveryCodes, totpOf, totpPlace } from './second-factor.ts';

/** Bytes of a secret: as many as SHA-1 gives (RFC 4226, 4). */
const SECRET_BYTES = 20;

function alreadyOn(): AppError {
  return new AppError(
    'auth.totp_enabled',
    409,
    'Your second factor is on already. Turn it off first to set up another device.',
  );
}

function notOn(): AppError {
  return new AppError('auth.totp_not_enabled', 409, 'There is no second factor. Set one up first.');
}

/** Without a second factor `enabled_at` is null and no recovery codes are left. */
export async function readTotpStatus(app: App, actor: Actor): Promise<TotpStatus> {
  const factor = await asUser(app, actor, (tx) => findSecondFactor(tx, actor.userId));
  const enabledAt = factor?.enabledAt ?? null;
  return {
    enabled: enabledAt !== null,
    enabled_at: enabledAt?.toISOString() ?? null,
    recovery_codes_left: enabledAt === null || !factor ? 0 : factor.recoveryCodes,
  };
}

/** A new secret, which counts once a code has confirmed it. Wants a recent sign-in. Throws `auth.totp_enabled`. */
export async function enrolTotp(app: App, actor: Actor): Promise<TotpEnrolment> {
  requireRecentSignIn(actor, app.clock);
  const secret = new Secret({ size: SECRET_BYTES }).base32;
  const label = await asUser(app, actor, async (tx) => {
    if (!(await beginTotp(tx, app.secretBox.seal(secret, totpPlace(actor.userId))))) throw alreadyOn();
    return (await findMyCredentials(tx))?.email ?? '';
  });
  return { secret, uri: totpOf(secret, { issuer: app.config.brandName, label }).toString() };
}

/** Turns it on by a first code; answers the recovery codes, once. Throws `auth.code_refused`, `auth.totp_not_enabled`. */
export async function confirmTotp(app: App, actor: Actor, code: string): Promise<RecoveryCodes> {
  const { userId } = actor;
  const guess = await takeGuess(app, { own: personLimit(userId) });
  return settleGuess(guess, () =>
    asUser(app, actor, async (tx) => {
      const factor = await findSecondFactor(tx, userId);
      if (!factor) throw notOn();
      if (factor.enabledAt) throw alreadyOn();
      const secret = app.secretBox.open(factor.secret, totpPlace(userId));
      const step = findStep(secret, code.replaceAll(/\s/g, ''), app.clock.now());
      if (step === null) throw codeRefused(403);
      const codes = newRecoveryCodes();
      if (!(await enableTotp(tx, step, codes.map(hashRecoveryCode)))) throw alreadyOn();
      await auditAccount(tx, 'account.second-factor-on', actor);
      return { recovery_codes: codes };
    }),
  );
}

/** New recovery codes; the old ones are void. Wants a recent sign-in. Throws `auth.totp_not_enabled`. */
export async function renewRecoveryCodes(app: App, actor: Actor): Promise<RecoveryCodes> {
  requireRecentSignIn(actor, app.clock);
  const codes = newRecoveryCodes();
  await asUser(app, actor, async (tx) => {
    if (!(await replaceRecoveryCodes(tx, codes.map(hashRecoveryCode)))) throw notOn();
    await auditAccount(tx, 'account.recovery-codes-renewed', actor);
  });
  return { recovery_codes: codes };
}

/** Turns it off, by password and code. Throws what `proveIdentity` does, and `auth.totp_not_enabled`. */
export async function disableTotp(app: App, actor: Actor, proof: ProofBody): Promise<void> {
  await proveIdentity(app, actor, proof);
  await asUser(app, actor, async (tx) => {
    if (!(await deleteSecondFactor(tx, actor.userId))) throw notOn();
    await auditAccount(tx, 'account.second-factor-off', actor);
  });
}

/** An owner removes a colleague's, who lost the device. Wants a recent sign-in. Throws 404 when that is not theirs to do. */
export async function removeColleaguesTotp(app: App, actor: Actor, userId: string): Promise<void> {
  requireRecentSignIn(actor, app.clock);
  if (userId === actor.userId) throw notFound('second factor');
  await asUser(app, actor, async (tx) => {
    if (!(await deleteSecondFactor(tx, userId))) throw notFound('second factor');
    await auditAccount(tx, 'account.second-factor-off', { userId });
  });
}
