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

/** What somebody who waits on a number chose of lists, oldest first; Meta's objects. */
export async function listChoices(tx: Tx, customerId: number, phoneNumberId: string): Promise<unknown[]> {
  const { rows } = await sql<{ payload: unknown }>`
    SELECT payload FROM messages WHERE home = 0 AND agent_id IS NULL AND customer_id = ${customerId}
      AND phone_number_id = ${phoneNumberId} AND direction = 'inbound' AND type = 'interactive' ORDER BY "timestamp", id`.execute(
    tx.db,
  );
  return rows.map(({ payload }) => payload);
}

/** Moves forward what triage has of somebody when more is told of a call. */
export async function noteWaitingCall(
  tx: Tx,
  call: {
    customerId: number;
    phoneNumberId: string;
    messageId: number;
    at: Date | null;
    opensWindow: boolean;
  },
): Promise<void> {
  await sql`
    UPDATE triage_items t SET last_message_id = CASE WHEN told.past >= t.last_message_at THEN ${call.messageId} ELSE t.last_message_id END,
      last_message_at = greatest(t.last_message_at, told.past),
      last_inbound_at = greatest(t.last_inbound_at, CASE WHEN ${call.opensWindow} THEN told.past END)
    FROM (SELECT date_trunc('second', least(coalesce(${call.at?.toISOString() ?? null}::timestamptz, now()), now())) AS past) AS told
    WHERE t.customer_id = ${call.customerId} AND t.phone_number_id = ${call.phoneNumberId}`.execute(tx.db);
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
