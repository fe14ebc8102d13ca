/**
 * SQL of messages. Every query on an agent's tables names the home and the agent as values: left to the policies alone, the
 * planner would open every partition.
 */
import { sql } from 'kysely';
import { batched, byPosition } from '../../../platform/db/batched.ts';
import type { Tx } from '../../../platform/db/tx.ts';
import type { Place } from '../../../platform/paging.ts';
import type { MessageStatus } from '../contract.ts';
import type { AppliedChanges } from '../message-changes.ts';
import { acrossHomes, ofAgent, value, type AgentHome, type MessageHome } from './homes.ts';

export type MessageRow = {
  id: number;
  conversation_id: string | null;
  phone_number_id: string;
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
  m.id, m.conversation_id, m.phone_number_id, m.direction, m.type, m.message, m.payload, m.status, m.timestamp, m.wamid, m.signature, m.error,
  m.changes, m.sent_by`;

const messageColumns = sql`
  m.id, m.conversation_id, m.phone_number_id, m.direction, m.type, m.message, m.payload, m.status, m.timestamp,
  m.timestamp::text AS position, m.wamid, m.signature, m.error, m.changes, u.name AS sender_name`;

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
  page: { before: Place | undefined; limit: number },
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
export const insertMessage = batched(async (tx, messages: readonly NewMessage[]): Promise<void[]> => {
  await sql`
    INSERT INTO messages (id, home, organization_id, agent_id, conversation_id, customer_id, phone_number_id, direction, type,
      message, payload, status, timestamp, wamid, signature, sent_by, landlord_id, tenant_id, property_id, routing_status,
      routing_metadata)
    SELECT k.id, k.home, k.organization_id, k.agent_id, k.conversation_id, k.customer_id, k.phone_number_id, k.direction, k.type, k.text,
      CASE WHEN k.sent_at > now() THEN coalesce(k.payload, '{}') || jsonb_build_object('stated_at', k.sent_at) ELSE k.payload END,
      k.status, date_trunc('second', least(coalesce(k.sent_at, now()), now())) AT TIME ZONE 'utc', k.wamid, k.signature, k.sent_by,
      k.landlord_id, k.tenant_id, k.property_id, CASE WHEN k.agent_id IS NULL THEN 'unknown_sender' ELSE 'delivered' END, k.routing
    FROM json_to_recordset(${JSON.stringify(messages.map(toRow))}::json) AS k (id bigint, home bigint, organization_id text,
      agent_id bigint, conversation_id uuid, customer_id bigint, phone_number_id text, direction text, type text, text text,
      payload jsonb, status text, sent_at timestamptz, wamid text, signature text, sent_by uuid, landlord_id uuid, tenant_id uuid,
      property_id uuid, routing jsonb)`.execute(tx.db);
  return messages.map(() => undefined);
});

function toRow(message: NewMessage): Record<string, unknown> {
  const { lease, routing, payload } = message;
  return {
    id: message.id,
    home: message.home,
    organization_id: message.organizationId,
    agent_id: message.agentId,
    conversation_id: message.conversationId,
    customer_id: message.customerId,
    phone_number_id: message.phoneNumberId,
    direction: message.direction,
    type: message.type,
    text: message.text,
    payload,
    status: message.status,
    sent_at: message.timestamp?.toISOString() ?? null,
    wamid: message.wamid,
    signature: message.signature,
    sent_by: message.sentBy,
    landlord_id: lease?.landlordId ?? null,
    tenant_id: lease?.tenantId ?? null,
    property_id: lease?.propertyId ?? null,
    routing: routing ?? null,
  };
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
  { agentId, home }: MessageHome,
  sent: { messageId: number; pricing: unknown },
): Promise<void> {
  await sql`
    UPDATE messages SET pricing = greatest(pricing, ${asJson(sent.pricing)})
    WHERE home = ${value(home)} AND ${ofAgent(agentId)} AND id = ${sent.messageId}`.execute(tx.db);
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

export function findMessageKey(
  tx: Tx,
  phoneNumberId: string,
  wamid: string,
): Promise<{ agentId: number | null; messageId: number } | null> {
  return findMessageKeys(tx, { number_id: phoneNumberId, wamid });
}

const findMessageKeys = batched(async (tx, keys: readonly { number_id: string; wamid: string }[]) => {
  const { rows } = await sql<{ nth: number; agent_id: number | null; message_id: number }>`
    SELECT k.nth, m.agent_id, m.message_id
    FROM ROWS FROM (json_to_recordset(${JSON.stringify(keys)}::json) AS (number_id text, wamid text)) WITH ORDINALITY AS k (number_id, wamid, nth)
    JOIN message_keys m ON m.phone_number_id = k.number_id AND m.wamid = k.wamid`.execute(tx.db);
  return byPosition(keys, rows).map(([row]) =>
    row ? { agentId: row.agent_id, messageId: row.message_id } : null,
  );
});

type PlacedMessage = MessageHome & { id: number };

/** Work on messages home by home, each home and agent as values of a statement of its own; answers by message id. */
async function inEachHome<Row extends { id: number }>(
  messages: readonly PlacedMessage[],
  ask: (home: MessageHome, ids: number[]) => Promise<Row[]>,
): Promise<Map<number, Row>> {
  const homes = new Map(messages.map(({ agentId, home }) => [agentId, { agentId, home }]));
  const idsIn = (agentId: number | null) =>
    messages.filter((one) => one.agentId === agentId).map(({ id }) => id);
  const found = await Promise.all([...homes.values()].map((home) => ask(home, idsIn(home.agentId))));
  return new Map(found.flat().map((row) => [row.id, row]));
}

/** The message's state, locked until the transaction ends. */
export function lockMessage(
  tx: Tx,
  { agentId, home }: MessageHome,
  id: number,
): Promise<{ conversation_id: string | null; status: MessageStatus } | null> {
  tx.exclusively(`message ${String(id)}`);
  return lockMessages(tx, { agentId, home, id });
}

const lockMessages = batched(async (tx, messages: readonly PlacedMessage[]) => {
  const found = await inEachHome(messages, async ({ agentId, home }, ids) => {
    const { rows } = await sql<{ id: number; conversation_id: string | null; status: MessageStatus }>`
      SELECT id, conversation_id, status FROM messages
      WHERE home = ${value(home)} AND ${ofAgent(agentId)} AND id = ANY(${ids}::bigint[]) ORDER BY id FOR UPDATE`.execute(
      tx.db,
    );
    return rows;
  });
  return messages.map(({ id }) => found.get(id) ?? null);
});

export type MessageChange = { status: MessageStatus; error?: unknown };

/** The caller holds the message. */
export function updateMessage(
  tx: Tx,
  { agentId, home }: MessageHome,
  id: number,
  { status, error = null }: MessageChange,
): Promise<void> {
  return updateMessages(tx, { agentId, home, id, status, error });
}

const updateMessages = batched(
  async (
    tx,
    changes: readonly (PlacedMessage & { status: MessageStatus; error: unknown })[],
  ): Promise<void[]> => {
    const wanted = new Map(changes.map(({ id, status, error }) => [id, { id, status, error }]));
    await inEachHome(changes, async ({ agentId, home }, ids) => {
      const changed = JSON.stringify(ids.map((id) => wanted.get(id)));
      await sql`
        UPDATE messages m SET status = k.status, error = k.error
        FROM json_to_recordset(${changed}::json) AS k (id bigint, status text, error jsonb)
        WHERE m.home = ${value(home)} AND m.${ofAgent(agentId)} AND m.id = k.id`.execute(tx.db);
      return [];
    });
    return changes.map(() => undefined);
  },
);

export async function noteWamid(
  tx: Tx,
  { agentId, home }: MessageHome,
  sent: { messageId: number; wamid: string },
): Promise<void> {
  await sql`
    UPDATE messages SET wamid = ${sent.wamid}
    WHERE home = ${value(home)} AND ${ofAgent(agentId)} AND id = ${sent.messageId}`.execute(tx.db);
}
