/** SQL of giving a customer to another agent. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

export type HandedOver = {
  outcome: 'handed_over' | 'no_conversation' | 'not_allowed' | 'no_user' | 'theirs_already';
  /** Whose it was. */
  agent_id: number | null;
  conversation_id: string | null;
  /** The conversation that went into it, because the taker had one with the same person on the same number. */
  merged_id: string | null;
  /** The message that says so in the thread. */
  notice_id: number | null;
};

/** One row for each conversation of the customer, or one that says why not. The customer is held until the transaction ends. */
export async function handOver(tx: Tx, conversationId: string, userId: string): Promise<HandedOver[]> {
  const { rows } = await sql<HandedOver>`
    SELECT * FROM app.hand_over_conversation(${conversationId}, ${userId})`.execute(tx.db);
  return rows;
}

/** The agent of a user, with what to call the user; null for somebody who has none. */
export async function findAgentNamed(tx: Tx, userId: string): Promise<{ id: number; name: string } | null> {
  const row = await tx.db
    .selectFrom('agents as a')
    .innerJoin('users as u', 'u.id', 'a.user_id')
    .select(['a.id', 'u.name'])
    .where('u.id', '=', userId)
    .executeTakeFirst();
  return row ?? null;
}
