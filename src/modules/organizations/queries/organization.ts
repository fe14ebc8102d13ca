/** SQL of one's own organization; the wall shows no other. */
import type { Tx } from '../../../platform/db/tx.ts';
import type { OrganizationPatch } from '../contract.ts';

const columns = ['id', 'name', 'brand_name', 'single_user_mode', 'created_at'] as const;

export function findOrganization(tx: Tx) {
  return tx.db.selectFrom('organizations').select(columns).executeTakeFirst();
}

/** Nothing when the asker is no owner: row level security finds no row to change. */
export function updateOrganization(tx: Tx, id: string, patch: OrganizationPatch) {
  return tx.db
    .updateTable('organizations')
    .set(patch)
    .where('id', '=', id)
    .returning(columns)
    .executeTakeFirst();
}
