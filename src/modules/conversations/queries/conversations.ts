/** SQL of conversations and of the customers that stand in their lists. */
import { sql, type Selectable } from 'kysely';
import type { Conversations } from '../../../platform/db/generated/database.ts';
import { batched } from '../../../platform/db/batched.ts';
import type { Tx } from '../../../platform/db/tx.ts';
import type { Place } from '../../../platform/paging.ts';
import type { ConversationStatus } from '../contract.ts';
import { acrossHomes, value, type AgentHome } from './homes.ts';

export type ListedConversation = Selectable<Conversations> & {
  /** last_message_at to the microsecond, for the cursor. */
  position: string;
  agent_name: string | null;
  agent_user_id: string | null;
  assignee_name: string | null;
  blocked_by_name: string | null;
  display_phone_number: string;
  verified_name: string | null;
  mode: string;
};

/** A conversation with the home that its agent's rows are read from and written to. */
export type ConversationRow = ListedConversation & { home: number };

export type CustomerRow = {
  id: number;
  agent_id: number | null;
  name: string;
  phone: string | null;
  username: string | null;
};

function conversationRows(tx: Tx) {
  return tx.db
    .selectFrom('conversations as c')
    .innerJoin('agents as a', 'a.id', 'c.agent_id')
    .leftJoin('users as u', 'u.id', 'a.user_id')
    .leftJoin('users as s', 's.id', 'c.assignee_id')
    .leftJoin('users as b', 'b.id', 'c.blocked_by')
    .innerJoin('phone_numbers as n', 'n.phone_number_id', 'c.phone_number_id')
    .selectAll('c')
    .select([
      sql<string>`c.last_message_at::text`.as('position'),
      'u.name as agent_name',
      'u.id as agent_user_id',
      's.name as assignee_name',
      'b.name as blocked_by_name',
      'n.display_phone_number',
      'n.verified_name',
      'n.mode',
    ]);
}

/** With the agent's home, which holds until the transaction ends. */
export function findConversation(tx: Tx, id: string): Promise<ConversationRow | undefined> {
  return conversationRows(tx)
    .select(sql<number>`app.hold_home(c.agent_id)`.as('home'))
    .where('c.id', '=', id)
    .executeTakeFirst();
}

/**
 * It goes to no other agent until the transaction ends: what is written into it now lies where it says. The home is held first, as by
 * whoever deletes its person.
 */
export async function holdConversation(tx: Tx, id: string): Promise<void> {
  await sql`SELECT app.hold_home(c.agent_id) FROM conversations c WHERE c.id = ${id}`.execute(tx.db);
  await sql`SELECT FROM conversations WHERE id = ${id} FOR KEY SHARE`.execute(tx.db);
}

/** Of these conversations those whose customer asked not to be written to, with when. */
export async function findOptedOut(tx: Tx, ids: string[]): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ conversation_id: string; opted_out_at: Date }>`
    SELECT conversation_id, opted_out_at FROM app.find_opted_out(${ids}::uuid[])`.execute(tx.db);
  return new Map(rows.map((row) => [row.conversation_id, row.opted_out_at]));
}

export type PageFilter = {
  /** Null: everything that the reader may see. Otherwise an agent's own conversations and those assigned to the user. */
  reader: { agentId: number; userId: string } | null;
  status?: ConversationStatus | undefined;
  unread?: boolean | undefined;
  /** Only these conversations. */
  ids?: string[] | undefined;
  before?: Place | undefined;
  limit: number;
};

function filteredRows(tx: Tx, filter: PageFilter) {
  let query = conversationRows(tx)
    .orderBy('c.last_message_at', 'desc')
    .orderBy('c.id', 'desc')
    .limit(filter.limit);
  if (filter.status !== undefined) query = query.where('c.status', '=', filter.status);
  if (filter.unread === true) query = query.where('c.unread_count', '>', 0);
  if (filter.unread === false) query = query.where('c.unread_count', '=', 0);
  if (filter.ids) query = query.where('c.id', '=', sql<string>`ANY(${filter.ids}::uuid[])`);
  if (filter.before)
    query = query.where(
      sql<boolean>`(c.last_message_at, c.id) < (${filter.before.position}::timestamptz, ${filter.before.id}::uuid)`,
    );
  return query;
}

/** As the database orders them: of two times of one zone as text the later is the greater. */
function newerFirst(a: ListedConversation, b: ListedConversation): number {
  if (a.position !== b.position) return a.position < b.position ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}

/** Newest first. An agent's own and what is assigned to them are two statements, so that each has its index. */
export async function listConversations(tx: Tx, filter: PageFilter): Promise<ListedConversation[]> {
  const { reader, limit } = filter;
  if (reader === null) return filteredRows(tx, filter).execute();
  const own = await filteredRows(tx, filter).where('c.agent_id', '=', reader.agentId).execute();
  const assigned = await filteredRows(tx, filter)
    .where('c.assignee_id', '=', reader.userId)
    .where('c.agent_id', '<>', reader.agentId)
    .execute();
  return [...own, ...assigned].toSorted(newerFirst).slice(0, limit);
}

/** The agents whose conversations are assigned to the user. */
export async function listAgentsOfAssigned(tx: Tx, userId: string): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('conversations')
    .select('agent_id')
    .distinct()
    .where('assignee_id', '=', userId)
    .execute();
  return rows.map((row) => row.agent_id);
}

/** `before`: whom it was with. */
export async function setAssignee(
  tx: Tx,
  id: string,
  userId: string | null,
): Promise<{ outcome: 'assigned' | 'no_conversation' | 'no_user' | 'not_allowed'; before: string | null }> {
  const { rows } = await sql<{
    outcome: 'assigned' | 'no_conversation' | 'no_user' | 'not_allowed';
    before: string | null;
  }>`SELECT * FROM app.assign_conversation(${id}, ${userId})`.execute(tx.db);
  return rows[0] ?? { outcome: 'no_conversation', before: null };
}

export function findCustomers(tx: Tx, homes: AgentHome[], ids: number[]): Promise<CustomerRow[]> {
  return acrossHomes<CustomerRow>(
    tx,
    homes,
    ({ agentId, home }) => sql`
      SELECT id, agent_id, name, phone, username FROM customers
      WHERE home = ${value(home)} AND agent_id = ${value(agentId)} AND id = ANY(${ids}::bigint[])`,
  );
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
          AND m.conversation_id = c.id AND m.message ILIKE ${pattern})
        OR EXISTS (SELECT FROM messages_archive m WHERE m.agent_id = ${value(agentId)}
          AND m.conversation_id = c.id AND m.message ILIKE ${pattern}))
      ORDER BY c.last_message_at DESC LIMIT 500`,
  );
  return rows.map((row) => row.id);
}

/** Since when and by whom a sender is blocked is written down by the database. */
export async function setStatus(
  tx: Tx,
  id: string,
  { status, blockReason }: { status: ConversationStatus; blockReason: string | null },
): Promise<void> {
  await tx.db
    .updateTable('conversations')
    .set({ status, blocked_reason: blockReason, updated_at: sql`now()` })
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
  /** What the conversation is about, where a lease says so. */
  lease?: { propertyId: string } | null;
};

/** Finds or makes the conversation of a customer on a number; two at once make one. */
export function upsertConversation(tx: Tx, key: ConversationKey): Promise<{ id: string; isNew: boolean }> {
  tx.exclusively(`conversation ${String(key.agentId)} ${key.phoneNumberId} ${String(key.customerId)}`);
  return upsertConversations(tx, key);
}

const upsertConversations = batched(async (tx, keys: readonly ConversationKey[]) => {
  const wanted = keys.map(({ organizationId, agentId, phoneNumberId, customerId, lease }) => ({
    organization_id: organizationId,
    agent_id: agentId,
    phone_number_id: phoneNumberId,
    customer_id: customerId,
    property_id: lease?.propertyId ?? null,
  }));
  const { rows } = await sql<{
    id: string;
    is_new: boolean;
    agent_id: number;
    phone_number_id: string;
    customer_id: number;
  }>`
    INSERT INTO conversations AS c (organization_id, agent_id, phone_number_id, customer_id, property_id)
    SELECT k.* FROM json_to_recordset(${JSON.stringify(wanted)}::json)
      AS k (organization_id text, agent_id bigint, phone_number_id text, customer_id bigint, property_id uuid)
    ON CONFLICT ON CONSTRAINT conversations_customer_key DO UPDATE SET updated_at = now(),
      property_id = coalesce(excluded.property_id, c.property_id)
    RETURNING id, (xmax = 0) AS is_new, agent_id, phone_number_id, customer_id`.execute(tx.db);
  const nameOf = (row: { agent_id: number; phone_number_id: string; customer_id: number }) =>
    JSON.stringify([row.agent_id, row.phone_number_id, row.customer_id]);
  const byName = new Map(rows.map((row) => [nameOf(row), row]));
  return wanted.map((key) => {
    const row = byName.get(nameOf(key));
    if (!row) throw new Error('The conversation was neither found nor made.');
    return { id: row.id, isNew: row.is_new };
  });
});

export type MessageMoment = {
  conversationId: string;
  messageId: number;
  at: Date | null;
  /** The customer said something that somebody should read. */
  isUnread: boolean;
  /** WhatsApp lets the business write freely from then on: a message or a call of the customer. */
  opensWindow: boolean;
};

/** Moves a conversation forward to a message; one that arrives late leaves the newest where it is. */
export function noteMessage(tx: Tx, moment: MessageMoment): Promise<void> {
  tx.exclusively(`conversation ${moment.conversationId}`);
  return noteMessages(tx, moment);
}

const noteMessages = batched(async (tx, moments: readonly MessageMoment[]): Promise<void[]> => {
  const noted = moments.map(({ conversationId, messageId, at, isUnread, opensWindow }) => ({
    id: conversationId,
    message_id: messageId,
    at: at?.toISOString() ?? null,
    is_unread: isUnread,
    opens_window: opensWindow,
  }));
  // A sender's clock may be wrong: a message of the future neither jumps the list nor keeps the window open.
  await sql`
    UPDATE conversations c SET
      last_message_id = CASE WHEN c.last_message_id IS NULL OR k.past >= c.last_message_at THEN k.message_id ELSE c.last_message_id END,
      last_message_at = CASE WHEN c.last_message_id IS NULL THEN k.past ELSE greatest(c.last_message_at, k.past) END,
      unread_count = c.unread_count + (k.is_unread AND c.status <> 'blocked')::integer,
      status = CASE WHEN k.is_unread AND c.status = 'archived' THEN 'active' ELSE c.status END,
      last_inbound_at = CASE WHEN k.opens_window THEN greatest(c.last_inbound_at, k.past) ELSE c.last_inbound_at END,
      updated_at = now()
    FROM (SELECT n.id, n.message_id, n.is_unread, n.opens_window, date_trunc('second', least(coalesce(n.at, now()), now())) AS past
      FROM json_to_recordset(${JSON.stringify(noted)}::json)
        AS n (id uuid, message_id bigint, at timestamptz, is_unread boolean, opens_window boolean)) AS k
    WHERE c.id = k.id`.execute(tx.db);
  return moments.map(() => undefined);
});

export async function countConversations(tx: Tx): Promise<number> {
  const { count } = await tx.db
    .selectFrom('conversations')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}
