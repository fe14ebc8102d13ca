/**
 * Switching a configuration off and on, deleting and restoring it. What must stay true: what comes back is exactly what went, and
 * deliveries that it signed meanwhile are kept and processed then (db/code/configurations.sql).
 */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { DeletedConfig, TenantConfig } from './contract.ts';
import { configExists, configNotFound, nothingToRestore } from './config-errors.ts';
import { presentDeleted, presentMasked } from './present-configuration.ts';
import { listConfigurations, lockConfiguration, markDeleted, setActive, type ConfigRow } from './queries.ts';
import { restorableUntil } from './restoring.ts';

type Owner = Pick<Actor, 'userId' | 'organizationId'>;

function audit(tx: Tx, action: `configuration.${string}`, id: number): Promise<void> {
  return recordAudit(tx, { action, subject: { kind: 'configuration', id: String(id) } });
}

async function onLive<T>(app: App, owner: Owner, work: (tx: Tx, row: ConfigRow) => Promise<T>): Promise<T> {
  const done = await asUser(app, owner, async (tx) => {
    const row = await lockConfiguration(tx, owner.organizationId);
    if (!row) throw configNotFound();
    return work(tx, row);
  });
  app.configurations.forget(owner.organizationId);
  return done;
}

/** Throws `waba.config_not_found`. Switching to what it is already changes nothing. */
export function switchConfiguration(app: App, owner: Owner, isActive: boolean): Promise<TenantConfig> {
  return onLive(app, owner, async (tx, row) => {
    if (row.is_active !== isActive) {
      await setActive(tx, row.id, isActive);
      await audit(tx, isActive ? 'configuration.activated' : 'configuration.deactivated', row.id);
    }
    const after = await lockConfiguration(tx, owner.organizationId);
    return presentMasked(app.secretBox, after ?? row);
  });
}

/** It can be restored for 30 days. Throws `auth.sign_in_again`, `waba.config_not_found`. */
export async function deleteConfiguration(app: App, owner: Actor): Promise<DeletedConfig> {
  requireRecentSignIn(owner, app.clock);
  return onLive(app, owner, async (tx, row) => {
    const deletedAt = app.clock.now();
    await markDeleted(tx, row.id, deletedAt);
    await audit(tx, 'configuration.deleted', row.id);
    return presentDeleted({ id: row.id, deleted_at: deletedAt });
  });
}

/** Brings back the one that was deleted last. Throws `waba.config_exists` when another was entered since, `waba.config_not_restorable`. */
export async function restoreConfiguration(app: App, owner: Owner): Promise<TenantConfig> {
  const { organizationId: tenantId } = owner;
  const restored = await asUser(app, owner, async (tx) => {
    const [newest] = await listConfigurations(tx, tenantId);
    if (newest?.deleted_at === null) throw configExists();
    if (!newest?.deleted_at || restorableUntil(newest.deleted_at) < app.clock.now()) throw nothingToRestore();
    await markDeleted(tx, newest.id, null);
    await audit(tx, 'configuration.restored', newest.id);
    return presentMasked(app.secretBox, newest);
  });
  app.configurations.forget(tenantId);
  return restored;
}
