/** All SQL of the quarantine: narrow functions that each ask who is asking. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';

export type QuarantineRow = {
  id: number;
  received_at: Date;
  field: string;
  kind: string;
  waba_id: string | null;
  phone_number_id: string | null;
  fault: string | null;
  attempts: number;
  organization_id: string | null;
  organization_name: string | null;
  /** JSON as text, only of the one that is asked for. */
  item: string | null;
};

/** Newest first. `everywhere`: of all organizations, for an admin. */
export async function listQuarantine(
  tx: Tx,
  page: { everywhere: boolean; only: number | null; before: number | null; limit: number },
): Promise<QuarantineRow[]> {
  const { rows } = await sql<QuarantineRow>`
    SELECT * FROM app.list_quarantine(${page.everywhere}, ${page.only}, ${page.before}, ${page.limit})`.execute(
    tx.db,
  );
  return rows;
}

/** Those that are named, or all; how many. */
export async function replayQuarantine(tx: Tx, everywhere: boolean, ids: number[] | null): Promise<number> {
  const { rows } = await sql<{ replayed: number }>`
    SELECT app.replay_quarantine(${everywhere}, ${ids}::bigint[]) AS replayed`.execute(tx.db);
  return rows[0]?.replayed ?? 0;
}
