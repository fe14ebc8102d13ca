/** Reading an organization's configuration: masked, in full, and where each value in use comes from. For its owners. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { ConfigOverview, ConfigValue, TenantConfig } from './contract.ts';
import { configNotFound } from './config-errors.ts';
import { ConfigLoader, configNames, type ConfigName } from './config-loader.ts';
import { presentDeleted, presentFull, presentMasked } from './present-configuration.ts';
import { listConfigurations, type ConfigRow } from './queries.ts';
import { maskSecret } from './rules.ts';

const SECRETS: ReadonlySet<ConfigName> = new Set(['access_token', 'app_secret', 'verify_token']);

async function findRow(app: App, owner: Actor): Promise<ConfigRow | null> {
  const rows = await asUser(app, owner, (tx) => listConfigurations(tx, owner.organizationId));
  return rows.find((row) => row.deleted_at === null) ?? null;
}

/** Throws `waba.config_not_found`. */
export async function getConfiguration(app: App, owner: Actor): Promise<TenantConfig> {
  const row = await findRow(app, owner);
  if (row === null) throw configNotFound();
  return presentMasked(app.secretBox, row);
}

/** With the secrets in plain text. Throws `auth.sign_in_again` unless the owner has just proven who they are; each look is audited. */
export async function getFullConfiguration(app: App, owner: Actor): Promise<TenantConfig> {
  requireRecentSignIn(owner, app.clock);
  const row = await findRow(app, owner);
  if (row === null) throw configNotFound();
  await asUser(app, owner, (tx) =>
    recordAudit(tx, {
      action: 'configuration.revealed',
      subject: { kind: 'configuration', id: String(row.id) },
    }),
  );
  return presentFull(app.secretBox, row);
}

function valueOf(loader: ConfigLoader, name: ConfigName): ConfigValue {
  const source = loader.getSource(name);
  const value = source === 'database' ? loader.getAllConfig()[name] : null;
  return { name, source, value: value !== null && SECRETS.has(name) ? maskSecret(value) : value };
}

/** What the screen of credentials shows. */
export async function getConfigOverview(app: App, owner: Actor): Promise<ConfigOverview> {
  const { organizationId } = owner;
  app.configurations.forget(organizationId);
  const loader = await ConfigLoader.load(app, organizationId);
  const rows = await asUser(app, owner, (tx) => listConfigurations(tx, organizationId));
  const config = rows.find((row) => row.deleted_at === null) ?? null;
  const deleted = rows.flatMap(({ id, deleted_at }) => (deleted_at ? [{ id, deleted_at }] : []))[0];
  return {
    config: config && presentMasked(app.secretBox, config),
    deleted: deleted ? presentDeleted(deleted) : null,
    values: configNames.map((name) => valueOf(loader, name)),
    webhook_url: `${app.config.publicUrl}/webhooks/whatsapp/${organizationId}`,
  };
}
