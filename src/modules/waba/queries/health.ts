/** SQL of how well accounts are: grants and their tokens, what checks found, and for whom to look. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

/** Ends a grant whose token Meta refused; null when the token is another one by now, or the grant had ended. */
export async function endGrant(
  tx: Tx,
  grant: { userId: string; wabaId: string; sealed: string },
  reason: string,
): Promise<{ connectedAt: Date } | null> {
  const row = await tx.db
    .updateTable('waba_accounts')
    .set({
      connected: false,
      disconnected_at: sql`now()`,
      disconnected_by: 'token',
      disconnected_reason: reason,
      updated_at: sql`now() AT TIME ZONE 'utc'`,
    })
    .where('user_id', '=', grant.userId)
    .where('waba_id', '=', grant.wabaId)
    .where('access_token', '=', grant.sealed)
    .where('connected', '=', true)
    .returning('connected_at')
    .executeTakeFirst();
  return row ? { connectedAt: row.connected_at } : null;
}
