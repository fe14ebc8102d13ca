/**
 * All SQL of conversations and messages. Every query on an agent's tables names the home and the agent as values: left to the
 * policies alone, the planner would open every partition.
 */
import { sql, type Selectable } from 'kysely';
import type { Conversations } from '../../platform/db/generated/database.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { ConversationStatus, MessageStatus } from './contract.ts';

/** Where an agent's rows live. */
export type AgentHome = { agentId: number; home: number };

export type ConversationRow = Selectable<Conversations> & {
  /** last_message_at to the microsecond, for the cursor. */
  position: string;
  home: number;
  agent_name: string | null;
  display_phone_number: string;
  verified_name: string | null;
  mode: string;
};

export type CustomerRow = {
  id: number;
  agent_id: number | null;
  name: string;
  phone: string | null;
  username: string | null;
};

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
  sender_name: string | null;
};

function conversationRows(tx: Tx) {
  return tx.db
    .selectFrom('conversations as c')
    .innerJoin('agents as a', 'a.id', 'c.agent_id')
    .leftJoin('users as u', 'u.id', 'a.user_id')
    .innerJoin('phone_numbers as n', 'n.phone_number_id', 'c.phone_number_id')
    .selectAll('c')
    .select([
      sql<string>`c.last_message_at::text`.as('position'),
      'a.home',
      'u.name as agent_name',
      'n.display_phone_number',
      'n.verified_name',
      'n.mode',
    ]);
}

export function findConversation(tx: Tx, id: string): Promise<ConversationRow | undefined> {
  return conversationRows(tx).where('c.id', '=', id).executeTakeFirst();
}

export type PageFilter = {
  /** Null: every agent that the reader may see. */
  agentId: number | null;
  status?: ConversationStatus | undefined;
  unread?: boolean | undefined;
  /** Only these conversations. */
  ids?: string[] | undefined;
  before?: { position: string; id: string } | undefined;
  limit: number;
};

/** Newest first. */
export function listConversations(tx: Tx, filter: PageFilter): Promise<ConversationRow[]> {
  let query = conversationRows(tx)
    .orderBy('c.last_message_at', 'desc')
    .orderBy('c.id', 'desc')
    .limit(filter.limit);
  if (filter.agentId !== null) query = query.where('c.agent_id', '=', filter.agentId);
  if (filter.status !== undefined) query = query.where('c.status', '=', filter.status);
  if (filter.unread === true) query = query.where('c.unread_count', '>', 0);
  if (filter.unread === false) query = query.where('c.unread_count', '=', 0);
  if (filter.ids) query = query.where('c.id', '=', sql<string>`ANY(${filter.ids}::uuid[])`);
  if (filter.before)
    query = query.where(
      sql<boolean>`(c.last_message_at, c.id) < (${filter.before.position}::timestamptz, ${filter.before.id}::uuid)`,
    );
  return query.execute();
}

/** The homes of all agents whose conversations the reader may see. */
export async function listAgentHomes(tx: Tx): Promise<AgentHome[]> {
  const rows = await tx.db.selectFrom('agents').select(['id', 'home']).orderBy('id').execute();
  return rows.map((row) => ({ agentId: row.id, home: row.home }));
}

/** One branch a home, each with its home and agent as values, so that only those partitions are opened. */
async function acrossHomes<Row>(
  tx: Tx,
  homes: AgentHome[],
  branch: (home: AgentHome) => ReturnType<typeof sql>,
): Promise<Row[]> {
  if (homes.length === 0) return [];
  const { rows } = await sql<Row>`${sql.join(
    homes.map((home) => sql`(${branch(home)})`),
    sql` UNION ALL `,
  )}`.execute(tx.db);
  return rows;
}

const value = (n: number) => sql.lit(n);

export function findCustomers(tx: Tx, homes: AgentHome[], ids: number[]): Promise<CustomerRow[]> {
  return acrossHomes<CustomerRow>(
    tx,
    homes,
    ({ agentId, home }) => sql`
      SELECT id, agent_id, name, phone, username FROM customers
      WHERE home = ${value(home)} AND agent_id = ${value(agentId)} AND id = ANY(${ids}::bigint[])`,
  );
}

const messageColumns = sql`
  m.id, m.conversation_id, m.direction, m.type, m.message, m.payload, m.status, m.timestamp, m.timestamp::text AS position,
  m.wamid, m.signature, m.error, u.name AS sender_name`;

export function findMessages(tx: Tx, homes: AgentHome[], ids: number[]): Promise<MessageRow[]> {
  return acrossHomes<MessageRow>(
    tx,
    homes,
    ({ agentId, home }) => sql`
      SELECT ${messageColumns} FROM messages m LEFT JOIN users u ON u.id = m.sent_by
      WHERE m.home = ${value(home)} AND m.agent_id = ${value(agentId)} AND m.id = ANY(${ids}::bigint[])`,
  );
}

/** A page of a thread, newest first. */
export async function listMessages(
  tx: Tx,
  conversation: AgentHome & { id: string },
  page: { before: { position: string; id: number } | undefined; limit: number },
): Promise<MessageRow[]> {
  const older = page.before
    ? sql`AND (m.timestamp, m.id) < (${page.before.position}::timestamp, ${page.before.id}::bigint)`
    : sql``;
  const { rows } = await sql<MessageRow>`
    SELECT ${messageColumns} FROM messages m LEFT JOIN users u ON u.id = m.sent_by
    WHERE m.home = ${value(conversation.home)} AND m.agent_id = ${value(conversation.agentId)}
      AND m.conversation_id = ${conversation.id} ${older}
    ORDER BY m.timestamp DESC, m.id DESC LIMIT ${page.limit}`.execute(tx.db);
  return rows;
}

/** Conversations whose customer or messages match, at most 500 a home. */
export async function searchConversationIds(tx: Tx, homes: AgentHome[], text: string): Promise<string[]> {
  const pattern = `%${text.replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
  const digits = text.replaceAll(/[^0-9]/g, '');
  // A phone is typed with spaces, brackets and a plus; four digits are enough to mean one.
  const phone = /^[\d\s()+-]+$/.test(text) && digits.length >= 4 ? `%${digits}%` : pattern;
  const rows = await acrossHomes<{ id: string }>(
    tx,
    homes,
    ({ agentId, home }) => sql`
      SELECT c.id FROM conversations c
      WHERE c.agent_id = ${value(agentId)} AND (
        EXISTS (SELECT FROM customers k WHERE k.home = ${value(home)} AND k.agent_id = ${value(agentId)} AND k.id = c.customer_id
          AND (k.name ILIKE ${pattern} OR k.phone LIKE ${phone} OR k.username ILIKE ${pattern}))
        OR EXISTS (SELECT FROM messages m WHERE m.home = ${value(home)} AND m.agent_id = ${value(agentId)}
          AND m.conversation_id = c.id AND m.message ILIKE ${pattern}))
      ORDER BY c.last_message_at DESC LIMIT 500`,
  );
  return rows.map((row) => row.id);
}

export async function setStatus(tx: Tx, id: string, status: ConversationStatus): Promise<void> {
  await tx.db
    .updateTable('conversations')
    .set({ status, updated_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

/** Whether there was anything unread. */
export async function setRead(tx: Tx, id: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('conversations')
    .set({ unread_count: 0, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('unread_count', '>', 0)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function setUnread(tx: Tx, id: string, count: number): Promise<void> {
  await tx.db.updateTable('conversations').set({ unread_count: count }).where('id', '=', id).execute();
}

export type ConversationKey = {
  organizationId: string;
  agentId: number;
  phoneNumberId: string;
  customerId: number;
};

/** Finds or makes the conversation of a customer on a number; two at once make one. */
export async function upsertConversation(
  tx: Tx,
  key: ConversationKey,
): Promise<{ id: string; isNew: boolean }> {
  const { rows } = await sql<{ id: string; is_new: boolean }>`
    INSERT INTO conversations (organization_id, agent_id, phone_number_id, customer_id)
    VALUES (${key.organizationId}, ${key.agentId}, ${key.phoneNumberId}, ${key.customerId})
    ON CONFLICT ON CONSTRAINT conversations_customer_key DO UPDATE SET updated_at = now()
    RETURNING id, (xmax = 0) AS is_new`.execute(tx.db);
  const row = rows[0];
  if (!row) throw new Error('The conversation was neither found nor made.');
  return { id: row.id, isNew: row.is_new };
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
};

export async function insertMessage(tx: Tx, message: NewMessage): Promise<void> {
  await sql`
    INSERT INTO messages (id, home, organization_id, agent_id, conversation_id, customer_id, phone_number_id, direction, type,
      message, payload, status, timestamp, wamid, signature, sent_by)
    VALUES (${message.id}, ${message.home}, ${message.organizationId}, ${message.agentId}, ${message.conversationId},
      ${message.customerId}, ${message.phoneNumberId}, ${message.direction}, ${message.type}, ${message.text},
      ${message.payload === null ? null : JSON.stringify(message.payload)}::jsonb, ${message.status},
      least(coalesce(${message.timestamp?.toISOString() ?? null}::timestamptz, now()), now()) AT TIME ZONE 'utc',
      ${message.wamid}, ${message.signature}, ${message.sentBy})`.execute(tx.db);
}

export type MessageKey = {
  organizationId: string;
  phoneNumberId: string;
  wamid: string;
  agentId: number | null;
  messageId: number;
};

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

export async function findAgentHome(tx: Tx, agentId: number): Promise<AgentHome | null> {
  const row = await tx.db.selectFrom('agents').select('home').where('id', '=', agentId).executeTakeFirst();
  return row ? { agentId, home: row.home } : null;
}

export async function findAgentOfUser(tx: Tx, userId: string): Promise<AgentHome | null> {
  const row = await tx.db
    .selectFrom('agents')
    .select(['id', 'home'])
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row ? { agentId: row.id, home: row.home } : null;
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

export type MessageMoment = {
  conversationId: string;
  messageId: number;
  at: Date | null;
  isInbound: boolean;
};

/** Moves a conversation forward to a message; one that arrives late leaves the newest where it is. */
export async function noteMessage(tx: Tx, moment: MessageMoment): Promise<void> {
  const at = sql`coalesce(${moment.at?.toISOString() ?? null}::timestamptz, now())`;
  // A sender's clock may be wrong: a message of the future neither jumps the list nor keeps the window open.
  const past = sql`least(${at}, now())`;
  const inbound = moment.isInbound
    ? sql`, unread_count = unread_count + 1, last_inbound_at = greatest(last_inbound_at, ${past}), status = CASE status WHEN 'archived' THEN 'active' ELSE status END`
    : sql``;
  await sql`
    UPDATE conversations SET
      last_message_id = CASE WHEN last_message_id IS NULL OR ${past} >= last_message_at THEN ${moment.messageId}::bigint ELSE last_message_id END,
      last_message_at = CASE WHEN last_message_id IS NULL THEN ${past} ELSE greatest(last_message_at, ${past}) END,
      updated_at = now() ${inbound}
    WHERE id = ${moment.conversationId}`.execute(tx.db);
}
