/**
 * Writing down what changes rights, secrets and connections, in the transaction that changes it: either both are true afterwards
 * or neither. Who acts, in which session or with which key, is read from the transaction by the database and cannot be told.
 */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';
import { maskForLog } from '../../platform/log/mask.ts';
import type { AuditDetails, AuditSubject } from './contract-audit.ts';

/** What was done, to what. */
export type AuditRecord = {
  /** `thing.what-happened`, such as `configuration.deleted`; web/features/audit/describe.ts puts it into words. */
  action: `${string}.${string}`;
  subject: AuditSubject;
  /** What changed, never a secret: names of fields, old and new rights. Masked as a log is, in case. */
  details?: AuditDetails;
};

/** Adds an event to the organization's audit. Throws when the transaction acts for nobody. */
export async function recordAudit(tx: Tx, { action, subject, details = {} }: AuditRecord): Promise<void> {
  await sql`SELECT app.record_audit(${action}, ${subject.kind}, ${subject.id}, ${subject.name ?? null},
    ${JSON.stringify(maskForLog(details))}::jsonb)`.execute(tx.db);
}
