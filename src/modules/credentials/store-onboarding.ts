/**
 * Writes what onboarding gained into the organization's configuration, which counts as onboarded and verified then. What must stay
 * true: the token is sealed for its row before it is written; what was entered besides stays.
 */
import type { App } from '../../app.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { configPlace } from './config-loader.ts';
import {
  insertConfiguration,
  lockConfiguration,
  nextConfigurationId,
  updateConfiguration,
} from './queries.ts';

/** What onboarding gained, and for whom. */
export type Onboarding = {
  owner: { organizationId: string; userId: string };
  wabaId: string;
  phoneNumberId: string;
  /** In plain text: it is sealed here. */
  token: string;
  tokenExpiresAt: Date | null;
};

/** Makes the configuration when the organization has none. */
export async function storeOnboarding(
  { secretBox, clock }: Pick<App, 'secretBox' | 'clock'>,
  tx: Tx,
  { owner: { organizationId, userId }, wabaId, phoneNumberId, token, tokenExpiresAt }: Onboarding,
): Promise<void> {
  const known = await lockConfiguration(tx, organizationId);
  const id = known?.id ?? (await nextConfigurationId(tx));
  const now = clock.now();
  const values = {
    waba_id: wabaId,
    phone_number_id: phoneNumberId,
    access_token: secretBox.seal(token, configPlace({ id, tenant_id: organizationId }, 'access_token')),
    token_expires_at: tokenExpiresAt,
    onboarding_completed: true,
    onboarded_at: now,
    last_verified_at: now,
  };
  if (known) await updateConfiguration(tx, id, values);
  else await insertConfiguration(tx, { id, tenantId: organizationId, userId }, values);
  await recordAudit(tx, {
    action: 'configuration.onboarded',
    subject: { kind: 'configuration', id: String(id) },
    details: { waba_id: wabaId, phone_number_id: phoneNumberId },
  });
}
