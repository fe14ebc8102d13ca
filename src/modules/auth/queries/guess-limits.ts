/** SQL of the limits on guessing (db/code/account_security.sql). */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { GuessLimit } from '../guess-limits.ts';

/** Seconds to wait before a guess is taken; 0: it was counted and may be looked at. */
export async function claimGuess(tx: Tx, limits: readonly GuessLimit[]): Promise<number> {
  const { rows } = await sql<{
    wait: number;
  }>`SELECT app.claim_guess(${JSON.stringify(limits)}::jsonb) AS wait`.execute(tx.db);
  return rows[0]?.wait ?? 0;
}

/** What was counted was no wrong guess. */
export async function refundGuess(tx: Tx, limits: readonly GuessLimit[]): Promise<void> {
  await sql`SELECT app.refund_guess(${JSON.stringify(limits)}::jsonb)`.execute(tx.db);
}

/** The right answer was given: these limits begin anew. */
export async function forgetGuesses(tx: Tx, limits: readonly GuessLimit[]): Promise<void> {
  await sql`SELECT app.forget_guesses(${JSON.stringify(limits)}::jsonb)`.execute(tx.db);
}
