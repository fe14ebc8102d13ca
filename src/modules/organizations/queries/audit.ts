/** All SQL of the audit: an organization's own events behind its wall, everybody's through the admin's narrow functions. */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

export type Page = { before: string | null; limit: number };

const columns = [
  'id',
  'occurred_at',
  'actor',
  'user_id',
  'user_name',
  'session_id',
  'api_key_id',
  'action',
  'subject_kind',
  'subject_id',
  'subject_name',
  'details',
] as const;

export type AuditRow = {
  id: number;
  occurred_at: Date;
  actor: string;
  user_id: string | null;
  user_name: string | null;
  session_id: string | null;
  api_key_id: string | null;
  action: string;
  subject_kind: string;
  subject_id: string | null;
  subject_name: string | null;
  details: unknown;
};
export type InstallAuditRow = AuditRow & { organization_id: string; organization_name: string | null };

/** Newest first. */
export function listAuditEvents(tx: Tx, { before, limit }: Page): Promise<AuditRow[]> {
  return tx.db
    .selectFrom('audit_events')
    .select(columns)
    .$if(before !== null, (query) => query.where('id', '<', Number(before)))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}

/** Newest first, of all organizations; for admins. */
export async function listAuditEverywhere(tx: Tx, { before, limit }: Page): Promise<InstallAuditRow[]> {
  const { rows } = await sql<InstallAuditRow>`
    SELECT * FROM app.list_audit_everywhere(${before}::bigint, ${limit})`.execute(tx.db);
  return rows;
}

/** Events that were changed or whose neighbour is missing; none is right. */
export async function findBrokenAuditEvents(
  tx: Tx,
  everywhere: boolean,
): Promise<{ organization_id: string; position: number }[]> {
  const { rows } = await sql<{ organization_id: string; position: number }>`
    SELECT organization_id, position FROM app.find_broken_audit_events(${everywhere})`.execute(tx.db);
  return rows;
}
