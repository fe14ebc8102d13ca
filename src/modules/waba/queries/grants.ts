/** All SQL of using a grant and of giving it up. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

/** Deletes the user's own grant. Undefined when they hold none. */
export function deleteGrant(tx: Tx, grant: { userId: string; wabaId: string }) {
  return tx.db
    .deleteFrom('waba_accounts')
    .where('user_id', '=', grant.userId)
    .where('waba_id', '=', grant.wabaId)
    .returning(['access_token', 'app_id'])
    .executeTakeFirst();
}

export type Released = { grants_left: number; numbers_released: number; used_elsewhere: boolean };

/** Gives the numbers up when that was the organization's last grant on the account. */
export async function releaseAccount(tx: Tx, wabaId: string): Promise<Released> {
  const { rows } = await sql<Released>`SELECT * FROM app.release_account(${wabaId})`.execute(tx.db);
  return rows[0] ?? { grants_left: 0, numbers_released: 0, used_elsewhere: false };
}

/** A live grant on the account that the asking person may use, their own first. */
export function findUsableGrant(tx: Tx, grant: { userId: string; wabaId: string }) {
  return tx.db
    .selectFrom('waba_accounts')
    .select(['user_id', 'waba_id', 'access_token', 'app_id'])
    .where('waba_id', '=', grant.wabaId)
    .where('connected', '=', true)
    .where('access_token', 'is not', null)
    .orderBy(sql`user_id <> ${grant.userId}`)
    .orderBy('updated_at', 'desc')
    .executeTakeFirst();
}
