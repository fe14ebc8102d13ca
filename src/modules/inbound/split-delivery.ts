/**
 * From stored deliveries to their items. What must stay true: items of an account get their ids in the order in which its deliveries
 * were stored, and in a delivery messages before statuses, because the ids are the order of work. So one process splits at a time, and
 * everything it does commits together. Safe to run twice: what was not committed is still there, and items are unique by position.
 */
import type { App } from '../../app.ts';
import { cleanText } from '../../graph-api/webhook/clean-text.ts';
import { splitDelivery, type WebhookItem } from '../../graph-api/webhook/split-delivery.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import { failpoint } from '../../platform/failpoints.ts';
import {
  finishDeliveries,
  takeDeliveries,
  type NewItem,
  type SplitDelivery,
  type TakenDelivery,
} from './queries.ts';
import { storeItem } from './stored-item.ts';

/** One transaction's worth: a kill repeats no more than these, and live work waits no longer than they take. */
const MOST_DELIVERIES = 50;
/** Or fewer, when they hold this many items. */
const MOST_ITEMS = 100;
const LONGEST_NAME = 200;

function shortened(text: string | null): string | null {
  return text === null ? null : cleanText(text).slice(0, LONGEST_NAME);
}

/** Items of one contact on one number are processed one after the other; whatever names no contact waits for nobody, and nothing for the past. */
function orderingKey(item: WebhookItem): string {
  if (item.kind === 'history') return `past ${JSON.stringify([item.phoneNumberId, item.senderKey])}`;
  if (item.phoneNumberId !== null && item.senderKey !== null)
    return JSON.stringify([item.phoneNumberId, item.senderKey]);
  return `item ${item.dedupeKey}`;
}

function toRow(deliveryId: number, item: WebhookItem): NewItem {
  return {
    delivery_id: deliveryId,
    position: item.position,
    field: shortened(item.field) ?? '',
    kind: item.kind,
    waba_id: shortened(item.wabaId),
    phone_number_id: shortened(item.phoneNumberId),
    ordering_key: cleanText(orderingKey(item)).slice(0, 1000),
    item: storeItem(item),
  };
}

function split({ id, turn_of, body }: TakenDelivery): SplitDelivery {
  const found = splitDelivery(body);
  if ('malformed' in found) return { id, turn_of, items: [], fault: found.malformed };
  return { id, turn_of, items: found.items.map((item) => toRow(id, item)), fault: null };
}

/** From the first on, until there are enough items for one transaction. */
function splitSome(deliveries: TakenDelivery[]): SplitDelivery[] {
  const done: SplitDelivery[] = [];
  let items = 0;
  for (const delivery of deliveries) {
    if (items >= MOST_ITEMS) break;
    const one = split(delivery);
    items += one.items.length;
    done.push(one);
  }
  return done;
}

/**
 * Splits deliveries of those whose turn it is after `afterTurn` and returns them; none when none wait or another process is
 * at it.
 */
export async function splitDeliveries(app: App, afterTurn: string): Promise<SplitDelivery[]> {
  const done = await asClaimer(app, async (tx) => {
    const taken = await takeDeliveries(tx, afterTurn, MOST_DELIVERIES);
    if (taken.length === 0) return [];
    await failpoint('inbound.deliveries-taken');
    const deliveries = splitSome(taken);
    for (const { delivery_id, fault } of await finishDeliveries(tx, deliveries))
      app.log.warn({ delivery_id, fault }, 'A delivery is not what Meta sends');
    await failpoint('inbound.items-inserted');
    return deliveries;
  });
  if (done.length > 0) await failpoint('inbound.deliveries-split');
  return done;
}
