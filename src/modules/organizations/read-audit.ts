/** Reading the audit: owners their organization's, admins of the install everybody's. */
import { asUser, type Databases, type TxUser } from '../../platform/db/tx.ts';
import { cutPage } from '../../platform/paging.ts';
import type { AuditCheck, AuditEvent, AuditPage, AuditQuery, InstallAuditEvent } from './contract-audit.ts';
import {
  findBrokenAuditEvents,
  listAuditEvents,
  listAuditEverywhere,
  type AuditRow,
  type Page,
} from './queries/audit.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

function present(row: AuditRow): AuditEvent {
  const { user_id: userId, api_key_id: keyId, session_id: sessionId } = row;
  return {
    id: String(row.id),
    occurred_at: row.occurred_at.toISOString(),
    actor: row.actor === 'user' || row.actor === 'admin' ? row.actor : 'worker',
    user: userId === null ? null : { id: userId, name: row.user_name },
    via: keyId !== null ? 'api_key' : sessionId !== null ? 'session' : null,
    via_id: keyId ?? sessionId,
    action: row.action,
    subject: { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
    details: row.details as Record<string, unknown>,
  };
}

async function readPage<Row extends AuditRow>(
  { limit = PAGE_SIZE, cursor }: AuditQuery,
  list: (page: Page) => Promise<Row[]>,
): Promise<{ rows: Row[]; next_cursor: string | null }> {
  const found = await list({ before: cursor ?? null, limit: limit + 1 });
  return cutPage(found, limit, ({ id }) => String(id));
}

/** The organization's events, newest first. */
export async function readAudit(
  app: { databases: Databases },
  owner: TxUser,
  query: AuditQuery,
): Promise<AuditPage> {
  const { rows, next_cursor } = await readPage(query, (page) =>
    asUser(app, owner, (tx) => listAuditEvents(tx, page)),
  );
  return { data: rows.map(present), next_cursor };
}

/** The events of all organizations, newest first. Only the database decides who is an admin: it refuses anybody else. */
export async function readInstallAudit(
  app: { databases: Databases },
  admin: TxUser,
  query: AuditQuery,
): Promise<{ data: InstallAuditEvent[]; next_cursor: string | null }> {
  const { rows, next_cursor } = await readPage(query, (page) =>
    asUser(app, admin, (tx) => listAuditEverywhere(tx, page)),
  );
  const data = rows.map((row) => ({
    ...present(row),
    organization: { id: row.organization_id, name: row.organization_name },
  }));
  return { data, next_cursor };
}

/** Follows the chain of hashes: of the owner's organization, or of all for an admin. */
export async function checkAudit(
  app: { databases: Databases },
  reader: TxUser,
  { everywhere }: { everywhere: boolean },
): Promise<AuditCheck> {
  const broken = await asUser(app, reader, (tx) => findBrokenAuditEvents(tx, everywhere));
  return { is_whole: broken.length === 0, broken };
}
