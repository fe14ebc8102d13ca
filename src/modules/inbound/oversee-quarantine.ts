/**
 * Looking after items that could not be processed: an owner the organization's own, an admin of the install all of them. What must
 * stay true: nobody reads what another organization's customers wrote; the database decides that, and who is an admin.
 */
import type { App } from '../../app.ts';
import { asUser, type Databases, type TxUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { cutPage } from '../../platform/paging.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type {
  QuarantinedItem,
  QuarantinedItemDetail,
  QuarantinePage,
  QuarantineQuery,
  Replayed,
  ReplayBody,
} from './contract-quarantine.ts';
import { listQuarantine, replayQuarantine, type QuarantineRow } from './queries-quarantine.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

/** Characters of an item that are shown. */
const LONGEST_CONTENT = 20_000;

/** Of all organizations, for an admin, or of the caller's own. */
export type Scope = { everywhere: boolean };

function present(row: QuarantineRow): QuarantinedItem {
  const { organization_id: id, organization_name: name } = row;
  return {
    id: row.id,
    received_at: row.received_at.toISOString(),
    field: row.field,
    kind: row.kind,
    waba_id: row.waba_id,
    phone_number_id: row.phone_number_id,
    fault: row.fault,
    attempts: row.attempts,
    organization: id === null ? null : { id, name: name ?? id },
  };
}

/** Newest first. */
export async function readQuarantine(
  app: { databases: Databases },
  reader: TxUser,
  { cursor, limit = PAGE_SIZE, everywhere }: QuarantineQuery & Scope,
): Promise<QuarantinePage> {
  const before = cursor === undefined ? null : Number(cursor);
  const found = await asUser(app, reader, (tx) =>
    listQuarantine(tx, { everywhere, only: null, before, limit: limit + 1 }),
  );
  const { rows, next_cursor } = cutPage(found, limit, ({ id }) => String(id));
  return { data: rows.map(present), next_cursor };
}

/** Throws 404 for what is absent, not in quarantine any more, or another organization's. */
export async function getQuarantined(
  app: { databases: Databases },
  reader: TxUser,
  { id, everywhere }: { id: string } & Scope,
): Promise<QuarantinedItemDetail> {
  const only = itemId(id);
  const [row] = await asUser(app, reader, (tx) =>
    listQuarantine(tx, { everywhere, only, before: null, limit: 1 }),
  );
  if (!row) throw notFound('quarantined item');
  // Escaped characters stay escaped: half a character, or NUL, is shown and does nothing.
  const text = row.item === null ? null : contentOf(row.item);
  return {
    ...present(row),
    content: text === null ? null : text.slice(0, LONGEST_CONTENT).toWellFormed(),
    is_cut: text !== null && text.length > LONGEST_CONTENT,
  };
}

/** Lets items be tried anew. Throws 404 when the one that is named is not there. */
export function replayItems(
  app: Pick<App, 'databases'>,
  actor: TxUser,
  { ids, everywhere }: ReplayBody & Scope,
): Promise<Replayed> {
  return asUser(app, actor, async (tx) => {
    const replayed = await replayQuarantine(tx, everywhere, ids ?? null);
    if (ids?.length === 1 && replayed === 0) throw notFound('quarantined item');
    if (replayed > 0)
      await recordAudit(tx, {
        action: 'quarantine.replayed',
        subject: { kind: 'quarantine', id: ids?.length === 1 ? String(ids[0]) : null },
        details: { count: replayed },
      });
    return { replayed };
  });
}

/** Throws 404 for what can be no item's. */
export function itemId(id: string): number {
  if (!/^[0-9]{1,15}$/.test(id)) throw notFound('quarantined item');
  return Number(id);
}

/** What Meta sent, without what was put around it here. */
function contentOf(item: string): string {
  const parsed = JSON.parse(item) as { value?: unknown };
  return JSON.stringify(parsed.value ?? null, null, 2);
}
