/** Takes in a webhook about an account: kept once, whoever has the account, and handed to the organizations that it concerns. */
import { cleanJson } from '../../graph-api/webhook/clean-text.ts';
import type { WebhookItem } from '../../graph-api/webhook/split-delivery.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { insertNotice } from './queries/account-events.ts';

/**
 * Stores it. False when it was known.
 * @param signer whose app secret verified the delivery: an organization's own app speaks for its own grants only
 */
export function storeAccountNotice(tx: Tx, signer: string, item: WebhookItem): Promise<boolean> {
  return insertNotice(tx, {
    signer,
    wabaId: item.wabaId,
    // Without an account, Meta speaks of a business portfolio: a partner's, or the owner of accounts.
    businessId: item.wabaId === null ? item.entryId : null,
    field: item.field,
    value: cleanJson(item.value),
    dedupeKey: item.dedupeKey,
    occurredAt: item.occurredAt,
  });
}
