/**
 * Runs of items, each one contact's, in order. What must stay true: an item is finished in the transaction of what it caused, under
 * its lease's token; a bad item is set aside alone; an item that has to wait holds up those behind it, and nobody else's.
 */
import type { App } from '../../app.ts';
import { asClaimer, asWorker, type Tx } from '../../platform/db/tx.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { handleItem } from './process-item.ts';
import { finishItem, postponeItem, releaseItems, type ClaimedItem, type ItemOutcome } from './queries.ts';
import { decideAfterFailure, describeFault, LeaseLost } from './rules.ts';

/** Longer than a run takes; a killed worker's items are taken over after it. */
export const ITEM_LEASE_SECONDS = 20;
/** Items of one contact that are leased at once. */
export const RUN_LENGTH = 25;

async function handleAndFinish(tx: Tx, claimed: ClaimedItem): Promise<ItemOutcome> {
  const ending = await handleItem(tx, claimed);
  await failpoint('inbound.item-handled');
  if (!(await finishItem(tx, claimed, ending))) throw new LeaseLost();
  await failpoint('inbound.items-finished');
  return ending.outcome;
}

function attempt(app: App, claimed: ClaimedItem): Promise<ItemOutcome> {
  const work = (tx: Tx) => handleAndFinish(tx, claimed);
  return claimed.organization_id === null
    ? asClaimer(app, work)
    : asWorker(app, claimed.organization_id, work);
}

/** Takes a claimed item to its end, or puts it back with a pause. Whether what stands behind it may be tried now. */
async function processItem(app: App, claimed: ClaimedItem): Promise<boolean> {
  try {
    app.webhook.items.inc({ kind: claimed.kind, outcome: await attempt(app, claimed) });
    await failpoint('inbound.items-committed');
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

/** Works through one contact's items in order. */
export async function processRun(app: App, run: ClaimedItem[]): Promise<void> {
  await failpoint('inbound.items-claimed');
  for (const [index, claimed] of run.entries()) {
    if (await processItem(app, claimed)) continue;
    const rest = run.slice(index + 1);
    if (rest.length > 0) await asClaimer(app, (tx) => releaseItems(tx, rest));
    return;
  }
}
