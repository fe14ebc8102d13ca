/**
 * Onboarding in one call, for a program that opened Meta's dialog itself: the code becomes a token, the account is connected by the
 * same steps as in the browser, and account, number and token stand in the organization's configuration, which counts as onboarded.
 */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { storeOnboarding } from '../credentials/store-onboarding.ts';
import { tokenPlace } from './account-token.ts';
import type { Connector } from './begin-connection.ts';
import { connectToTheEnd } from './connect-account.ts';
import type { OnboardBody, Onboarded } from './contract.ts';
import { takeCode } from './exchange-code.ts';
import { findUsableGrant } from './queries/grants.ts';

async function completeOnboarding(
  app: App,
  tx: Tx,
  { actor, body, expiresAt }: { actor: Connector; body: OnboardBody; expiresAt: string | null },
): Promise<void> {
  const grant = await findUsableGrant(tx, { userId: actor.userId, wabaId: body.waba_id });
  if (!grant?.access_token) throw notFound('account');
  const token = app.secretBox.open(
    grant.access_token,
    tokenPlace({ userId: grant.user_id, wabaId: grant.waba_id }),
  );
  await storeOnboarding(app, tx, {
    owner: actor,
    wabaId: body.waba_id,
    phoneNumberId: body.phone_number_id,
    token,
    tokenExpiresAt: expiresAt === null ? null : new Date(expiresAt),
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
