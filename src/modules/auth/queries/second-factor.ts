/** SQL of the second factor and its recovery codes. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

export type SecondFactor = {
  /** Encrypted. */
  secret: string;
  /** Null while no code has confirmed it. */
  enabledAt: Date | null;
  recoveryCodes: number;
};

export async function findSecondFactor(tx: Tx, userId: string): Promise<SecondFactor | null> {
  const { rows } = await sql<{ secret: string; enabled_at: Date | null; recovery_codes: number }>`
    SELECT * FROM app.find_second_factor(${userId})`.execute(tx.db);
  const row = rows[0];
  return row ? { secret: row.secret, enabledAt: row.enabled_at, recoveryCodes: row.recovery_codes } : null;
}

/** False when one is enabled already. */
export async function beginTotp(tx: Tx, sealedSecret: string): Promise<boolean> {
  const { rows } = await sql<{ begun: boolean }>`SELECT app.begin_totp(${sealedSecret}) AS begun`.execute(
    tx.db,
  );
  return rows[0]?.begun ?? false;
}

/** Turns it on. False when nothing was pending. */
export async function enableTotp(tx: Tx, step: number, codeHashes: readonly Buffer[]): Promise<boolean> {
  const { rows } = await sql<{
    enabled: boolean;
  }>`SELECT app.enable_totp(${step}, ${codeHashes}::bytea[]) AS enabled`.execute(tx.db);
  return rows[0]?.enabled ?? false;
}

/** False when no second factor is enabled. */
export async function replaceRecoveryCodes(tx: Tx, codeHashes: readonly Buffer[]): Promise<boolean> {
  const { rows } = await sql<{
    replaced: boolean;
  }>`SELECT app.replace_recovery_codes(${codeHashes}::bytea[]) AS replaced`.execute(tx.db);
  return rows[0]?.replaced ?? false;
}

/** False when the code of this time step, or of a later one, was used before. */
export async function claimTotpStep(tx: Tx, userId: string, step: number): Promise<boolean> {
  const { rows } = await sql<{ used: boolean }>`SELECT app.use_totp_step(${userId}, ${step}) AS used`.execute(
    tx.db,
  );
  return rows[0]?.used ?? false;
}

/** False when there is no such code, or no more. */
export async function claimRecoveryCode(tx: Tx, userId: string, codeHash: Buffer): Promise<boolean> {
  const { rows } = await sql<{
    used: boolean;
  }>`SELECT app.use_recovery_code(${userId}, ${codeHash}) AS used`.execute(tx.db);
  return rows[0]?.used ?? false;
}

/** One's own, or a colleague's for an owner. False when there is none, or it is not theirs to do. */
export async function deleteSecondFactor(tx: Tx, userId: string): Promise<boolean> {
  const { rows } = await sql<{ removed: boolean }>`SELECT app.disable_totp(${userId}) AS removed`.execute(
    tx.db,
  );
  return rows[0]?.removed ?? false;
}
