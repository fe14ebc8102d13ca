/** The access token that is configured for a number, which messages leave with where nobody connected the account. */
import type { App } from '../../app.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { configPlace } from './config-loader.ts';
import { findSealedToken, hasInstallAdmin } from './queries.ts';

type Context = Pick<App, 'secretBox' | 'install'>;
type Sealed = NonNullable<Awaited<ReturnType<typeof findSealedToken>>>;

/** With the secret that the configuration is tested with: its own, or the install's where no other app is named. */
function openToken({ secretBox, install }: Context, row: Sealed): GraphToken | null {
  if (!row.access_token) return null;
  const accessToken = secretBox.open(row.access_token, configPlace(row, 'access_token'));
  const isOfInstall = !row.fb_app_id || row.fb_app_id === install.appId;
  const appSecret = row.fb_app_secret
    ? secretBox.open(row.fb_app_secret, configPlace(row, 'fb_app_secret'))
    : isOfInstall
      ? install.appSecret
      : null;
  return appSecret === null ? accessToken : { accessToken, appSecret };
}

/** That of the organization's live configuration first, then, where an admin of the install works, the operator's; else null. */
export async function findConfiguredToken(
  context: Context,
  tx: Tx,
  phoneNumberId: string,
): Promise<GraphToken | null> {
  const row = await findSealedToken(tx, phoneNumberId);
  const own = row ? openToken(context, row) : null;
  if (own !== null) return own;
  const { accessToken, appSecret, phoneId } = context.install;
  if (accessToken === null || phoneId !== phoneNumberId || tx.organizationId === null) return null;
  if (!(await hasInstallAdmin(tx, tx.organizationId))) return null;
  return appSecret === null ? accessToken : { accessToken, appSecret };
}
