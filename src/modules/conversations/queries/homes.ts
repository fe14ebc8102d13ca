/** Where agents' rows live, and queries that go across several agents' homes without opening any other partition. */
import { sql } from 'kysely';
import { batched } from '../../../platform/db/batched.ts';
import type { Tx } from '../../../platform/db/tx.ts';

/** Where an agent's rows live. */
export type AgentHome = { agentId: number; home: number };

/** Where a message's rows are: an agent's home, or with agentId null and home 0 the waiting room. */
export type MessageHome = { agentId: number | null; home: number };

/** The homes of all agents whose conversations the reader may see. */
export async function listAgentHomes(tx: Tx): Promise<AgentHome[]> {
  const rows = await tx.db.selectFrom('agents').select(['id', 'home']).orderBy('id').execute();
  return rows.map((row) => ({ agentId: row.id, home: row.home }));
}

/** One branch a home, each with its home and agent as values, so that only those partitions are opened. */
export async function acrossHomes<Row>(
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

/** A home or an agent as a literal of the statement. */
export const value = (n: number) => sql.lit(n);

/** Whose rows of a home are meant. */
export const ofAgent = (agentId: number | null) =>
  agentId === null ? sql`agent_id IS NULL` : sql`agent_id = ${value(agentId)}`;

/**
 * The homes of these agents; none of them moves until the transaction ends. They are taken in the order of their ids, as whoever moves
 * two of them does: otherwise the two could wait for each other. What is written to a home, or read from it after more than
 * one statement, needs this: an agent that moved in between would seem to be empty.
 */
export async function holdHomes(tx: Tx, agentIds: number[]): Promise<AgentHome[]> {
  if (agentIds.length === 0) return [];
  const inOrder = agentIds.toSorted((a, b) => a - b);
  const { rows } = await sql<{ agent_id: number; home: number | null }>`
    SELECT a.id AS agent_id, app.hold_home(a.id) AS home FROM unnest(${inOrder}::bigint[]) AS a (id)`.execute(
    tx.db,
  );
  return rows.flatMap(({ agent_id: agentId, home }) => (home === null ? [] : [{ agentId, home }]));
}

/** The agent's home, held until the transaction ends; null when there is no such agent. */
export const findAgentHome = batched(
  async (tx, agentIds: readonly number[]): Promise<(AgentHome | null)[]> => {
    const homes = await holdHomes(tx, [...new Set(agentIds)]);
    const byAgent = new Map(homes.map((home) => [home.agentId, home]));
    return agentIds.map((agentId) => byAgent.get(agentId) ?? null);
  },
);

/** Where what belongs to an agent, or to nobody yet, is. An agent's home is held until the transaction ends. */
export async function findMessageHome(tx: Tx, agentId: number | null): Promise<MessageHome | null> {
  if (agentId !== null) return findAgentHome(tx, agentId);
  exclusivelyWaiting(tx);
  return { agentId: null, home: 0 };
}

/** Of work that shares a transaction only one piece may use or move what is stored in the waiting room. */
export function exclusivelyWaiting(tx: Tx): void {
  tx.exclusively('what waits');
}

export async function findAgentOfUser(tx: Tx, userId: string): Promise<AgentHome | null> {
  const row = await tx.db.selectFrom('agents').select('id').where('user_id', '=', userId).executeTakeFirst();
  return row ? findAgentHome(tx, row.id) : null;
}
