/**
 * One item of a delivery. Safe to run twice: the item is finished in the same transaction as what it caused, under its lease's
 * token, and a message's wamid is claimed by a unique key. A bad item is set aside alone.
 */
import type { App } from '../../app.ts';
import type { WebhookItem } from '../../graph-api/webhook/split-delivery.ts';
import { readStatus } from '../../graph-api/webhook/message-status.ts';
import { asClaimer, asWorker, type Tx } from '../../platform/db/tx.ts';
import { applyStatus } from '../outbound/apply-status.ts';
import { applyAccountUpdate } from '../waba/apply-account-update.ts';
import { findNumber } from '../waba/find-number.ts';
import { finishItem, postponeItem, releaseItems, type ClaimedItem, type ItemOutcome } from './queries.ts';
import { receiveMessage } from './receive-message.ts';
import { decideAfterFailure, describeFault, LeaseLost } from './rules.ts';

/** Longer than a run takes; a killed worker's items are taken over after it. */
export const ITEM_LEASE_SECONDS = 20;
/** Items of one contact that are leased at once. */
export const RUN_LENGTH = 25;

type Ending = { outcome: ItemOutcome; fault: string | null };

const unowned: Ending = {
  outcome: 'unowned',
  fault: 'No organization of this install owns the number, or its app may not speak for it.',
};
const unhandled: Ending = {
  outcome: 'unhandled',
  fault: 'Kept as it came: nothing here acts on this kind yet.',
};

async function handle(tx: Tx, organizationId: string, claimed: ClaimedItem): Promise<Ending> {
  const number = claimed.phone_number_id === null ? null : await findNumber(tx, claimed.phone_number_id);
  if (!number) return unowned;
  const item = JSON.parse(claimed.item) as WebhookItem;
  if (claimed.kind === 'message') {
    const outcome = await receiveMessage(tx, {
      organizationId,
      number,
      value: item.value,
      contact: item.contact,
    });
    return { outcome, fault: null };
  }
  if (claimed.kind === 'status') {
    const place = { organizationId, phoneNumberId: number.phoneNumberId };
    const outcome = await applyStatus(tx, place, readStatus(item.value, item.contact));
    return outcome === 'unknown_status' ? unhandled : { outcome: 'done', fault: null };
  }
  return unhandled;
}

/** What is about an account, or about a number that is nobody's. */
async function handleWithoutNumber(tx: Tx, claimed: ClaimedItem): Promise<Ending> {
  if (claimed.phone_number_id !== null) return unowned;
  if (claimed.field !== 'account_update') return unhandled;
  const { value } = JSON.parse(claimed.item) as WebhookItem;
  const isApplied = await applyAccountUpdate(tx, claimed.signed_by, value);
  return isApplied ? { outcome: 'done', fault: null } : unhandled;
}

async function finish(tx: Tx, claimed: ClaimedItem, ending: Ending): Promise<ItemOutcome> {
  if (!(await finishItem(tx, claimed, ending))) throw new LeaseLost();
  return ending.outcome;
}

function attempt(app: App, claimed: ClaimedItem): Promise<ItemOutcome> {
  const organizationId = claimed.organization_id;
  if (organizationId === null)
    return asClaimer(app, async (tx) => finish(tx, claimed, await handleWithoutNumber(tx, claimed)));
  return asWorker(app, organizationId, async (tx) =>
    finish(tx, claimed, await handle(tx, organizationId, claimed)),
  );
}

/** Takes a claimed item to its end, or puts it back with a pause. Whether what stands behind it may be tried now. */
async function processItem(app: App, claimed: ClaimedItem): Promise<boolean> {
  try {
    app.webhook.items.inc({ kind: claimed.kind, outcome: await attempt(app, claimed) });
    return true;
  } catch (error) {
    const next = decideAfterFailure(error, claimed.attempts);
    if (next.action === 'leave') return false;
    const fault = describeFault(error);
    app.log.warn({ err: error, item_id: claimed.id, action: next.action }, 'An item of a delivery failed');
    if (next.action === 'retry') {
      await asClaimer(app, (tx) => postponeItem(tx, claimed, { fault, seconds: next.seconds }));
      return false;
    }
    await asClaimer(app, (tx) => finishItem(tx, claimed, { outcome: 'quarantined', fault }));
    app.webhook.items.inc({ kind: claimed.kind, outcome: 'quarantined' });
    return true;
  }
}

/** Works through one contact's items in order. An item that has to wait holds up those behind it, and nobody else's. */
export async function processRun(app: App, run: ClaimedItem[]): Promise<void> {
  for (const [index, claimed] of run.entries()) {
    if (await processItem(app, claimed)) continue;
    const rest = run.slice(index + 1);
    if (rest.length > 0) await asClaimer(app, (tx) => releaseItems(tx, rest));
    return;
  }
}
