/** SQL of contacts as conversations know them: those who wait in triage, and those whom several agents talk to. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

/** On which numbers somebody in the waiting room waits, and why; in one order for everybody. */
export async function listWaiting(
  tx: Tx,
  customerId: number,
): Promise<{ phoneNumberId: string; reason: string }[]> {
  const rows = await tx.db
    .selectFrom('triage_items')
    .select(['phone_number_id', 'reason'])
    .where('customer_id', '=', customerId)
    .orderBy('phone_number_id')
    .execute();
  return rows.map((row) => ({ phoneNumberId: row.phone_number_id, reason: row.reason }));
}

export async function changeReason(
  tx: Tx,
  { customerId, phoneNumberId, reason }: { customerId: number; phoneNumberId: string; reason: string },
): Promise<void> {
  await tx.db
    .updateTable('triage_items')
    .set({ reason })
    .where('customer_id', '=', customerId)
    .where('phone_number_id', '=', phoneNumberId)
    .execute();
}

/** Moves what waits of the contact to the agent; the conversations it is in now. */
export async function giveWaiting(
  tx: Tx,
  { contactId, agentId, why }: { contactId: number; agentId: number; why: string },
): Promise<{ id: string; isNew: boolean }[]> {
  const { rows } = await sql<{ conversation_id: string; is_new: boolean }>`
    SELECT conversation_id, is_new FROM app.give_waiting(${contactId}, ${agentId}, ${why})`.execute(tx.db);
  return rows.map((row) => ({ id: row.conversation_id, isNew: row.is_new }));
}

/** Whoever's they are. */
export async function listConversationsOfContact(tx: Tx, contactId: number) {
  const { rows } = await sql<{ id: string; agent_id: number; assignee_id: string | null }>`
    SELECT conversation_id AS id, agent_id, assignee_id FROM app.list_conversations_of_contact(${contactId})`.execute(
    tx.db,
  );
  return rows;
}
