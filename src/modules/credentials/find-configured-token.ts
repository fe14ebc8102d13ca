/** The access token that is configured for a number, which messages leave with where nobody connected the account. */
import type { App } from '../../app.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { configPlace } from './config-loader.ts';
import { findSealedToken, hasInstallAdmin } from './queries.ts';

/** That of the organization's live configuration first, then, where an admin of the install works, the operator's; else null. */
export async function findConfiguredToken(
  { secretBox, install }: Pick<App, 'secretBox' | 'install'>,
  tx: Tx,
  phoneNumberId: string,
): Promise<string | null> {
  const row = await findSealedToken(tx, phoneNumberId);
  if (row?.access_token) return secretBox.open(row.access_token, configPlace(row, 'access_token'));
  if (install.accessToken === null || install.phoneId !== phoneNumberId || tx.organizationId === null)
    return null;
  return (await hasInstallAdmin(tx, tx.organizationId)) ? install.accessToken : null;
}
