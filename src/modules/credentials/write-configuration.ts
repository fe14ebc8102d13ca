/**
 * Entering and changing an organization's configuration. What must stay true: a secret is sealed for its row before it is written;
 * a changed app secret leaves the one before it for a day, because Meta signs with it until every server has the new one; every
 * change is audited by the names of its fields, never by their values.
 */
import { sql } from 'kysely';
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { refuseOutdated } from '../../platform/http/entity-tag.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { ConfigBody, TenantConfig } from './contract.ts';
import { configExists, configNotFound } from './config-errors.ts';
import { configPlace, sealedColumns, type SealedColumn } from './config-loader.ts';
import { presentMasked } from './present-configuration.ts';
import {
  insertConfiguration,
  lockConfiguration,
  nextConfigurationId,
  updateConfiguration,
  type ConfigRow,
  type ConfigValues,
} from './queries.ts';
import {
  changesOf,
  configVersion,
  endsVerification,
  SECRET_OVERLAP_HOURS,
  type ConfigField,
} from './rules.ts';

type Owner = Pick<Actor, 'userId' | 'organizationId'>;
type Key = { id: number; tenant_id: string };

const isSealed = (field: ConfigField): field is ConfigField & SealedColumn =>
  (sealedColumns as readonly string[]).includes(field);

function toColumn(app: App, key: Key, field: ConfigField, value: string | null): unknown {
  if (field === 'token_expires_at') return sql<Date | null>`${value}::timestamptz AT TIME ZONE 'utc'`;
  return value !== null && isSealed(field) ? app.secretBox.seal(value, configPlace(key, field)) : value;
}

/** The columns that the changes write. */
function toValues(app: App, key: Key, changes: ReadonlyMap<ConfigField, string | null>): ConfigValues {
  const values = [...changes].map(([field, value]) => [field, toColumn(app, key, field, value)] as const);
  return Object.fromEntries(values);
}

/** The app secret before a new one, sealed anew for the column in which it waits; nothing when it is taken away or stays the same. */
function keepPrevious(app: App, row: ConfigRow, next: string | null): ConfigValues {
  const none = { previous_app_secret: null, previous_app_secret_until: null };
  if (next === null || !row.fb_app_secret) return none;
  const previous = app.secretBox.open(row.fb_app_secret, configPlace(row, 'fb_app_secret'));
  if (previous === next) return {};
  const until = new Date(app.clock.now().getTime() + SECRET_OVERLAP_HOURS * 3_600_000);
  return {
    previous_app_secret: app.secretBox.seal(previous, configPlace(row, 'previous_app_secret')),
    previous_app_secret_until: until,
  };
}

function audit(tx: Tx, action: 'created' | 'changed', id: number, fields: Iterable<string>): Promise<void> {
  return recordAudit(tx, {
    action: `configuration.${action}`,
    subject: { kind: 'configuration', id: String(id) },
    details: { fields: [...fields] },
  });
}

async function readBack(app: App, tx: Tx, tenantId: string): Promise<TenantConfig> {
  const row = await lockConfiguration(tx, tenantId);
  if (!row) throw configNotFound();
  return presentMasked(app.secretBox, row);
}

/** Throws `waba.config_exists` when there is one that is not deleted. */
export async function createConfiguration(app: App, owner: Owner, body: ConfigBody): Promise<TenantConfig> {
  const { organizationId: tenantId, userId } = owner;
  const changes = changesOf(body);
  const created = await asUser(app, owner, async (tx) => {
    if (await lockConfiguration(tx, tenantId)) throw configExists();
    const id = await nextConfigurationId(tx);
    const isInserted = await insertConfiguration(
      tx,
      { id, tenantId, userId },
      toValues(app, { id, tenant_id: tenantId }, changes),
    );
    if (!isInserted) throw configExists();
    await audit(tx, 'created', id, changes.keys());
    return readBack(app, tx, tenantId);
  });
  app.configurations.forget(tenantId);
  return created;
}

/** Changes what is given and leaves the rest. Throws `waba.config_not_found`, and `platform.changed_meanwhile` when `ifMatch` names another version. */
export async function changeConfiguration(
  app: App,
  owner: Owner,
  { body, ifMatch }: { body: ConfigBody; ifMatch: string | undefined },
): Promise<TenantConfig> {
  const { organizationId: tenantId } = owner;
  const changes = changesOf(body);
  const changed = await asUser(app, owner, async (tx) => {
    const row = await lockConfiguration(tx, tenantId);
    if (!row) throw configNotFound();
    refuseOutdated(ifMatch, configVersion(presentMasked(app.secretBox, row)));
    if (changes.size > 0) {
      const secret = changes.get('fb_app_secret');
      await updateConfiguration(tx, row.id, {
        ...toValues(app, row, changes),
        ...(secret === undefined ? {} : keepPrevious(app, row, secret)),
        ...(endsVerification(changes) ? { last_verified_at: null } : {}),
      });
      await audit(tx, 'changed', row.id, changes.keys());
    }
    return readBack(app, tx, tenantId);
  });
  app.configurations.forget(tenantId);
  return changed;
}
