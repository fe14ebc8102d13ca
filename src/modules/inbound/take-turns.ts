/**
 * Whose work is next, in one process. What must stay true: whoever has a backlog, another's message waits for little more than its own
 * work: accounts and organizations take turns, no turn is long, and one organization never has all the places.
 */
import type { App } from '../../app.ts';
import { asClaimer } from '../../platform/db/tx.ts';
import { processBatch } from './process-batch.ts';
import { claimBatch, type Batch, type SplitDelivery } from './queries.ts';
import { splitDeliveries } from './split-delivery.ts';

/** Batches that are processed at once; all but one may be of the same organization. */
export const PLACES = 5;
/** Longer than a batch takes. A killed process's lanes are given back sooner: others see that it is dead. */
const LEASE_SECONDS = 20;
/** Lanes that share a transaction: more would gain little, and hold up what comes meanwhile. */
const BATCH_LANES = 40;
/** Items that share a transaction: live messages wait no longer than these take. */
const BATCH_ITEMS = 100;

/** Splits, and remembers whose deliveries were split last. */
export function splitInTurn(app: App): () => Promise<SplitDelivery[]> {
  let afterTurn = '';
  return async () => {
    const done = await splitDeliveries(app, afterTurn);
    afterTurn = done.at(-1)?.turn_of ?? afterTurn;
    return done;
  };
}

/** Claims and processes batches, and remembers which organization was served last and who has how many places. */
export function processInTurn(app: App): {
  claim: () => Promise<Batch[]>;
  work: (batch: Batch) => Promise<void>;
} {
  const limits = { lanes: BATCH_LANES, items: BATCH_ITEMS, leaseSeconds: LEASE_SECONDS };
  const inWork: Batch[] = [];
  let afterShare = '';
  return {
    async claim() {
      const worker = app.notifications.workerNumber;
      const passedOver = whoHasAllButOne(inWork);
      const batch = await asClaimer(app, (tx) =>
        claimBatch(tx, { afterShare, passedOver, worker, ...limits }),
      );
      if (batch === null) return [];
      afterShare = batch.share;
      inWork.push(batch);
      return [batch];
    },
    work: (batch) => processBatch(app, batch).finally(() => inWork.splice(inWork.indexOf(batch), 1)),
  };
}

function whoHasAllButOne(batches: Batch[]): string | null {
  const [first] = batches;
  const isAll = batches.length === PLACES - 1 && batches.every(({ share }) => share === first?.share);
  return isAll ? (first?.share ?? null) : null;
}
