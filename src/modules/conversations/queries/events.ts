/** SQL of the events that move the screens. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { StreamedEvent } from '../../../platform/realtime/event-stream.ts';

/** Events after the cursor that the reader may see, oldest first. */
export async function listEvents(tx: Tx, after: number, limit: number): Promise<StreamedEvent[]> {
  return tx.db
    .selectFrom('events')
    .select(['id', 'type', 'data'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
}

export async function findEventBounds(tx: Tx): Promise<{ newest: number; forgottenUpTo: number }> {
  const { rows } = await sql<{
    newest: number;
    forgotten_up_to: number;
  }>`SELECT * FROM app.event_bounds()`.execute(tx.db);
  return { newest: rows[0]?.newest ?? 0, forgottenUpTo: rows[0]?.forgotten_up_to ?? 0 };
}

/** Which organizations have events after an id; asked by the worker, who wakes their readers. */
export async function findOrganizationsWithEvents(
  tx: Tx,
  after: number,
): Promise<{ organizationId: string; newest: number }[]> {
  const { rows } = await sql<{ organization_id: string; newest: number }>`
    SELECT * FROM app.organizations_with_events(${after})`.execute(tx.db);
  return rows.map((row) => ({ organizationId: row.organization_id, newest: row.newest }));
}

export async function forgetOldEvents(tx: Tx): Promise<void> {
  await sql`SELECT app.forget_old_events()`.execute(tx.db);
}
