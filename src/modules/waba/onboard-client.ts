/**
 * Onboarding in one call, for a program that opened Meta's dialog itself: the code becomes a token, the account is connected by the
 * same steps as in the browser, and account, number and token stand in the organization's configuration, which counts as onboarded.
 */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { tokenPlace } from './account-token.ts';
import type { Connector } from './begin-connection.ts';
import { configPlace } from './config-loader.ts';
import { connectToTheEnd } from './connect-account.ts';
import type { OnboardBody, Onboarded } from './contract.ts';
import { takeCode } from './exchange-code.ts';
import {
  insertConfiguration,
  lockConfiguration,
  nextConfigurationId,
  updateConfiguration,
} from './queries/configurations.ts';
import { findUsableGrant } from './queries/grants.ts';

async function completeOnboarding(
  app: App,
  tx: Tx,
  { actor, body, expiresAt }: { actor: Connector; body: OnboardBody; expiresAt: string | null },
): Promise<void> {
  const { organizationId, userId } = actor;
  const grant = await findUsableGrant(tx, { userId, wabaId: body.waba_id });
  if (!grant?.access_token) throw notFound('account');
  const token = app.secretBox.open(
    grant.access_token,
    tokenPlace({ userId: grant.user_id, wabaId: grant.waba_id }),
  );
  const known = await lockConfiguration(tx, organizationId);
  const id = known?.id ?? (await nextConfigurationId(tx));
  const now = app.clock.now();
  const values = {
    waba_id: body.waba_id,
    phone_number_id: body.phone_number_id,
    access_token: app.secretBox.seal(token, configPlace({ id, tenant_id: organizationId }, 'access_token')),
    token_expires_at: expiresAt === null ? null : new Date(expiresAt),
    onboarding_completed: true,
    onboarded_at: now,
    last_verified_at: now,
  };
  if (known) await updateConfiguration(tx, id, values);
  else await insertConfiguration(tx, { id, tenantId: organizationId, userId }, values);
  await recordAudit(tx, {
    action: 'configuration.onboarded',
    subject: { kind: 'configuration', id: String(id) },
    details: { waba_id: body.waba_id, phone_number_id: body.phone_number_id },
  });
}

/** Throws the error of the step that failed; the code is used up then. */
export async function onboardClient(app: App, actor: Connector, body: OnboardBody): Promise<Onboarded> {
  const account = await connectToTheEnd(app, actor, await takeCode(app, actor, body));
  await asUser(app, actor, (tx) =>
    completeOnboarding(app, tx, { actor, body, expiresAt: account.token_expires_at }),
  );
  app.configurations.forget(actor.organizationId);
  return {
    waba_id: body.waba_id,
    phone_number_id: body.phone_number_id,
    onboarding_completed: true,
    token_expires_at: account.token_expires_at,
    account,
  };
}
