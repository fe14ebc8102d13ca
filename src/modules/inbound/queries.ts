/** All SQL of deliveries and items: the worker's narrow functions. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';

export type TakenDelivery = { id: number; turn_of: string; body: Buffer };

/** Deliveries of those whose turn it is after `afterTurn`, of each the oldest; nobody else gets them before this transaction ends. */
export async function takeDeliveries(tx: Tx, afterTurn: string, most: number): Promise<TakenDelivery[]> {
  const { rows } = await sql<TakenDelivery>`
    SELECT * FROM app.take_deliveries(${afterTurn}, ${most})`.execute(tx.db);
  return rows;
}

export type NewItem = {
  delivery_id: number;
  position: number;
  field: string;
  kind: string;
  waba_id: string | null;
  phone_number_id: string | null;
  ordering_key: string;
  /** JSON as text. */
  item: string;
};

export type SplitDelivery = { id: number; turn_of: string; items: NewItem[]; fault: string | null };

/** Stores the items of deliveries, or what was wrong with them; returns what was wrong, which may be that items cannot be stored. */
export async function finishDeliveries(
  tx: Tx,
  deliveries: SplitDelivery[],
): Promise<{ delivery_id: number; fault: string }[]> {
  const ids = deliveries.map(({ id }) => id);
  const faults = deliveries.map(({ fault }) => fault);
  const items = deliveries.map((delivery) => delivery.items.map((item) => JSON.stringify(item)).join(','));
  const { rows } = await sql<{ delivery_id: number; fault: string }>`
    SELECT * FROM app.finish_deliveries(${ids}::bigint[], ${faults}::text[], ${items}::text[])`.execute(
    tx.db,
  );
  return rows;
}

export type ClaimedItem = {
  id: number;
  received_at: string;
  field: string;
  kind: string;
  waba_id: string | null;
  phone_number_id: string | null;
  ordering_key: string;
  item: string;
  /** Whose app secret verified the delivery. */
  signed_by: string;
  /** Tries before this one. */
  attempts: number;
  lease_token: number;
  /** Null when the number is nobody's, or another's than when the item came, or the app that signed may not speak for it. */
  organization_id: string | null;
};

/** Items of one lane, oldest first. Never empty. */
export type Run = ClaimedItem[];
/** Runs of lanes that share an organization. */
export type Batch = { share: string; runs: Run[] };

export type ClaimLimits = {
  /** The organization that was served last: the next one's turn it is. */
  afterShare: string;
  /** Whose turn it is not, whatever it has waiting. */
  passedOver: string | null;
  lanes: number;
  items: number;
  leaseSeconds: number;
  /** Of this process; null while it cannot show that it lives. */
  worker: number | null;
};

/** Leases lanes of the organization whose turn it is; null when nothing waits. */
export async function claimBatch(tx: Tx, limits: ClaimLimits): Promise<Batch | null> {
  const { afterShare, passedOver, lanes, items, leaseSeconds, worker } = limits;
  const { rows } = await sql<ClaimedItem & { share: string }>`
    SELECT c.*, c.received_at::text AS received_at FROM app.claim_lanes(${afterShare}, ${passedOver}, ${lanes}, ${items},
      make_interval(secs => ${leaseSeconds}), ${worker}) AS c`.execute(tx.db);
  const share = rows[0]?.share;
  return share === undefined
    ? null
    : { share, runs: [...Map.groupBy(rows, (item) => item.ordering_key).values()] };
}

type Held = Pick<ClaimedItem, 'ordering_key' | 'lease_token'>;

const keysOf = (lanes: Held[]) => lanes.map((lane) => lane.ordering_key);
const tokensOf = (lanes: Held[]) => lanes.map((lane) => lane.lease_token);

export type ItemOutcome = 'done' | 'duplicate' | 'unowned' | 'unhandled' | 'quarantined';
export type EndedItem = { item: ClaimedItem; outcome: ItemOutcome; fault: string | null };

/**
 * Ends items; their lanes stay leased. False when the lease of any of the lanes was lost: then nothing that this transaction did may
 * stay.
 */
export async function finishItems(tx: Tx, lanes: Held[], ended: EndedItem[]): Promise<boolean> {
  const ends = ended.map(({ item: { id, received_at, organization_id }, outcome, fault }) => ({
    id,
    received_at,
    outcome,
    fault,
    belongs_to: organization_id,
  }));
  const { rows } = await sql<{ finished: boolean }>`
    SELECT app.finish_items(${keysOf(lanes)}::text[], ${tokensOf(lanes)}::bigint[], ${JSON.stringify(ends)}::json) AS finished`.execute(
    tx.db,
  );
  return rows[0]?.finished ?? false;
}

/** Gives lanes back, after a pause where one is asked for. */
export async function releaseLanes(tx: Tx, lanes: Held[], pauseSeconds = 0): Promise<void> {
  await sql`
    SELECT app.release_lanes(${keysOf(lanes)}::text[], ${tokensOf(lanes)}::bigint[], make_interval(secs => ${pauseSeconds}))`.execute(
    tx.db,
  );
}

/** Counts an attempt at an item that will be tried again, with what went wrong. */
export async function noteFault(tx: Tx, item: ClaimedItem, fault: string): Promise<void> {
  await sql`
    SELECT app.note_fault(${item.ordering_key}, ${item.lease_token}, ${item.id}, ${item.received_at}::timestamptz, ${fault})`.execute(
    tx.db,
  );
}

/** For the rest of the transaction. */
export async function waitAtMost(tx: Tx, seconds: number): Promise<void> {
  await sql`SET LOCAL lock_timeout = ${sql.lit(seconds * 1000)}`.execute(tx.db);
}

/** Gives back what dead processes held; how many leases. */
export async function returnLeases(tx: Tx): Promise<number> {
  const { rows } = await sql<{ returned: number }>`SELECT app.return_leases() AS returned`.execute(tx.db);
  return rows[0]?.returned ?? 0;
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
