/** The account's access token, encrypted at rest and bound to its grant: moved to another grant it does not decrypt. */
import type { App } from '../../app.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import type { SecretPlace } from '../../platform/crypto/secret-box.ts';
import { asWorker, type Tx } from '../../platform/db/tx.ts';
import { findAppSecret } from '../credentials/find-app-secret.ts';
import { findConfiguredToken } from '../credentials/find-configured-token.ts';
import { findSealedToken } from './queries.ts';

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
 * A grant's token as Meta's API takes it: with the secret of the app it belongs to, where that is known, so that every call carries the
 * proof that an app may demand. A proof by another app's secret would be refused.
 */
export async function proveToken(
  app: Pick<App, 'secretBox' | 'install'>,
  tx: Tx,
  { token: accessToken, appId }: { token: string; appId: string | null },
): Promise<GraphToken> {
  const appSecret = appId === null ? null : await findAppSecret(app, tx, appId);
  return appSecret === null ? accessToken : { accessToken, appSecret };
}

type StoredGrant = { user_id: string; waba_id: string; access_token: string | null; app_id: string | null };

/** A grant's stored token, opened and proven; null when it has none. Asks as the worker: an agent sees no app's secret. */
export async function openGrant(
  app: Pick<App, 'secretBox' | 'install' | 'databases'>,
  organizationId: string,
  grant: StoredGrant | undefined,
): Promise<GraphToken | null> {
  if (!grant?.access_token) return null;
  const place = tokenPlace({ userId: grant.user_id, wabaId: grant.waba_id });
  const token = app.secretBox.open(grant.access_token, place);
  return asWorker(app, organizationId, (tx) => proveToken(app, tx, { token, appId: grant.app_id }));
}

/** What a message leaves with; `grant` is null when the token comes from a configuration or the environment. */
export type Sending = { token: GraphToken; grant: SendingGrant | null };

/** A live grant's token first, then the one that is configured for this number. Null when there is none: messages wait. */
export async function findSending(
  app: Pick<App, 'secretBox' | 'install'>,
  tx: Tx,
  phoneNumberId: string,
): Promise<Sending | null> {
  const grant = await findSendingGrant(app, tx, phoneNumberId);
  if (grant) return { token: await proveToken(app, tx, grant), grant };
  const token = await findConfiguredToken(app, tx, phoneNumberId);
  return token === null ? null : { token, grant: null };
}

/** The token alone, for whoever only reads. */
export async function findSendingToken(
  app: Pick<App, 'secretBox' | 'install'>,
  tx: Tx,
  phoneNumberId: string,
): Promise<GraphToken | null> {
  return (await findSending(app, tx, phoneNumberId))?.token ?? null;
}
