/** PARTNER_ADDED: the app hears that an account was shared with it, subscribed to the account or not. */
import type { Simulation } from '../simulation.ts';
import type { WebhookEngine } from './engine.ts';
import { publishUpdate } from './publish-update.ts';

export function tellPartnerAdded(
  sim: Simulation,
  engine: WebhookEngine,
  { wabaId, appId }: { wabaId: string; appId: string },
): void {
  const account = sim.state.accounts[wabaId];
  if (!account) return;
  publishUpdate(sim, engine, {
    account: { ...account, subscriptions: { [appId]: { override: null } } },
    number: null,
    field: 'account_update',
    // Partner events carry the partner's own portfolio; the account stands in waba_info.
    entryId: sim.options.appId,
    value: { event: 'PARTNER_ADDED', waba_info: { waba_id: wabaId, owner_business_id: account.business_id } },
  });
}
