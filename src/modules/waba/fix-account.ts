/** Mends a finding with one call to Meta, then looks again. */
import type { App } from '../../app.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { openGrant } from './account-token.ts';
import { checkAccount } from './check-account.ts';
import type { AccountHealth, FixBody } from './contract-health.ts';
import { endpointOf } from './probe-endpoint.ts';
import { listNumbers } from './queries.ts';
import { findUsableGrant } from './queries/grants.ts';
import { isOurAccount } from './queries/health.ts';
import { readHealth } from './read-health.ts';
import { registerNumber } from './register-number.ts';
import { withinTime } from './within-time.ts';

const LIMIT_MS = 10_000;

type Owner = Pick<Actor, 'userId' | 'organizationId'>;

function notConnected(): AppError {
  return new AppError(
    'waba.not_connected',
    409,
    'Nobody of your organization has a good token for this account. Connect it again first.',
  );
}

/** Throws 404 for an account that is not the organization's. */
async function requireAccount(app: App, actor: Owner, wabaId: string): Promise<void> {
  if (!(await asUser(app, actor, (tx) => isOurAccount(tx, wabaId)))) throw notFound('account');
}

async function getToken(app: App, actor: Owner, wabaId: string): Promise<GraphToken> {
  const grant = await asUser(app, actor, (tx) => findUsableGrant(tx, { userId: actor.userId, wabaId }));
  const token = await openGrant(app, actor.organizationId, grant);
  if (token === null) throw notConnected();
  return token;
}

type Mend = (
  app: App,
  actor: Owner,
  where: { wabaId: string; phoneNumberId: string | null },
) => Promise<void>;

/** Has Meta deliver here: one number's messages, or the account's. Meta shakes hands first. Throws `waba.no_verify_token`, 404. */
const overrideCallback: Mend = async (app, actor, { wabaId, phoneNumberId }) => {
  const { url, verifyToken } = await endpointOf(app, actor.organizationId);
  if (verifyToken === null)
    throw new AppError(
      'waba.no_verify_token',
      409,
      'Your organization’s Meta app has no verify token. Enter one under Settings → Credentials.',
    );
  const token = await getToken(app, actor, wabaId);
  const override = { callbackUri: url, verifyToken };
  if (phoneNumberId === null) {
    await withinTime(LIMIT_MS, app.graph.subscribeApp(token, wabaId, override));
    return;
  }
  const numbers = await asUser(app, actor, (tx) => listNumbers(tx, [wabaId]));
  if (!numbers.some((one) => one.phone_number_id === phoneNumberId)) throw notFound('number');
  await withinTime(LIMIT_MS, app.graph.overrideNumberCallback(token, phoneNumberId, override));
};

/** Looking again is all that brings a number's state up to date. */
const lookAgain: Mend = () => Promise.resolve();

const MENDS: Record<FixBody['check'], Mend> = {
  async subscription(app, actor, { wabaId }) {
    const token = await getToken(app, actor, wabaId);
    await withinTime(LIMIT_MS, app.graph.subscribeApp(token, wabaId));
  },
  override: overrideCallback,
  async registration(app, actor, { wabaId, phoneNumberId }) {
    if (phoneNumberId === null)
      throw new AppError('waba.number_needed', 400, 'Name the number to register: phone_number_id.');
    await registerNumber(app, actor, { wabaId, phoneNumberId });
  },
  number_status: lookAgain,
  quality: lookAgain,
  name: lookAgain,
};

async function lookAt(app: App, actor: Owner, wabaId: string): Promise<AccountHealth> {
  await checkAccount(app, { organizationId: actor.organizationId, wabaId });
  const found = (await readHealth(app, actor)).find((account) => account.waba_id === wabaId);
  if (!found) throw notFound('account');
  return found;
}

/** Looks at an account now. Throws 404. */
export async function runCheck(app: App, actor: Owner, wabaId: string): Promise<AccountHealth> {
  await requireAccount(app, actor, wabaId);
  return lookAt(app, actor, wabaId);
}

/** Mends one finding. Throws 404, what keeps it from being mended, or GraphError. */
export async function fixAccount(
  app: App,
  actor: Owner,
  wabaId: string,
  fix: FixBody,
): Promise<AccountHealth> {
  await requireAccount(app, actor, wabaId);
  await MENDS[fix.check](app, actor, { wabaId, phoneNumberId: fix.phone_number_id ?? null });
  await asUser(app, actor, (tx) =>
    recordAudit(tx, {
      action: 'account.mended',
      subject: { kind: 'waba', id: wabaId },
      details: { check: fix.check, phone_number_id: fix.phone_number_id ?? null },
    }),
  );
  return lookAt(app, actor, wabaId);
}
