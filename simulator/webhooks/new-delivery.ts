/** A webhook before its first try: the updates that it carries, in their envelope, and where it goes. */
import { randomUUID } from 'node:crypto';

import { appWebhookUrl } from '../simulation.ts';
import type { Simulation } from '../simulation.ts';
import type { Faults, FreshUpdate, PendingDelivery } from '../state/state.ts';
import { envelopeOf } from './envelope.ts';

/** All updates go to the app and address of the first. */
export function newDelivery(
  first: FreshUpdate,
  updates: FreshUpdate[],
  faults: Faults['webhooks'],
): PendingDelivery {
  const { unknown_fields: unknownFields, escape_unicode: escapeUnicode } = faults;
  return {
    id: randomUUID(),
    app_id: first.app_id,
    url: first.url,
    body: envelopeOf(updates, { unknownFields, escapeUnicode }),
    first_at: Date.now(),
    due: Date.now(),
    tries: 0,
    about: updates.length > 1 ? `${updates.length} updates` : describeUpdate(first),
    updates: updates.length,
    message_ids: updates.flatMap((update) => update.message_id ?? []),
  };
}

/** After a restart the server may listen on another port: what went to the app's own address goes to the new one. */
export function currentUrl(sim: Simulation, delivery: { app_id: string; url: string }): string {
  if (delivery.app_id !== sim.options.appId) return delivery.url;
  const own = appWebhookUrl(sim, delivery.app_id);
  if (own === null || !URL.canParse(own) || !URL.canParse(delivery.url)) return delivery.url;
  return new URL(own).pathname === new URL(delivery.url).pathname ? own : delivery.url;
}

/** What an update tells, in a few words. */
function describeUpdate(update: FreshUpdate): string {
  const { messages, statuses } = update.value as {
    messages?: { type: string }[];
    statuses?: { status: string }[];
  };
  if (messages?.[0]) return `${messages[0].type} from a customer`;
  if (statuses?.[0]) return `status ${statuses[0].status}`;
  return update.field.replaceAll('_', ' ');
}
