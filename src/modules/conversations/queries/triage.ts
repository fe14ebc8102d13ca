/** SQL of triage: the waiting room is home 0, whose rows have no agent. */
import { sql } from 'kysely';
import { batched } from '../../../platform/db/batched.ts';
import type { Tx } from '../../../platform/db/tx.ts';
import type { Place } from '../../../platform/paging.ts';
import type { TriageState } from '../contract-triage.ts';

export type WaitingMessage = {
  organizationId: string;
  customerId: number;
  phoneNumberId: string;
  messageId: number;
  reason: string;
  at: Date | null;
  isUnread: boolean;
  opensWindow: boolean;
};

/** Makes or moves forward what triage has of a sender on a number, as noteMessage does for a conversation. */
export function noteWaiting(tx: Tx, message: WaitingMessage): Promise<void> {
  tx.exclusively(`triage ${message.phoneNumberId} ${String(message.customerId)}`);
  return noteAllWaiting(tx, message);
}

const noteAllWaiting = batched(async (tx, messages: readonly WaitingMessage[]): Promise<void[]> => {
  const noted = messages.map((message) => ({
    organization_id: message.organizationId,
    customer_id: message.customerId,
    number_id: message.phoneNumberId,
    message_id: message.messageId,
    reason: message.reason,
    at: message.at?.toISOString() ?? null,
    is_unread: message.isUnread,
    opens_window: message.opensWindow,
  }));
  await sql`
    INSERT INTO triage_items AS t (organization_id, customer_id, phone_number_id, reason, unread_count, last_message_id, last_message_at, last_inbound_at)
    SELECT n.organization_id, n.customer_id, n.number_id, n.reason, n.is_unread::integer, n.message_id, n.past, CASE WHEN n.opens_window THEN n.past END
    FROM (SELECT k.*, date_trunc('second', least(coalesce(k.at, now()), now())) AS past
      FROM json_to_recordset(${JSON.stringify(noted)}::json) AS k (organization_id text, customer_id bigint, number_id text,
        message_id bigint, reason text, at timestamptz, is_unread boolean, opens_window boolean)) AS n
    ON CONFLICT ON CONSTRAINT triage_items_sender_key DO UPDATE SET
      reason = CASE WHEN excluded.reason = 'blocked' THEN t.reason ELSE excluded.reason END,
      state = CASE WHEN t.state = 'dismissed' AND excluded.unread_count > 0 THEN 'waiting' ELSE t.state END,
      unread_count = t.unread_count + CASE WHEN t.state = 'blocked' THEN 0 ELSE excluded.unread_count END,
      last_message_id = CASE WHEN excluded.last_message_at >= t.last_message_at THEN excluded.last_message_id ELSE t.last_message_id END,
      last_message_at = greatest(t.last_message_at, excluded.last_message_at),
      last_inbound_at = greatest(t.last_inbound_at, excluded.last_inbound_at)`.execute(tx.db);
  return messages.map(() => undefined);
});

export type TriageRow = {
  id: string;
  customer_id: number;
  phone_number_id: string;
  reason: string;
  state: TriageState;
  unread_count: number;
  last_message_at: Date;
  position: string;
  name: string;
  phone: string | null;
  username: string | null;
  user_id: string | null;
  display_phone_number: string;
  verified_name: string | null;
  blocked_at: Date | null;
  blocked_by_name: string | null;
  blocked_reason: string | null;
};

export async function listTriage(
  tx: Tx,
  page: { state: TriageState; before: Place | undefined; limit: number },
): Promise<TriageRow[]> {
  const older = page.before
    ? sql`AND (t.last_message_at, t.id) < (${page.before.position}::timestamptz, ${page.before.id}::uuid)`
    : sql``;
  const { rows } = await sql<TriageRow>`
    SELECT t.id, t.customer_id, t.phone_number_id, t.reason, t.state, t.unread_count, t.last_message_at,
      t.last_message_at::text AS position, k.name, k.phone, k.username, n.display_phone_number, n.verified_name,
      t.blocked_at, t.blocked_reason, u.name AS blocked_by_name,
      (SELECT i.value FROM contact_identities i WHERE i.organization_id = t.organization_id AND i.agent_id IS NULL
        AND i.customer_id = t.customer_id AND i.kind = 'user_id' ORDER BY i.id DESC LIMIT 1) AS user_id
    FROM triage_items t
    JOIN customers k ON k.home = 0 AND k.id = t.customer_id
    JOIN phone_numbers n ON n.phone_number_id = t.phone_number_id
    LEFT JOIN users u ON u.id = t.blocked_by
    WHERE t.state = ${page.state} ${older} ORDER BY t.last_message_at DESC, t.id DESC LIMIT ${page.limit}`.execute(
    tx.db,
  );
  return rows;
}

export async function countWaiting(tx: Tx): Promise<number> {
  const { rows } = await sql<{ waiting: number }>`
    SELECT count(*)::integer AS waiting FROM triage_items WHERE state = 'waiting'`.execute(tx.db);
  return rows[0]?.waiting ?? 0;
}

export type WaitingMessageRow = {
  triage_id: string;
  id: number;
  direction: 'inbound' | 'outbound';
  type: string;
  message: string;
  payload: unknown;
  status: string;
  timestamp: Date;
  wamid: string | null;
};

/** A page may hold thousands of messages of strangers: what WhatsApp lets people write is whole, what is longer is whole in its thread. */
const LONGEST_TEXT = 4096;
const LARGEST_PAYLOAD = 16_384;

/** The last so many messages of each, oldest first. */
export async function listWaitingMessages(
  tx: Tx,
  triageIds: string[],
  most: number,
): Promise<(WaitingMessageRow & { message_count: number })[]> {
  const { rows } = await sql<WaitingMessageRow & { message_count: number }>`
    SELECT t.id AS triage_id, m.* FROM triage_items t CROSS JOIN LATERAL (
      SELECT count(*) OVER ()::integer AS message_count, r.id, r.direction, r.type, left(r.message, ${LONGEST_TEXT}) AS message,
        CASE WHEN length(r.payload::text) <= ${LARGEST_PAYLOAD} THEN r.payload END AS payload, r.status, r.timestamp, r.wamid
      FROM messages r WHERE r.home = 0 AND r.agent_id IS NULL AND r.customer_id = t.customer_id AND r.phone_number_id = t.phone_number_id
      ORDER BY r.timestamp DESC, r.id DESC LIMIT ${most}) AS m
    WHERE t.id = ANY(${triageIds}::uuid[]) ORDER BY m.timestamp, m.id`.execute(tx.db);
  return rows;
}

/** A page of one sender's messages, newest first. */
export async function listMessagesOfWaiting(
  tx: Tx,
  id: string,
  { before, limit }: { before: Place | undefined; limit: number },
): Promise<(WaitingMessageRow & { position: string })[]> {
  const older = before
    ? sql`AND (r.timestamp, r.id) < (${before.position}::timestamp, ${before.id}::bigint)`
    : sql``;
  const { rows } = await sql<WaitingMessageRow & { position: string }>`
    SELECT t.id AS triage_id, r.id, r.direction, r.type, r.message, r.payload, r.status, r.timestamp, r.timestamp::text AS position, r.wamid
    FROM triage_items t JOIN messages r ON r.home = 0 AND r.agent_id IS NULL AND r.customer_id = t.customer_id
      AND r.phone_number_id = t.phone_number_id
    WHERE t.id = ${id} ${older} ORDER BY r.timestamp DESC, r.id DESC LIMIT ${limit}`.execute(tx.db);
  return rows;
}

/** No rows when the item or the user is not there. The sender is held until the transaction ends. */
export async function assignTriageItem(
  tx: Tx,
  id: string,
  userId: string,
): Promise<{ agent_id: number; conversation_id: string; is_new: boolean }[]> {
  const { rows } = await sql<{ agent_id: number; conversation_id: string; is_new: boolean }>`
    SELECT * FROM app.assign_triage_item(${id}, ${userId})`.execute(tx.db);
  return rows;
}

/** Which of them are there; they stay so until the transaction ends. */
export async function setTriageState(
  tx: Tx,
  ids: string[],
  { state, blockReason }: { state: TriageState; blockReason: string | null },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    UPDATE triage_items SET state = ${state}, blocked_reason = ${blockReason}, unread_count = CASE WHEN ${state} = 'blocked' THEN 0 ELSE unread_count END
    WHERE id = ANY(${ids}::uuid[]) RETURNING id`.execute(tx.db);
  return rows.map(({ id }) => id);
}

/** What somebody in triage is called; null when they are not there. */
export async function findWaitingName(tx: Tx, id: string): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`
    SELECT k.name FROM triage_items t JOIN customers k ON k.home = 0 AND k.id = t.customer_id WHERE t.id = ${id}`.execute(
    tx.db,
  );
  return rows[0]?.name ?? null;
}

/** What somebody who works for the organization is called; null for others. */
export async function findColleagueName(tx: Tx, userId: string): Promise<string | null> {
  const row = await tx.db
    .selectFrom('users')
    .select('name')
    .where('id', '=', userId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  return row?.name ?? null;
}

/** Everything in triage of the same sender, the given one included. */
export async function listItemsOfSender(tx: Tx, id: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    SELECT t.id FROM triage_items t JOIN triage_items given USING (organization_id, customer_id) WHERE given.id = ${id}`.execute(
    tx.db,
  );
  return rows.map((row) => row.id);
}
