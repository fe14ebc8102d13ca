/** SQL of blocked senders: those with a conversation, and those who never left triage. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { Place } from '../../../platform/paging.ts';
import type { CustomerRow } from './conversations.ts';

export type BlockedRow = {
  id: string;
  /** Null in triage. */
  agent_id: number | null;
  agent_name: string | null;
  customer_id: number;
  phone_number_id: string;
  display_phone_number: string;
  verified_name: string | null;
  blocked_at: Date;
  position: string;
  blocked_by_name: string | null;
  blocked_reason: string | null;
};

/** Who was blocked last comes first; of both tables only as many as a page holds. */
export async function listBlocked(
  tx: Tx,
  { before, limit }: { before: Place | undefined; limit: number },
): Promise<BlockedRow[]> {
  const older = before
    ? sql`AND (blocked_at, id) < (${before.position}::timestamptz, ${before.id}::uuid)`
    : sql``;
  const newestFirst = sql`ORDER BY blocked_at DESC, id DESC LIMIT ${limit}`;
  const columns = sql`id, customer_id, phone_number_id, blocked_at, blocked_by, blocked_reason`;
  const { rows } = await sql<BlockedRow>`
    SELECT b.id, b.agent_id, o.name AS agent_name, b.customer_id, b.phone_number_id, n.display_phone_number, n.verified_name,
      b.blocked_at, b.blocked_at::text AS position, u.name AS blocked_by_name, b.blocked_reason
    FROM (
      (SELECT agent_id, ${columns} FROM conversations WHERE status = 'blocked' ${older} ${newestFirst})
      UNION ALL
      (SELECT NULL, ${columns} FROM triage_items WHERE state = 'blocked' ${older} ${newestFirst})
    ) AS b JOIN phone_numbers n ON n.phone_number_id = b.phone_number_id
    LEFT JOIN users u ON u.id = b.blocked_by
    LEFT JOIN agents a ON a.id = b.agent_id LEFT JOIN users o ON o.id = a.user_id
    ORDER BY b.blocked_at DESC, b.id DESC LIMIT ${limit}`.execute(tx.db);
  return rows;
}

/** Customers of the waiting room. */
export async function findWaitingCustomers(tx: Tx, ids: number[]): Promise<CustomerRow[]> {
  const { rows } = await sql<CustomerRow>`
    SELECT id, agent_id, name, phone, username FROM customers WHERE home = 0 AND id = ANY(${ids}::bigint[])`.execute(
    tx.db,
  );
  return rows;
}
