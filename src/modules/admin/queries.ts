/** All SQL of the admin area: narrow functions that each ask who is asking. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';
import type { Place } from '../../platform/paging.ts';

export type OrganizationRow = {
  id: string;
  name: string;
  created_at: Date;
  position: string;
  people: number;
  disabled: number;
  numbers: number;
  last_active_at: Date | null;
  has_configuration: boolean;
};

/** Newest first. */
export async function listOrganizations(
  tx: Tx,
  { before, limit }: { before: Place | undefined; limit: number },
): Promise<OrganizationRow[]> {
  const { rows } = await sql<OrganizationRow>`
    SELECT * FROM app.list_organizations(${before?.position ?? null}::timestamptz, ${before?.id ?? null}, ${limit})`.execute(
    tx.db,
  );
  return rows;
}

export type InstallConfigRow = {
  id: number;
  tenant_id: string;
  organization_name: string;
  waba_id: string | null;
  phone_number_id: string | null;
  fb_app_id: string | null;
  callback_url: string | null;
  redirect_url: string | null;
  has_access_token: boolean;
  has_app_secret: boolean;
  has_verify_token: boolean;
  token_expires_at: Date | null;
  is_active: boolean;
  onboarding_completed: boolean;
  last_verified_at: Date | null;
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
};

/** Newest first. */
export async function listAllConfigurations(
  tx: Tx,
  { deleted, before, limit }: { deleted: boolean; before: number | null; limit: number },
): Promise<InstallConfigRow[]> {
  const { rows } = await sql<InstallConfigRow>`
    SELECT * FROM app.list_all_configurations(${deleted}, ${before}, ${limit})`.execute(tx.db);
  return rows;
}

export type ConfigCounts = {
  total: number;
  active: number;
  inactive: number;
  deleted: number;
  onboarded: number;
  verified: number;
  with_app: number;
  expiring: number;
};

export async function countConfigurations(tx: Tx): Promise<ConfigCounts> {
  const { rows } = await sql<ConfigCounts>`SELECT * FROM app.count_configurations()`.execute(tx.db);
  const [row] = rows;
  if (!row) throw new Error('Counting answered nothing.');
  return row;
}

/** Deletes one organization's, or all when none is named; whose they were. */
export async function deleteConfigurations(tx: Tx, tenantId: string | null): Promise<string[]> {
  const { rows } = await sql<{ tenant_id: string }>`
    SELECT tenant_id FROM app.delete_configurations(${tenantId})`.execute(tx.db);
  return rows.map((row) => row.tenant_id);
}

export type Restored = { outcome: 'restored' | 'taken' | 'gone'; tenant_id: string | null };

export async function restoreConfiguration(tx: Tx, id: number, days: number): Promise<Restored> {
  const { rows } = await sql<Restored>`
    SELECT * FROM app.restore_configuration(${id}, make_interval(days => ${days}))`.execute(tx.db);
  return rows[0] ?? { outcome: 'gone', tenant_id: null };
}

export type InstallCounts = {
  organizations: number;
  people: number;
  numbers: number;
  deliveries: number;
  items: number;
  quarantined: number;
  outbox: number;
  unknown_sends: number;
};

export async function countInstall(tx: Tx): Promise<InstallCounts> {
  const { rows } = await sql<InstallCounts>`SELECT * FROM app.count_install()`.execute(tx.db);
  const [row] = rows;
  if (!row) throw new Error('Counting answered nothing.');
  return row;
}
