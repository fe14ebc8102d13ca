/** The account's access token, encrypted at rest and bound to its grant: moved to another grant it does not decrypt. */
import type { App } from '../../app.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import type { SecretPlace } from '../../platform/crypto/secret-box.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { configPlace, isLive } from './config-loader.ts';
import { findSealedToken } from './queries.ts';
import { findConfiguredToken, hasInstallAdmin, listConfigurations } from './queries/configurations.ts';

/** A grant never changes its user or account, so together they name the row. */
export function tokenPlace(grant: { userId: string; wabaId: string }): SecretPlace {
  return { table: 'waba_accounts', rowId: `${grant.userId}/${grant.wabaId}`, column: 'access_token' };
}

/** A live grant's token. `sealed` tells it apart from one that replaced it meanwhile. */
export type SendingGrant = {
  userId: string;
  wabaId: string;
  sealed: string;
  token: string;
  /** The Meta app that the token belongs to; null for one that was stored before this was noted. */
  appId: string | null;
};

/** A grant that may send on the number; null when nobody of the organization holds a live one. */
export async function findSendingGrant(
  app: Pick<App, 'secretBox'>,
  tx: Tx,
  phoneNumberId: string,
): Promise<SendingGrant | null> {
  const found = await findSealedToken(tx, phoneNumberId);
  if (!found?.access_token) return null;
  const grant = {
    userId: found.user_id,
    wabaId: found.waba_id,
    sealed: found.access_token,
    appId: found.app_id,
  };
  return { ...grant, token: app.secretBox.open(grant.sealed, tokenPlace(grant)) };
}

/**
 * The token with the secret of the app it belongs to, where that is known: then every call carries the proof that an app may demand.
 * A proof by another app's secret would be refused.
 */
async function withProof(
  app: Pick<App, 'secretBox' | 'install'>,
  tx: Tx,
  { accessToken, appId }: { accessToken: string; appId: string | null },
): Promise<GraphToken> {
  if (appId === null || tx.organizationId === null) return accessToken;
  const { install } = app;
  if (appId === install.appId)
    return install.appSecret === null ? accessToken : { accessToken, appSecret: install.appSecret };
  const rows = await listConfigurations(tx, tx.organizationId);
  const own = rows.find((row) => isLive(row) && row.fb_app_id === appId);
  if (!own?.fb_app_secret) return accessToken;
  return { accessToken, appSecret: app.secretBox.open(own.fb_app_secret, configPlace(own, 'fb_app_secret')) };
}

/** What a message leaves with; `grant` is null when the token comes from a configuration or the environment. */
export type Sending = { token: GraphToken; grant: SendingGrant | null };

/**
 * A live grant's token first, then that of the organization's own configuration for this number, then, where an admin of the install
 * works, the operator's. Null when there is none: messages wait.
 */
export async function findSending(
  app: Pick<App, 'secretBox' | 'install'>,
  tx: Tx,
  phoneNumberId: string,
): Promise<Sending | null> {
  const grant = await findSendingGrant(app, tx, phoneNumberId);
  if (grant) {
    const belongs = { accessToken: grant.token, appId: grant.appId };
    return { token: await withProof(app, tx, belongs), grant };
  }
  const row = await findConfiguredToken(tx, phoneNumberId);
  if (row?.access_token)
    return { token: app.secretBox.open(row.access_token, configPlace(row, 'access_token')), grant: null };
  const { accessToken, phoneId } = app.install;
  if (accessToken === null || phoneId !== phoneNumberId || tx.organizationId === null) return null;
  return (await hasInstallAdmin(tx, tx.organizationId)) ? { token: accessToken, grant: null } : null;
}

/** The token alone, for whoever only reads. */
export async function findSendingToken(
  app: Pick<App, 'secretBox' | 'install'>,
  tx: Tx,
  phoneNumberId: string,
): Promise<GraphToken | null> {
  return (await findSending(app, tx, phoneNumberId))?.token ?? null;
}
