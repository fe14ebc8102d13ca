/**
 * What one item of a delivery causes, in the transaction of whoever processes it (process-batch.ts). Safe to run twice: the item is
 * finished in the same transaction, and a message's wamid is claimed by a unique key.
 */
import type { App } from '../../app.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { isDormantSigner } from '../credentials/config-loader.ts';
import { findNumber } from '../waba/find-number.ts';
import { isAccountField } from '../waba/read-account-event.ts';
import { storeAccountNotice } from '../waba/store-account-notice.ts';
import { applyItem } from './apply-item.ts';
import type { ClaimedItem, ItemOutcome } from './queries.ts';
import { readStoredItem } from './stored-item.ts';

/** How an item ended. */
export type Ending = { outcome: ItemOutcome; fault: string | null };

const unowned: Ending = {
  outcome: 'unowned',
  fault: 'No organization of this install owns the number, or its app may not speak for it.',
};
const dormant: Ending = {
  outcome: 'quarantined',
  fault: 'The configuration that signed it is switched off or deleted: it goes on when that one is back.',
};
const unhandled: Ending = {
  outcome: 'unhandled',
  fault: 'Kept as it came: nothing here acts on this kind yet.',
};
const parked: Ending = {
  outcome: 'done',
  fault:
    'It is about a message that was not here when it came. It took effect if that message came within eight days, and was let go otherwise.',
};

async function handleWithNumber(
  app: App,
  tx: Tx,
  { organizationId, claimed }: { organizationId: string; claimed: ClaimedItem },
): Promise<Ending> {
  const number = claimed.phone_number_id === null ? null : await findNumber(tx, claimed.phone_number_id);
  if (!number) return unowned;
  const place = { organizationId, number, installBrand: app.config.brandName, log: app.log };
  const outcome = await applyItem(tx, place, readStoredItem(claimed.item));
  if (outcome === 'parked') return parked;
  return outcome === null ? unhandled : { outcome, fault: null };
}

/** What is about an account, whoever has it. */
async function handleNotice(tx: Tx, claimed: ClaimedItem): Promise<Ending> {
  const isNew = await storeAccountNotice(tx, claimed.signed_by, readStoredItem(claimed.item));
  return { outcome: isNew ? 'done' : 'duplicate', fault: null };
}

/** Does what the item asks for; in a transaction of its number's organization, when it has one. Throws PoisonedItem. */
export async function handleItem(app: App, tx: Tx, claimed: ClaimedItem): Promise<Ending> {
  if (isDormantSigner(claimed.signed_by)) return dormant;
  if (isAccountField(claimed.field)) return handleNotice(tx, claimed);
  const organizationId = claimed.organization_id;
  if (organizationId !== null) return handleWithNumber(app, tx, { organizationId, claimed });
  return claimed.phone_number_id === null ? unhandled : unowned;
}
