/** All SQL of organizations' own configurations. Secrets come and go as ciphertext. */
import { sql, type Updateable } from 'kysely';
import type { DB } from '../../platform/db/generated/database.ts';
import type { Tx } from '../../platform/db/tx.ts';

const columns = [
  'id',
  'tenant_id',
  'user_id',
  'waba_id',
  'phone_number_id',
  'access_token',
  'fb_app_id',
  'fb_app_secret',
  'fb_config_id',
  'callback_url',
  'redirect_url',
  'verify_token',
  'token_expires_at',
  'refresh_token',
  'is_active',
  'onboarding_completed',
  'onboarded_at',
  'last_verified_at',
  'deleted_at',
  'created_at',
  'updated_at',
  'previous_app_secret',
  'previous_app_secret_until',
] as const;

/** Deleted ones that are read: more than an organization will have within the 30 days. */
const MOST_CONFIGURATIONS = 20;

/** One configuration as it is stored. */
export type ConfigRow = Awaited<ReturnType<typeof listConfigurations>>[number];

/** Everything that deciding about an organization's credentials needs. */
export type Configurations = {
  /** The one that is not deleted first, then the newest. */
  rows: ConfigRow[];
  /** Whether an admin of the install works here: only then the operator's own number may be used. */
  isOperators: boolean;
};

/** The one that is not deleted first, then those deleted last. */
export function listConfigurations(tx: Tx, tenantId: string) {
  return tx.db
    .selectFrom('tenant_configs')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .orderBy('deleted_at', (order) => order.desc().nullsFirst())
    .orderBy('id', 'desc')
    .limit(MOST_CONFIGURATIONS)
    .execute();
}

/** Whether an admin of the install works for the organization. */
export async function hasInstallAdmin(tx: Tx, organizationId: string): Promise<boolean> {
  const admin = await tx.db
    .selectFrom('users')
    .select('id')
    .where('organization_id', '=', organizationId)
    .where('role', '=', 'admin')
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  return admin !== undefined;
}

export async function readConfigurations(tx: Tx, tenantId: string): Promise<Configurations> {
  const rows = await listConfigurations(tx, tenantId);
  return { rows, isOperators: await hasInstallAdmin(tx, tenantId) };
}

/** Ids are given out first, because a secret is sealed for its row. */
export async function nextConfigurationId(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    SELECT nextval('public.tenant_configs_id_seq')::integer AS id`.execute(tx.db);
  const [row] = rows;
  if (!row) throw new Error('The sequence gave no id.');
  return row.id;
}

export type ConfigValues = Pick<
  Updateable<DB['tenant_configs']>,
  | 'waba_id'
  | 'phone_number_id'
  | 'access_token'
  | 'fb_app_id'
  | 'fb_app_secret'
  | 'fb_config_id'
  | 'callback_url'
  | 'redirect_url'
  | 'verify_token'
  | 'token_expires_at'
  | 'refresh_token'
  | 'is_active'
  | 'onboarding_completed'
  | 'onboarded_at'
  | 'last_verified_at'
  | 'previous_app_secret'
  | 'previous_app_secret_until'
>;

/** False when the organization has one that is not deleted. */
export async function insertConfiguration(
  tx: Tx,
  key: { id: number; tenantId: string; userId: string },
  values: ConfigValues,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto('tenant_configs')
    .values({ id: key.id, tenant_id: key.tenantId, user_id: key.userId, ...values })
    .onConflict((oc) => oc.column('tenant_id').where('deleted_at', 'is', null).doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function updateConfiguration(tx: Tx, id: number, values: ConfigValues): Promise<void> {
  await tx.db
    .updateTable('tenant_configs')
    .set({ ...values, updated_at: sql`now() AT TIME ZONE 'utc'` })
    .where('id', '=', id)
    .execute();
}

/** As deleting and restoring, no change of what was entered. */
export async function setActive(tx: Tx, id: number, isActive: boolean): Promise<void> {
  await tx.db
    .updateTable('tenant_configs')
    .set({ is_active: isActive, updated_at: sql`now() AT TIME ZONE 'utc'` })
    .where('id', '=', id)
    .execute();
}

/** Deleting and restoring leave everything else as it was, so that what comes back is what went. */
export async function markDeleted(tx: Tx, id: number, deletedAt: Date | null): Promise<void> {
  await tx.db.updateTable('tenant_configs').set({ deleted_at: deletedAt }).where('id', '=', id).execute();
}

/** Takes the row for the rest of the transaction, so that two who change it take turns. */
export function lockConfiguration(tx: Tx, tenantId: string) {
  return tx.db
    .selectFrom('tenant_configs')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

/** The live configuration whose token may send on a number. */
export function findSealedToken(tx: Tx, phoneNumberId: string) {
  return tx.db
    .selectFrom('tenant_configs')
    .select(['id', 'tenant_id', 'access_token', 'fb_app_id', 'fb_app_secret'])
    .where('phone_number_id', '=', phoneNumberId)
    .where('is_active', '=', true)
    .where('deleted_at', 'is', null)
    .where('access_token', 'is not', null)
    .executeTakeFirst();
}

/** Removes what was deleted so many days ago, and app secrets whose overlap is over. */
export async function purgeConfigurations(tx: Tx, days: number): Promise<void> {
  await sql`SELECT app.purge_deleted_configurations(make_interval(days => ${days}))`.execute(tx.db);
}

/** Lets deliveries be processed whose signing configuration lives again. */
export async function releaseDormantItems(tx: Tx): Promise<void> {
  await sql`SELECT app.release_dormant_items()`.execute(tx.db);
}
