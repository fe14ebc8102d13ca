/** The facts that routing decides with. Run by a worker on behalf of the number's organization: row level security keeps every
 * candidate inside it. Only enabled users with an agent are candidates. */
import { sql } from 'kysely';
import { batched, byPosition, onceAtATime } from '../../platform/db/batched.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { Candidate, ConsideredRule, ConversationOwner, Landlord } from './contract.ts';

type CandidateRow = { user_id: string; agent_id: number; name: string };

const toCandidate = (row: CandidateRow): Candidate => ({
  userId: row.user_id,
  agentId: row.agent_id,
  name: row.name,
});

const candidate = sql`u.id AS user_id, a.id AS agent_id, u.name`;
const enabled = sql`u.disabled_at IS NULL`;

export type ContactOnNumber = {
  phoneNumberId: string;
  customers: { agentId: number; customerId: number }[];
};

/** Owners of the contact's conversations on the number, the most recent first; also where the sender is blocked, so that they reach nobody else. */
export const findConversationOwners = batched(
  async (tx, contacts: readonly ContactOnNumber[]): Promise<ConversationOwner[][]> => {
    const customers = contacts.flatMap(({ phoneNumberId, customers }, index) =>
      customers.map(({ agentId, customerId }) => ({
        nth: index + 1,
        number_id: phoneNumberId,
        agent_id: agentId,
        customer_id: customerId,
      })),
    );
    if (customers.length === 0) return contacts.map(() => []);
    const { rows } = await sql<CandidateRow & { nth: number; is_blocked: boolean }>`
      SELECT k.nth, ${candidate}, c.status = 'blocked' AS is_blocked
      FROM json_to_recordset(${JSON.stringify(customers)}::json) AS k (nth integer, number_id text, agent_id bigint, customer_id bigint)
      JOIN conversations c ON c.agent_id = k.agent_id AND c.phone_number_id = k.number_id AND c.customer_id = k.customer_id
      JOIN agents a ON a.id = c.agent_id JOIN users u ON u.id = a.user_id
      WHERE ${enabled}
      ORDER BY c.last_message_at DESC`.execute(tx.db);
    return byPosition(contacts, rows).map((found) =>
      found.map((row) => ({ ...toCandidate(row), isBlocked: row.is_blocked })),
    );
  },
);

export const findConfiguredUsers = onceAtATime(async (tx, phoneNumberId: string): Promise<Candidate[]> => {
  const { rows } = await sql<CandidateRow>`
    SELECT ${candidate} FROM whatsapp_configuration w
    JOIN users u ON u.id = w.user_id JOIN agents a ON a.user_id = u.id
    WHERE w.phone_number_id = ${phoneNumberId} AND w.is_active AND ${enabled} ORDER BY w.id`.execute(tx.db);
  return rows.map(toCandidate);
});

type LandlordRow = CandidateRow & { nth: number; opted_in: boolean; tenant_id: string; property_id: string };

/**
 * Landlords of the phones' active leases, each once: from the routing view, or from the tables where it is behind. A phone is looked up
 * once, whatever the number of agents: joined in one go, the planner looked it up for each of them.
 */
export const findLandlords = batched(async (tx, contacts: readonly string[][]): Promise<Landlord[][]> => {
  const phones = contacts.flatMap((known, index) => known.map((phone) => ({ nth: index + 1, phone })));
  if (phones.length === 0) return contacts.map(() => []);
  const { rows } = await sql<LandlordRow>`
      WITH l AS MATERIALIZED (SELECT k.nth, found.*
        FROM json_to_recordset(${JSON.stringify(phones)}::json) AS k (nth integer, phone text) CROSS JOIN app.find_landlords(k.phone) AS found)
      SELECT DISTINCT ON (l.nth, u.name, u.id) l.nth, ${candidate}, l.opted_in, l.tenant_id, l.property_id
      FROM l JOIN users u ON u.id = l.landlord_id JOIN agents a ON a.user_id = u.id
      WHERE ${enabled} ORDER BY l.nth, u.name, u.id, l.lease_id`.execute(tx.db);
  return byPosition(contacts, rows).map((found) =>
    found.map((row) => ({
      ...toCandidate(row),
      optedIn: row.opted_in,
      lease: { landlordId: row.user_id, tenantId: row.tenant_id, propertyId: row.property_id },
    })),
  );
});

/** A landlord's conversation with a sender. */
export type LandlordConversation = {
  userId: string;
  agentId: number;
  customerId: number;
  phoneNumberId: string;
};

/**
 * Whether the landlord has said no after a yes; who never took part has not. And whether that ended the conversation: not if an owner has
 * given them what the sender has written since.
 */
export const hasLeft = batched(async (tx, asked: readonly LandlordConversation[]): Promise<boolean[]> => {
  const keys = asked.map(({ userId, agentId, customerId, phoneNumberId }, index) => ({
    nth: index + 1,
    user_id: userId,
    agent_id: agentId,
    customer_id: customerId,
    number_id: phoneNumberId,
  }));
  const { rows } = await sql<{ nth: number }>`
    SELECT k.nth FROM json_to_recordset(${JSON.stringify(keys)}::json)
      AS k (nth integer, user_id uuid, agent_id bigint, customer_id bigint, number_id text)
    CROSS JOIN LATERAL (SELECT max(e.recorded_at) AT TIME ZONE 'utc' AS at FROM consent_events e
      WHERE e.subject = 'landlord' AND e.user_id = k.user_id AND NOT e.opted_in) AS no
    WHERE no.at IS NOT NULL AND NOT EXISTS (SELECT FROM conversations c
      JOIN agents a ON a.id = c.agent_id JOIN messages m ON m.home = a.home AND m.conversation_id = c.id
      WHERE c.agent_id = k.agent_id AND c.customer_id = k.customer_id AND c.phone_number_id = k.number_id
        AND m.routing_metadata ? 'assigned_by' AND m.created_at > no.at)`.execute(tx.db);
  return byPosition(asked, rows).map((found) => found.length > 0);
});

export const findAgentOwners = batched(async (tx, asked: readonly number[][]): Promise<Candidate[][]> => {
  const all = asked.flat();
  if (all.length === 0) return asked.map(() => []);
  const { rows } = await sql<CandidateRow>`
    SELECT ${candidate} FROM agents a JOIN users u ON u.id = a.user_id
    WHERE a.id = ANY(${all}::bigint[]) AND ${enabled} ORDER BY a.id`.execute(tx.db);
  return asked.map((agentIds) => rows.filter((row) => agentIds.includes(row.agent_id)).map(toCandidate));
});

export const findActiveUsers = onceAtATime(async (tx, wabaId: string): Promise<Candidate[]> => {
  const { rows } = await sql<CandidateRow>`
    SELECT ${candidate} FROM waba_accounts g
    JOIN users u ON u.id = g.user_id JOIN agents a ON a.user_id = u.id
    WHERE g.waba_id = ${wabaId} AND g.connected AND u.verified AND u.last_active_at IS NOT NULL AND ${enabled}
    ORDER BY u.last_active_at DESC`.execute(tx.db);
  return rows.map(toCandidate);
});

/** The organization's first user, where everything goes to one person; nobody elsewhere. */
export const findSingleUser = onceAtATime(async (tx, organizationId: string): Promise<Candidate[]> => {
  const { rows } = await sql<CandidateRow>`
    SELECT ${candidate} FROM organizations o JOIN users u ON u.organization_id = o.id JOIN agents a ON a.user_id = u.id
    WHERE o.id = ${organizationId} AND o.single_user_mode AND ${enabled} ORDER BY u.created_at LIMIT 1`.execute(
    tx.db,
  );
  return rows.map(toCandidate);
});

/** Whether somebody of the waiting room was blocked on the number. */
export const findBlocked = batched(
  async (tx, senders: readonly { customerId: number; phoneNumberId: string }[]): Promise<boolean[]> => {
    const { rows } = await sql<{ customer_id: number; phone_number_id: string }>`
      SELECT customer_id, phone_number_id FROM triage_items
      WHERE state = 'blocked' AND customer_id = ANY(${senders.map(({ customerId }) => customerId)}::bigint[])`.execute(
      tx.db,
    );
    return senders.map(({ customerId, phoneNumberId }) =>
      rows.some((row) => row.customer_id === customerId && row.phone_number_id === phoneNumberId),
    );
  },
);

export type DecisionRow = {
  organizationId: string;
  phoneNumberId: string;
  wamid: string;
  rule: string;
  reason: string;
  candidates: Candidate[];
  chosen: Candidate | null;
  considered: ConsideredRule[];
  messageId: number;
};

export const insertDecision = batched(async (tx, decisions: readonly DecisionRow[]): Promise<void[]> => {
  await tx.db
    .insertInto('route_decisions')
    .values(
      decisions.map((decision) => ({
        organization_id: decision.organizationId,
        phone_number_id: decision.phoneNumberId,
        wamid: decision.wamid,
        rule: decision.rule,
        reason: decision.reason,
        candidates: JSON.stringify(decision.candidates),
        considered: JSON.stringify(decision.considered),
        agent_id: decision.chosen?.agentId ?? null,
        user_id: decision.chosen?.userId ?? null,
        message_id: decision.messageId,
      })),
    )
    .execute();
  return decisions.map(() => undefined);
});

export type StoredDecision = {
  rule: string;
  reason: string;
  candidates: Candidate[];
  considered: ConsideredRule[];
  agent_id: number | null;
  user_id: string | null;
  decided_at: Date;
};

/** What was decided about a message that the reader may see. */
export async function findDecision(tx: Tx, messageId: number): Promise<StoredDecision | null> {
  const { rows } = await sql<StoredDecision>`
    SELECT rule, reason, candidates, considered, agent_id, user_id, decided_at FROM route_decisions
    WHERE message_id = ${messageId} ORDER BY id DESC LIMIT 1`.execute(tx.db);
  return rows[0] ?? null;
}
