/** All SQL of deliveries and items: the worker's narrow functions. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';

export type TakenDelivery = { id: number; body: Buffer };

/** The oldest deliveries, in order; nobody else gets them before this transaction ends. */
export async function takeDeliveries(tx: Tx, most: number): Promise<TakenDelivery[]> {
  const { rows } = await sql<TakenDelivery>`SELECT * FROM app.take_deliveries(${most})`.execute(tx.db);
  return rows;
}

export type NewItem = {
  position: number;
  field: string;
  kind: string;
  waba_id: string | null;
  phone_number_id: string | null;
  ordering_key: string;
  /** JSON as text. */
  item: string;
};

/** Stores the items, or what was wrong; returns what was wrong, which may be that the items cannot be stored. */
export async function finishDelivery(
  tx: Tx,
  delivery: Pick<TakenDelivery, 'id'>,
  result: { items: NewItem[]; fault: string | null },
): Promise<string | null> {
  const { rows } = await sql<{ fault: string | null }>`
    SELECT app.finish_delivery(${delivery.id}, ${JSON.stringify(result.items)}, ${result.fault}) AS fault`.execute(
    tx.db,
  );
  return rows[0]?.fault ?? null;
}

export type ClaimedItem = {
  id: number;
  field: string;
  kind: string;
  waba_id: string | null;
  phone_number_id: string | null;
  ordering_key: string;
  item: string;
  /** Whose app secret verified the delivery. */
  signed_by: string;
  attempts: number;
  lease_token: number;
  /** Null when the number is nobody's, or the app that signed may not speak for it. */
  organization_id: string | null;
};

/** Runs of items: each is what waits of one ordering key, oldest first. */
export async function claimRuns(
  tx: Tx,
  limits: { runs: number; runLength: number; leaseSeconds: number },
): Promise<ClaimedItem[][]> {
  const { rows } = await sql<ClaimedItem>`
    SELECT * FROM app.claim_items(${limits.runs}, ${limits.runLength}, make_interval(secs => ${limits.leaseSeconds}))`.execute(
    tx.db,
  );
  return [...Map.groupBy(rows, (item) => item.ordering_key).values()];
}

/** Gives back items of a run that were not tried. */
export async function releaseItems(tx: Tx, items: ClaimedItem[]): Promise<void> {
  const ids = items.map((item) => item.id);
  const tokens = items.map((item) => item.lease_token);
  await sql`SELECT app.release_items(${ids}::bigint[], ${tokens}::bigint[])`.execute(tx.db);
}

export type ItemOutcome = 'done' | 'duplicate' | 'unowned' | 'unhandled' | 'quarantined';

/** False when the lease was lost: then nothing that this transaction did may stay. */
export async function finishItem(
  tx: Tx,
  item: Pick<ClaimedItem, 'id' | 'lease_token'>,
  end: { outcome: ItemOutcome; fault: string | null },
): Promise<boolean> {
  const { rows } = await sql<{ finished: boolean }>`
    SELECT app.finish_item(${item.id}, ${item.lease_token}, ${end.outcome}, ${end.fault}) AS finished`.execute(
    tx.db,
  );
  return rows[0]?.finished ?? false;
}

export async function postponeItem(
  tx: Tx,
  item: Pick<ClaimedItem, 'id' | 'lease_token'>,
  pause: { fault: string; seconds: number },
): Promise<void> {
  await sql`SELECT app.postpone_item(${item.id}, ${item.lease_token}, ${pause.fault}, make_interval(secs => ${pause.seconds}))`.execute(
    tx.db,
  );
}

export async function countInboundWork(
  tx: Tx,
): Promise<{ deliveries: number; items: number; quarantined: number }> {
  const { rows } = await sql<{ deliveries: number; items: number; quarantined: number }>`
    SELECT * FROM app.count_inbound_work()`.execute(tx.db);
  return rows[0] ?? { deliveries: 0, items: 0, quarantined: 0 };
}

/** Makes the weeks' tables ahead and drops those that have been kept for so many days. */
export async function keepPartitions(tx: Tx, days: number): Promise<void> {
  await sql`SELECT app.make_delivery_partitions()`.execute(tx.db);
  await sql`SELECT app.drop_delivery_partitions(make_interval(days => ${days}))`.execute(tx.db);
}
