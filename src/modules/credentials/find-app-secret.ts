/** The secret of a Meta app that an organization may use: the install's app, or one that the organization entered itself. */
import type { App } from '../../app.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { configPlace, isLive } from './config-loader.ts';
import { listConfigurations } from './queries.ts';

/** Null when the app is neither the install's nor that of the organization's live configuration, or has no secret here. */
export async function findAppSecret(
  app: Pick<App, 'secretBox' | 'install'>,
  tx: Tx,
  appId: string,
): Promise<string | null> {
  if (appId === app.install.appId) return app.install.appSecret;
  if (tx.organizationId === null) return null;
  const rows = await listConfigurations(tx, tx.organizationId);
  const own = rows.find((row) => isLive(row) && row.fb_app_id === appId);
  return own?.fb_app_secret ? app.secretBox.open(own.fb_app_secret, configPlace(own, 'fb_app_secret')) : null;
}
