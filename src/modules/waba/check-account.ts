/**
 * Looks at everything that only Meta and the network can tell of an account, brings the account up to date on the way, and keeps what
 * was found. Safe to run twice: the newest look counts. No step waits longer than its limit.
 */
import type { App } from '../../app.ts';
import type { PhoneNumber } from '../../graph-api/accounts-api.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import { objectAt, textAt } from '../../graph-api/json.ts';
import { asWorker } from '../../platform/db/tx.ts';
import { proveToken } from './account-token.ts';
import type { CheckedGrant } from './check-tokens.ts';
import { checkTokens } from './check-tokens.ts';
import type { Finding } from './contract-health.ts';
import { findMetaApp } from './meta-app.ts';
import { listLastInbound, saveCheck } from './queries/health.ts';
import { endpointOf, probeEndpoint } from './probe-endpoint.ts';
import { refreshAccount } from './refresh-account.ts';
import { endpointFindings, readingFindings, trafficFinding, type AccountReading } from './rules-check.ts';
import { TookTooLong, withinTime } from './within-time.ts';

const LIMIT_MS = 8_000;

type Account = { organizationId: string; wabaId: string };
type Read = { reading: AccountReading; numbers: PhoneNumber[] };

function describeNumberOverride(number: PhoneNumber) {
  const webhook = objectAt(number.raw, 'webhook_configuration') ?? undefined;
  return {
    id: number.id,
    name: number.displayPhoneNumber ?? number.id,
    override: textAt(webhook, 'phone_number'),
  };
}

async function read(app: App, account: Account, grant: CheckedGrant): Promise<Read> {
  const meta = await findMetaApp(app, account.organizationId);
  const appId = grant.appId ?? meta?.appId ?? null;
  const token = await asWorker(app, account.organizationId, (tx) => proveToken(app, tx, grant));
  const [apps, numbers] = await Promise.all([
    app.graph.listSubscribedApps(token, account.wabaId),
    refreshAccount(app, account, token),
  ]);
  const own = apps.find((one) => one.id === appId);
  return {
    numbers,
    reading: {
      subscription: own ? { override: own.overrideCallbackUri } : null,
      scopes: grant.scopes,
      numbers: numbers.map(describeNumberOverride),
    },
  };
}

function describeFailure(error: unknown): string {
  if (error instanceof TookTooLong) return 'Meta did not answer in time.';
  if (error instanceof GraphError) return `${error.meaning} ${error.whatToDo}`;
  throw error;
}

async function readWithGrants(app: App, account: Account, grants: CheckedGrant[]): Promise<Read | null> {
  const [grant] = grants;
  // Without a good token there is nothing to ask with; the finding about the connection says so.
  if (!grant) return null;
  try {
    return await withinTime(LIMIT_MS, read(app, account, grant));
  } catch (error) {
    return { reading: { failed: describeFailure(error) }, numbers: [] };
  }
}

/** The addresses that count as ours for an override. */
async function ourAddresses(app: App, organizationId: string, url: string): Promise<string[]> {
  const meta = await findMetaApp(app, organizationId);
  return [
    url,
    `${app.config.publicUrl}/webhooks/whatsapp`,
    ...(meta?.callback ? [meta.callback.callbackUri] : []),
  ];
}

/** Checks one account and returns what it found. */
export async function checkAccount(app: App, account: Account): Promise<Finding[]> {
  const { organizationId } = account;
  const grants = await checkTokens(app, account);
  const endpoint = await endpointOf(app, organizationId);
  const [probed, found] = await Promise.all([probeEndpoint(endpoint), readWithGrants(app, account, grants)]);
  const ours = await ourAddresses(app, organizationId, endpoint.url);
  const now = app.clock.now();
  return asWorker(app, organizationId, async (tx) => {
    const lastInbound = await listLastInbound(tx);
    const traffic = (found?.numbers ?? []).map((number) =>
      trafficFinding(
        { id: number.id, name: number.displayPhoneNumber ?? number.id },
        lastInbound.get(number.id) ?? null,
        now,
      ),
    );
    const readings = found ? readingFindings(found.reading, ours) : [];
    const findings = [...readings, ...endpointFindings(probed), ...traffic];
    await saveCheck(tx, { ...account, findings, checkedAt: now });
    tx.publish({
      type: 'account.changed',
      agentId: null,
      assigneeId: null,
      data: { waba_id: account.wabaId },
    });
    return findings;
  });
}
