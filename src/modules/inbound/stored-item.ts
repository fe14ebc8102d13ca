/**
 * An item as it is kept in the database. What must stay true: one item is never more than a worker, or whoever reads it later, can hold
 * beside many others; what is larger is quarantined, and only its delivery keeps it whole.
 */
import type { WebhookItem } from '../../graph-api/webhook/split-delivery.ts';
import { PoisonedItem } from './rules.ts';

/** Characters of JSON. Meta sends three megabytes for a thousand things; the largest single one has a few ten thousand. */
const LARGEST = 128 * 1024;

type StoredItem = WebhookItem & { oversized?: number };

/** JSON as text. */
export function storeItem(item: WebhookItem): string {
  const whole = JSON.stringify(item);
  if (whole.length <= LARGEST) return whole;
  return JSON.stringify({
    ...item,
    contact: null,
    value: null,
    oversized: whole.length,
  } satisfies StoredItem);
}

/** Throws PoisonedItem for one that was too large to be kept. */
export function readStoredItem(text: string): WebhookItem {
  const { oversized, ...item } = JSON.parse(text) as StoredItem;
  if (oversized !== undefined)
    throw new PoisonedItem(
      `It has ${String(oversized)} characters, more than Meta sends of one thing. Its delivery is kept as it came.`,
    );
  return item;
}
