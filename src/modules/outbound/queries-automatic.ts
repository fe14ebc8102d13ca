/** SQL of what customers allow: limits of automatic messages, and their wish not to be written to. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';

/** Whether a message that a person wrote is for somebody who has asked, since they wrote last, not to be written to. */
export async function isRefusedByCustomer(tx: Tx, id: string): Promise<boolean> {
  const { rows } = await sql`
    SELECT FROM outbox o JOIN conversations c ON c.id = o.conversation_id
    CROSS JOIN LATERAL app.find_opted_out(ARRAY[c.id]) AS r
    WHERE o.id = ${id} AND o.user_id IS NOT NULL AND c.last_inbound_at <= r.opted_out_at`.execute(tx.db);
  return rows.length > 0;
}

export type AutomaticClaim = {
  contactId: number;
  phoneNumberId: string;
  kind: string;
  about: string;
  hours: number | null;
  saidAt: Date | null;
};

/** Whether an automatic message may go out now; then it counts as sent. The contact is held, so other work in this transaction waits. */
export async function claimAutomatic(tx: Tx, claim: AutomaticClaim): Promise<boolean> {
  const { contactId, phoneNumberId, kind, about, hours, saidAt } = claim;
  const { rows } = await sql<{ claimed: boolean }>`
    SELECT app.claim_automatic(${contactId}, ${phoneNumberId}, ${kind}, ${about}, make_interval(hours => ${hours}),
      ${saidAt?.toISOString() ?? null}) AS claimed`.execute(tx.db);
  return rows[0]?.claimed ?? false;
}

/** Whether the contact was asked on this number, in the last 24 hours, whom they mean. */
export async function isAsked(tx: Tx, contactId: number, phoneNumberId: string): Promise<boolean> {
  const { rows } = await sql<{ asked: boolean }>`
    SELECT app.is_asked(${contactId}, ${phoneNumberId}) AS asked`.execute(tx.db);
  return rows[0]?.asked ?? false;
}
