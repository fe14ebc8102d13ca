/** Looks at the whole install for the doctor: our own address, and every account of every organization. */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import { checkAccount } from './check-account.ts';
import type { AccountHealth, Finding } from './contract-health.ts';
import { endpointOf, probeEndpoint } from './probe-endpoint.ts';
import { listAllAccounts } from './queries/health.ts';
import { readHealthOf } from './read-health.ts';
import { endpointFindings } from './rules-check.ts';

/** The health of an account, with whose it is. */
export type ExaminedAccount = AccountHealth & { organization_id: string };

/** What is found at the install's own webhook address. */
export async function examineAddress(app: App): Promise<Finding[]> {
  // No organization has this id, so what is meant for all counts.
  return endpointFindings(await probeEndpoint(await endpointOf(app, '')));
}

/** Checks every account, one after the other, and says which one it is at. */
export async function examineAccounts(
  app: App,
  onProgress: (done: number, all: number) => void,
): Promise<ExaminedAccount[]> {
  const accounts = await asClaimer(app, listAllAccounts);
  const examined: ExaminedAccount[] = [];
  for (const [index, { organization_id: organizationId, waba_id: wabaId }] of accounts.entries()) {
    onProgress(index + 1, accounts.length);
    await checkAccount(app, { organizationId, wabaId });
    const health = await readHealthOf(app, organizationId);
    const found = health.find((account) => account.waba_id === wabaId);
    if (found) examined.push({ ...found, organization_id: organizationId });
  }
  return examined;
}
