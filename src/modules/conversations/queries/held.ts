/** SQL of messages that wait for their account to be connected. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

/** Their ids, in conversations that the asker sees. */
export async function listHeldMessages(tx: Tx, conversationIds: string[]): Promise<Set<number>> {
  const { rows } = await sql<{ message_id: number }>`
    SELECT message_id FROM app.list_held_messages(${conversationIds}::uuid[])`.execute(tx.db);
  return new Set(rows.map((row) => row.message_id));
}
