/** Meta's `account_update` webhook: what it tells of an account that somebody here has connected. */
import { objectAt, textAt, type Json } from '../../graph-api/json.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { noteAccountOwner } from './queries.ts';

/**
 * Brings the account's grants up to date. False when it tells nothing that is acted on, or of an account that nobody connected.
 * @param signer whose app secret verified the delivery: an organization's own app speaks for its own grants only
 * @param value the change's `value`; partner events name the account in `waba_info`
 */
export async function applyAccountUpdate(tx: Tx, signer: string, value: Json): Promise<boolean> {
  const info = objectAt(value, 'waba_info') ?? undefined;
  const wabaId = textAt(info, 'waba_id');
  const businessId = textAt(info, 'owner_business_id');
  if (wabaId === null || businessId === null || !/^\d{1,64}$/.test(wabaId) || !/^\d{1,64}$/.test(businessId))
    return false;
  return (await noteAccountOwner(tx, { signer, wabaId, businessId })) > 0;
}
