/**
 * From stored deliveries to their items. What must stay true: items get their ids in the order in which deliveries were stored, and
 * in a delivery messages before statuses, because the ids are the order of work. So one process splits at a time, and everything
 * it does commits together. Safe to run twice: what was not committed is still there, and items are unique by position.
 */
import type { App } from '../../app.ts';
import { cleanText } from '../../graph-api/webhook/clean-text.ts';
import { splitDelivery, type WebhookItem } from '../../graph-api/webhook/split-delivery.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { asClaimer, type Tx } from '../../platform/db/tx.ts';
import { finishDelivery, takeDeliveries, type NewItem, type TakenDelivery } from './queries.ts';

/** One transaction's worth: a kill repeats no more than these. */
const MOST_DELIVERIES = 50;
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

async function storeItems(app: App, tx: Tx, delivery: TakenDelivery): Promise<void> {
  const split = splitDelivery(delivery.body);
  const items = 'items' in split ? split.items.map(toRow) : [];
  const fault = await finishDelivery(tx, delivery, {
    items,
    fault: 'malformed' in split ? split.malformed : null,
  });
  if (fault !== null) app.log.warn({ delivery_id: delivery.id, fault }, 'A delivery is not what Meta sends');
}

/** Splits the oldest deliveries and returns them; none when none wait or another process is at it. */
export async function splitDeliveries(app: App): Promise<TakenDelivery[]> {
  const split = await asClaimer(app, async (tx) => {
    const deliveries = await takeDeliveries(tx, MOST_DELIVERIES);
    if (deliveries.length > 0) await failpoint('inbound.deliveries-taken');
    for (const delivery of deliveries) {
      await storeItems(app, tx, delivery);
      await failpoint('inbound.items-inserted');
    }
    return deliveries;
  });
  if (split.length > 0) await failpoint('inbound.deliveries-split');
  return split;
}
