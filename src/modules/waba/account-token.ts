/** The account's access token, encrypted at rest and bound to its grant: moved to another grant it does not decrypt. */
import type { App } from '../../app.ts';
import type { SecretPlace } from '../../platform/crypto/secret-box.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { findSealedToken } from './queries.ts';

/** A grant never changes its user or account, so together they name the row. */
export function tokenPlace(grant: { userId: string; wabaId: string }): SecretPlace {
  return { table: 'waba_accounts', rowId: `${grant.userId}/${grant.wabaId}`, column: 'access_token' };
}

/** A live grant's token. `sealed` tells it apart from one that replaced it meanwhile. */
export type SendingGrant = { userId: string; wabaId: string; sealed: string; token: string };

/** A grant that may send on the number; null when nobody of the organization holds a live one. */
export async function findSendingGrant(
  app: Pick<App, 'secretBox'>,
  tx: Tx,
  phoneNumberId: string,
): Promise<SendingGrant | null> {
  const found = await findSealedToken(tx, phoneNumberId);
  if (!found?.access_token) return null;
  const grant = { userId: found.user_id, wabaId: found.waba_id, sealed: found.access_token };
  return { ...grant, token: app.secretBox.open(grant.sealed, tokenPlace(grant)) };
}

/** A token that may send on the number; null when nobody of the organization holds a live grant. */
export async function findSendingToken(app: App, tx: Tx, phoneNumberId: string): Promise<string | null> {
  return (await findSendingGrant(app, tx, phoneNumberId))?.token ?? null;
}
