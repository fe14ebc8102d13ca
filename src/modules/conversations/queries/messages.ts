/**
 * SQL of messages. Every query on an agent's tables names the home and the agent as values: left to the policies alone, the
 * planner would open every partition.
 */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { MessageStatus } from '../contract.ts';
import type { AppliedChanges } from '../message-changes.ts';
import { acrossHomes, value, type AgentHome } from './homes.ts';

export type MessageRow = {
  id: number;
  conversation_id: string | null;
  direction: string;
  type: string;
  message: string;
  payload: unknown;
  status: string;
  timestamp: Date;
  position: string;
  wamid: string | null;
  signature: string | null;
  error: unknown;
  changes: AppliedChanges | null;
  sender_name: string | null;
};

const storedColumns = sql`
  m.id, m.conversation_id, m.direction, m.type, m.message, m.payload, m.status, m.timestamp, m.wamid, m.signature, m.error, m.changes, m.sent_by`;

const messageColumns = sql`
  m.id, m.conversation_id, m.direction, m.type, m.message, m.payload, m.status, m.timestamp, m.timestamp::text AS position,
  m.wamid, m.signature, m.error, m.changes, u.name AS sender_name`;

export function findMessages(tx: Tx, homes: AgentHome[], ids: number[]): Promise<MessageRow[]> {
  return acrossHomes<MessageRow>(
    tx,
    homes,
    ({ agentId, home }) => sql`
      SELECT ${messageColumns} FROM messages m LEFT JOIN users u ON u.id = m.sent_by
      WHERE m.home = ${value(home)} AND m.agent_id = ${value(agentId)} AND m.id = ANY(${ids}::bigint[])`,
  );
}

/** A page of a thread, newest first. It reads on in the archive as if there were one table. */
export async function listMessages(
  tx: Tx,
  conversation: AgentHome & { id: string },
  page: { before: { position: string; id: number } | undefined; limit: number },
): Promise<MessageRow[]> {
  const { before, limit } = page;
  const older = before
    ? sql`AND (m.timestamp, m.id) < (${before.position}::timestamp, ${before.id}::bigint)`
    : sql``;
  const newestFirst = sql`ORDER BY m.timestamp DESC, m.id DESC LIMIT ${limit}`;
  const ofThread = sql`m.agent_id = ${value(conversation.agentId)} AND m.conversation_id = ${conversation.id} ${older}`;
  const { rows } = await sql<MessageRow>`
    SELECT ${messageColumns} FROM (
      (SELECT ${storedColumns} FROM messages m WHERE m.home = ${value(conversation.home)} AND ${ofThread} ${newestFirst})
      UNION ALL
      (SELECT ${storedColumns} FROM messages_archive m WHERE ${ofThread} ${newestFirst})
    ) AS m LEFT JOIN users u ON u.id = m.sent_by ${newestFirst}`.execute(tx.db);
  return rows;
}

/** Moves messages that are older than so many days into the archive, at most so many; returns how many. */
export async function archiveMessages(tx: Tx, days: number, most: number): Promise<number> {
  const { rows } = await sql<{ moved: number }>`
    SELECT app.archive_messages(make_interval(days => ${days}), ${most}) AS moved`.execute(tx.db);
  return rows[0]?.moved ?? 0;
}

export type NewMessage = {
  /** From nextMessageId, so that the wamid can be claimed before anything else is written. */
  id: number;
  organizationId: string;
  /** Null in the waiting room, where home is 0. */
  agentId: number | null;
  home: number;
  conversationId: string | null;
  customerId: number;
  phoneNumberId: string;
  direction: 'inbound' | 'outbound';
  type: string;
  text: string;
  payload: unknown;
  status: MessageStatus;
  timestamp: Date | null;
  wamid: string | null;
  signature: string | null;
  sentBy: string | null;
  /** What the customer rents from the agent's user, where a lease says so. */
  lease?: { landlordId: string; tenantId: string; propertyId: string } | null;
  /** How an inbound message came to its agent. */
  routing?: { rule: string; reason: string } | null;
};

/**
 * WhatsApp tells whole seconds, so ours are kept in whole seconds too: within one the order is that of the ids, and an answer never
 * stands before what it answers. A time in the future becomes now, and is kept as `stated_at`.
 */
export async function insertMessage(tx: Tx, message: NewMessage): Promise<void> {
  const { lease, routing } = message;
  const sentAt = sql`coalesce(${message.timestamp?.toISOString() ?? null}::timestamptz, now())`;
  await sql`
    INSERT INTO messages (id, home, organization_id, agent_id, conversation_id, customer_id, phone_number_id, direction, type,
      message, payload, status, timestamp, wamid, signature, sent_by, landlord_id, tenant_id, property_id, routing_status,
      routing_metadata)
    VALUES (${message.id}, ${message.home}, ${message.organizationId}, ${message.agentId}, ${message.conversationId},
      ${message.customerId}, ${message.phoneNumberId}, ${message.direction}, ${message.type}, ${message.text},
      CASE WHEN ${sentAt} > now() THEN coalesce(${asJson(message.payload)}, '{}') || jsonb_build_object('stated_at', ${sentAt}) ELSE ${asJson(message.payload)} END,
      ${message.status}, date_trunc('second', least(${sentAt}, now())) AT TIME ZONE 'utc',
      ${message.wamid}, ${message.signature}, ${message.sentBy}, ${lease?.landlordId ?? null}, ${lease?.tenantId ?? null},
      ${lease?.propertyId ?? null}, ${message.agentId === null ? 'unknown_sender' : 'delivered'}, ${asJson(routing ?? null)})`.execute(
    tx.db,
  );
}

export function asJson(content: unknown) {
  return sql`${content === null ? null : JSON.stringify(content)}::jsonb`;
}

export type MessageKey = {
  organizationId: string;
  phoneNumberId: string;
  wamid: string;
  agentId: number | null;
  messageId: number;
};

/** Keeps what Meta charges; of two statements the same one wherever they come from. */
export async function notePricing(
  tx: Tx,
  { agentId, home }: AgentHome,
  sent: { messageId: number; pricing: unknown },
): Promise<void> {
  await sql`
    UPDATE messages SET pricing = greatest(pricing, ${asJson(sent.pricing)})
    WHERE home = ${value(home)} AND agent_id = ${value(agentId)} AND id = ${sent.messageId}`.execute(tx.db);
}

/** The only test for duplicates: false when this number has had this wamid before. */
export async function claimWamid(tx: Tx, key: MessageKey): Promise<boolean> {
  const { rows } = await sql`
    INSERT INTO message_keys (organization_id, phone_number_id, wamid, agent_id, message_id)
    VALUES (${key.organizationId}, ${key.phoneNumberId}, ${key.wamid}, ${key.agentId}, ${key.messageId})
    ON CONFLICT ON CONSTRAINT message_keys_pkey DO NOTHING RETURNING 1`.execute(tx.db);
  return rows.length > 0;
}

export async function nextMessageId(tx: Tx): Promise<number> {
  const { rows } = await sql<{ id: number }>`SELECT nextval('messages_id_seq') AS id`.execute(tx.db);
  const row = rows[0];
  if (!row) throw new Error('The sequence of messages gave no number.');
  return row.id;
}

export async function findMessageKey(
  tx: Tx,
  phoneNumberId: string,
  wamid: string,
): Promise<{ agentId: number | null; messageId: number } | null> {
  const row = await tx.db
    .selectFrom('message_keys')
    .select(['agent_id', 'message_id'])
    .where('phone_number_id', '=', phoneNumberId)
    .where('wamid', '=', wamid)
    .executeTakeFirst();
  return row ? { agentId: row.agent_id, messageId: row.message_id } : null;
}

/** The message's state, locked until the transaction ends. */
export async function lockMessage(
  tx: Tx,
  { agentId, home }: AgentHome,
  id: number,
): Promise<{ conversation_id: string; status: MessageStatus } | null> {
  const { rows } = await sql<{ conversation_id: string; status: MessageStatus }>`
    SELECT conversation_id, status FROM messages
    WHERE home = ${value(home)} AND agent_id = ${value(agentId)} AND id = ${id} FOR UPDATE`.execute(tx.db);
  return rows[0] ?? null;
}

export type MessageChange = { status: MessageStatus; error?: unknown };

export async function updateMessage(
  tx: Tx,
  { agentId, home }: AgentHome,
  id: number,
  change: MessageChange,
): Promise<void> {
  await sql`
    UPDATE messages SET status = ${change.status}, error = ${change.error === undefined ? null : JSON.stringify(change.error)}::jsonb
    WHERE home = ${value(home)} AND agent_id = ${value(agentId)} AND id = ${id}`.execute(tx.db);
}

export async function noteWamid(
  tx: Tx,
  { agentId, home }: AgentHome,
  sent: { messageId: number; wamid: string },
): Promise<void> {
  await sql`
    UPDATE messages SET wamid = ${sent.wamid}
    WHERE home = ${value(home)} AND agent_id = ${value(agentId)} AND id = ${sent.messageId}`.execute(tx.db);
}
