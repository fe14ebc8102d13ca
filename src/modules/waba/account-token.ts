/** The account's access token, encrypted at rest and bound to its grant: moved to another grant it does not decrypt. */
import type { App } from '../../app.ts';
import type { SecretPlace } from '../../platform/crypto/secret-box.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { findSealedToken } from './queries.ts';

/** A grant never changes its user or account, so together they name the row. */
export function tokenPlace(grant: { userId: string; wabaId: string }): SecretPlace {
  return { table: 'waba_accounts', rowId: `${grant.userId}/${grant.wabaId}`, column: 'access_token' };
}

/** A token that may send on the number; null when nobody of the organization holds a live grant. */
export async function findSendingToken(app: App, tx: Tx, phoneNumberId: string): Promise<string | null> {
  const grant = await findSealedToken(tx, phoneNumberId);
  if (!grant?.access_token) return null;
  return app.secretBox.open(grant.access_token, tokenPlace({ userId: grant.user_id, wabaId: grant.waba_id }));
}
