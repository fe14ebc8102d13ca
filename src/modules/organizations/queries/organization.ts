/** SQL of one's own organization; the wall shows no other. */
import { onceAtATime } from '../../../platform/db/batched.ts';
import type { Tx } from '../../../platform/db/tx.ts';
import type { OrganizationPatch } from '../contract.ts';
import type { AutomaticMessages } from '../contract-automatic.ts';

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

/** Asked for many messages at the same time. */
export const findAutomaticMessages = onceAtATime((tx, id: string) =>
  tx.db
    .selectFrom('organizations')
    .select(['name', 'brand_name', 'automatic_messages'])
    .where('id', '=', id)
    .executeTakeFirst(),
);

/** The same, held until the transaction ends. Nothing when the asker is no owner. */
export function lockAutomaticMessages(tx: Tx, id: string) {
  return tx.db
    .selectFrom('organizations')
    .select('automatic_messages')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Nothing when the asker is no owner. */
export function updateAutomaticMessages(tx: Tx, id: string, wanted: AutomaticMessages) {
  return tx.db
    .updateTable('organizations')
    .set({ automatic_messages: JSON.stringify(wanted) })
    .where('id', '=', id)
    .returning('name')
    .executeTakeFirst();
}
