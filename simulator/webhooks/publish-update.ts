/**
 * Decides who hears of an update: every subscribed app, each at the address that applies (number before WABA before
 * app). Overrides are followed by some fields only; account and template fields always go to the app's own address.
 */
import { appWebhookUrl } from '../simulation.ts';
import type { Simulation } from '../simulation.ts';
import type { Account, PhoneNumber } from '../state/state.ts';
import type { NewUpdate, WebhookEngine } from './engine.ts';

const FIELDS_THAT_FOLLOW_OVERRIDES = new Set([
  'messages',
  'message_echoes',
  'calls',
  'consumer_profile',
  'messaging_handovers',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'smb_message_echoes',
  'smb_app_state_sync',
  'history',
  'account_settings_update',
]);

export type Update = {
  account: Account;
  /** The number it is about, for overrides and order; none for account fields. */
  number: PhoneNumber | null;
  field: string;
  value: Record<string, unknown>;
  /** Defaults to the WABA id; PARTNER_* events carry the partner's business id. */
  entryId?: string;
  messageId?: string;
  /** Seconds; by default only account and template fields carry it. */
  time?: number | null;
};

/** The updates to queue, one for each app that listens. */
export function updatesFor(sim: Simulation, update: Update): NewUpdate[] {
  const { account, number, field } = update;
  const time = update.time ?? (field === 'messages' ? null : Math.floor(sim.now() / 1000));
  const found: NewUpdate[] = [];
  for (const [appId, subscription] of Object.entries(account.subscriptions)) {
    const override = FIELDS_THAT_FOLLOW_OVERRIDES.has(field)
      ? (number?.overrides[appId] ?? subscription.override)
      : null;
    const url = override?.uri ?? appWebhookUrl(sim, appId);
    if (url === null || url === '') {
      sim.log.warn({ app_id: appId, field }, 'simulator has no address for a webhook and drops it');
      continue;
    }
    found.push({
      app_id: appId,
      url,
      lane: number?.phone_number_id ?? account.waba_id,
      entry_id: update.entryId ?? account.waba_id,
      time,
      field,
      value: update.value,
      message_id: update.messageId ?? null,
    });
  }
  return found;
}

/** Queues an update for every app that listens. */
export function publishUpdate(sim: Simulation, engine: WebhookEngine, update: Update): void {
  for (const one of updatesFor(sim, update)) engine.queue(one);
}

/** The handshake that Meta makes before it accepts a callback address. */
export async function answersHandshake(uri: string, verifyToken: string): Promise<boolean> {
  const challenge = String(Math.floor(1e9 + Math.random() * 9e9));
  const url = new URL(uri);
  url.searchParams.set('hub.mode', 'subscribe');
  url.searchParams.set('hub.challenge', challenge);
  url.searchParams.set('hub.verify_token', verifyToken);
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(10_000) });
    return answer.status === 200 && (await answer.text()).trim() === challenge;
  } catch {
    return false;
  }
}
