/**
 * Every organization's configuration, for admins: listing, counting, deleting, restoring. What must stay true: no secret leaves; what is
 * deleted can be restored for 30 days; each organization finds what was done to it in its own audit, in the same transaction.
 */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import { cutPage } from '../../platform/paging.ts';
import type { Actor } from '../auth/contract.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { MASK } from '../credentials/contract.ts';
import { RESTORABLE_DAYS, restorableUntil } from '../credentials/restoring.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type {
  ConfigPage,
  ConfigsQuery,
  ConfigStats,
  DeletedCount,
  InstallConfig,
  RestoredConfig,
} from './contract.ts';
import {
  countConfigurations,
  deleteConfigurations,
  listAllConfigurations,
  restoreConfiguration,
  type InstallConfigRow,
} from './queries.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

/** Ids that the audit's summary names; every organization's own audit has its own event besides. */
const MOST_NAMED = 100;

function present(row: InstallConfigRow): InstallConfig {
  const {
    has_access_token: hasToken,
    has_app_secret: hasSecret,
    has_verify_token: hasVerify,
    ...shown
  } = row;
  return {
    ...shown,
    access_token: hasToken ? MASK : null,
    fb_app_secret: hasSecret ? MASK : null,
    verify_token: hasVerify ? MASK : null,
    token_expires_at: row.token_expires_at?.toISOString() ?? null,
    last_verified_at: row.last_verified_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    deleted_at: row.deleted_at?.toISOString() ?? null,
    restorable_until: row.deleted_at ? restorableUntil(row.deleted_at).toISOString() : null,
  };
}

/** Newest first: those that live, or those that can be restored. */
export async function readConfigurations(
  app: App,
  admin: Actor,
  { limit = PAGE_SIZE, cursor, deleted = false }: ConfigsQuery,
): Promise<ConfigPage> {
  const before = cursor === undefined ? null : Number(cursor);
  const found = await asUser(app, admin, (tx) =>
    listAllConfigurations(tx, { deleted, before, limit: limit + 1 }),
  );
  const { rows, next_cursor } = cutPage(found, limit, ({ id }) => String(id));
  return { data: rows.map(present), next_cursor };
}

/** How many configurations the install has, in which state. */
export function readConfigStats(app: App, admin: Actor): Promise<ConfigStats> {
  return asUser(app, admin, countConfigurations);
}

async function remove(app: App, admin: Actor, tenantId: string | null): Promise<DeletedCount> {
  requireRecentSignIn(admin, app.clock);
  const tenants = await asUser(app, admin, async (tx) => {
    const gone = await deleteConfigurations(tx, tenantId);
    if (tenantId === null || gone.length > 0)
      await recordAudit(tx, {
        action: tenantId === null ? 'install.configurations-deleted' : 'install.configuration-deleted',
        subject: { kind: tenantId === null ? 'install' : 'organization', id: tenantId },
        details: { count: gone.length, organizations: gone.slice(0, MOST_NAMED) },
      });
    return gone;
  });
  for (const tenant of tenants) app.configurations.forget(tenant);
  return {
    deleted: tenants.length,
    restorable_until: restorableUntil(app.clock.now()).toISOString(),
  };
}

/** Deletes every organization's configuration. Throws `auth.sign_in_again`. */
export function deleteAllConfigurations(app: App, admin: Actor): Promise<DeletedCount> {
  return remove(app, admin, null);
}

/** Deletes one organization's. Throws `auth.sign_in_again`, or 404 when it has none. */
export async function deleteConfigurationOf(app: App, admin: Actor, tenantId: string): Promise<DeletedCount> {
  const result = await remove(app, admin, tenantId);
  if (result.deleted === 0) throw notFound('configuration');
  return result;
}

/** Throws `admin.config_exists` when the organization has entered another since, or 404. */
export async function restoreConfigurationOf(
  app: App,
  admin: Actor,
  configurationId: string,
): Promise<RestoredConfig> {
  if (!/^[0-9]{1,9}$/.test(configurationId)) throw notFound('deleted configuration');
  const id = Number(configurationId);
  const { outcome, tenant_id: tenantId } = await asUser(app, admin, async (tx) => {
    const restored = await restoreConfiguration(tx, id, RESTORABLE_DAYS);
    if (restored.outcome === 'restored')
      await recordAudit(tx, {
        action: 'install.configuration-restored',
        subject: { kind: 'organization', id: restored.tenant_id },
      });
    return restored;
  });
  if (outcome === 'taken')
    throw new AppError(
      'admin.config_exists',
      409,
      'The organization has entered another configuration since. Delete that one first.',
    );
  if (tenantId === null) throw notFound('deleted configuration');
  app.configurations.forget(tenantId);
  return { id, tenant_id: tenantId };
}
