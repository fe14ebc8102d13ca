/**
 * Claimed lanes to their end. What must stay true: a lane's items are handled in order; an item is finished in the transaction of what
 * it caused, under its lane's token; a bad item is quarantined alone; an item that has to wait holds up those behind it, and nobody else's.
 * Plain items of one organization share a transaction, because a commit costs more than a message; when anything in it fails, all of it
 * is undone and tried again by halves.
 */
import type { App } from '../../app.ts';
import { asClaimer, asWorker, shareTx, type Tx } from '../../platform/db/tx.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { INSTALL_SIGNER } from './contract.ts';
import { handleItem } from './process-item.ts';
import {
  finishItems,
  noteFault,
  releaseLanes,
  waitAtMost,
  type Batch,
  type ClaimedItem,
  type EndedItem,
  type Run,
} from './queries.ts';
import { canShareTransaction, decideAfterFailure, describeFault, isLockTimeout, LeaseLost } from './rules.ts';

/** How long a shared transaction waits for a lock: somebody else's slow work holds up one conversation, not a whole batch. */
const LOCK_SECONDS = 1;

async function endItem(app: App, tx: Tx, item: ClaimedItem): Promise<EndedItem> {
  const ended = { item, ...(await handleItem(app, tx, item)) };
  await failpoint('inbound.item-handled');
  return ended;
}

async function endRun(app: App, tx: Tx, run: Run): Promise<EndedItem[]> {
  const ended: EndedItem[] = [];
  for (const item of run) ended.push(await endItem(app, tx, item));
  return ended;
}

function inTransactionOf<T>(
  app: App,
  organizationId: string | null,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  return organizationId === null ? asClaimer(app, work) : asWorker(app, organizationId, work);
}

function count(app: App, ended: EndedItem[]): void {
  for (const { item, outcome } of ended) {
    app.webhook.items.inc({ kind: item.kind, outcome });
    if (outcome === 'unowned' && item.signed_by !== INSTALL_SIGNER) app.webhook.foreignItems.inc();
  }
}

/** All or nothing. Every lane's work is waited for: none may go on when the transaction has ended. */
async function processTogether(app: App, organizationId: string | null, runs: Run[]): Promise<void> {
  const lanes = runs.flatMap((run) => run.slice(0, 1));
  const ended = await inTransactionOf(app, organizationId, async (tx) => {
    await waitAtMost(tx, LOCK_SECONDS);
    const pieces = shareTx(tx, runs.length);
    const results = await Promise.allSettled(runs.map((run, index) => endRun(app, pieces[index] ?? tx, run)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    const all = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    if (!(await finishItems(tx, lanes, all))) throw new LeaseLost();
    await failpoint('inbound.items-finished');
    await releaseLanes(tx, lanes);
    return all;
  });
  await failpoint('inbound.items-committed');
  count(app, ended);
}

/** Takes an item to its end, or says for how many seconds it has to wait. */
async function processAlone(app: App, item: ClaimedItem): Promise<{ waitSeconds: number } | null> {
  try {
    const ended = await inTransactionOf(app, item.organization_id, async (tx) => {
      const end = await endItem(app, tx, item);
      if (!(await finishItems(tx, [item], [end]))) throw new LeaseLost();
      return end;
    });
    count(app, [ended]);
    return null;
  } catch (error) {
    const next = decideAfterFailure(error, item.attempts + 1);
    if (next.action === 'leave') throw error;
    const fault = describeFault(error);
    app.log.warn({ err: error, item_id: item.id, action: next.action }, 'An item of a delivery failed');
    if (next.action === 'retry') {
      await asClaimer(app, (tx) => noteFault(tx, item, fault));
      return { waitSeconds: next.seconds };
    }
    const ended: EndedItem = { item, outcome: 'quarantined', fault };
    await asClaimer(app, (tx) => finishItems(tx, [item], [ended]));
    count(app, [ended]);
    return null;
  }
}

/** One lane, item by item. */
async function processRun(app: App, run: Run): Promise<void> {
  let waitSeconds = 0;
  try {
    for (const item of run) {
      const wait = await processAlone(app, item);
      if (wait === null) continue;
      ({ waitSeconds } = wait);
      break;
    }
  } catch (error) {
    // Whoever has the lane now does the rest.
    if (error instanceof LeaseLost) return;
    throw error;
  }
  await asClaimer(app, (tx) => releaseLanes(tx, run.slice(0, 1), waitSeconds));
}

/** Two at once, so that one that waits for a lock does not hold up the rest. */
async function processEach(app: App, runs: readonly Run[]): Promise<void> {
  const rest = [...runs];
  const next = async () => {
    for (let run = rest.shift(); run !== undefined; run = rest.shift()) await processRun(app, run);
  };
  await Promise.all([next(), next()]);
}

/** In one transaction; when that fails, by halves, until what is at fault stands alone. */
async function processGroup(app: App, organizationId: string | null, runs: Run[]): Promise<void> {
  try {
    await processTogether(app, organizationId, runs);
  } catch (error) {
    app.log.debug({ err: error, lanes: runs.length }, 'Items that shared a transaction are tried apart');
    // Each half would wait for the same lock again.
    if (runs.length === 1 || isLockTimeout(error)) return processEach(app, runs);
    const middle = Math.ceil(runs.length / 2);
    await processGroup(app, organizationId, runs.slice(0, middle));
    await processGroup(app, organizationId, runs.slice(middle));
  }
}

/** Takes all lanes of a batch to the end of their runs. */
export async function processBatch(app: App, { runs }: Batch): Promise<void> {
  await failpoint('inbound.items-claimed');
  const together = Map.groupBy(runs.filter(canShareTransaction), (run) => run[0]?.organization_id ?? null);
  for (const [organizationId, group] of together) await processGroup(app, organizationId, group);
  await processEach(
    app,
    runs.filter((run) => !canShareTransaction(run)),
  );
}
