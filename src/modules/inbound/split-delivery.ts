/**
 * From a stored delivery to its items. Safe to run twice: items are unique by delivery and position, and a lost lease ends the
 * attempt. Items get their ids in the order of work: messages before statuses.
 */
import type { App } from '../../app.ts';
import { cleanText } from '../../graph-api/webhook/clean-text.ts';
import { splitDelivery, type WebhookItem } from '../../graph-api/webhook/split-delivery.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import { finishDelivery, type ClaimedDelivery, type NewItem } from './queries.ts';

/** Seconds in which a delivery of a thousand updates is split many times over. */
export const SPLIT_LEASE_SECONDS = 20;
const LONGEST_NAME = 200;

function shortened(text: string | null): string | null {
  return text === null ? null : cleanText(text).slice(0, LONGEST_NAME);
}

/** Items of one contact on one number are processed one after the other; whatever names no contact waits for nobody. */
function orderingKey(item: WebhookItem): string {
  if (item.phoneNumberId !== null && item.senderKey !== null)
    return JSON.stringify([item.phoneNumberId, item.senderKey]);
  return `item ${item.dedupeKey}`;
}

function toRow(item: WebhookItem): NewItem {
  return {
    position: item.position,
    field: shortened(item.field) ?? '',
    kind: item.kind,
    waba_id: shortened(item.wabaId),
    phone_number_id: shortened(item.phoneNumberId),
    ordering_key: cleanText(orderingKey(item)).slice(0, 1000),
    item: JSON.stringify(item),
  };
}

/** Stores the items of a claimed delivery, or what was wrong with it. */
export async function storeItems(app: App, delivery: ClaimedDelivery): Promise<void> {
  const split = splitDelivery(delivery.body);
  const items = 'items' in split ? split.items.map(toRow) : [];
  const fault = 'malformed' in split ? split.malformed : null;
  if (fault !== null) app.log.warn({ delivery_id: delivery.id, fault }, 'A delivery is not what Meta sends');
  await asClaimer(app, (tx) => finishDelivery(tx, delivery, { items, fault }));
}
