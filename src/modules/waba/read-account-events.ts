/** What happened to the organization's accounts, newest first, in words for people. */
import type { App } from '../../app.ts';
import type { Json } from '../../graph-api/json.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import type { AccountEvent, AccountEventPage, AccountEventQuery } from './contract-health.ts';
import { describeAccountEvent } from './describe-account-event.ts';
import { listEvents } from './queries/health.ts';
import type { Severity } from './severity.ts';

type EventRow = Awaited<ReturnType<typeof listEvents>>[number];

function present(row: EventRow): AccountEvent {
  return {
    id: String(row.id),
    waba_id: row.waba_id,
    phone_number_id: row.phone_number_id,
    field: row.field,
    event: row.event,
    severity: row.severity as Severity,
    ...describeAccountEvent(row.field, row.event, row.payload as Json),
    occurred_at: row.occurred_at.toISOString(),
  };
}

function packCursor({ position, id }: EventRow): string {
  return Buffer.from(`${position} ${String(id)}`).toString('base64url');
}

/** Throws `waba.bad_cursor` for a cursor that this server did not give out. */
function unpackCursor(cursor: string | undefined): { occurredAt: string; id: string } | null {
  if (cursor === undefined) return null;
  const text = Buffer.from(cursor, 'base64url').toString();
  const found = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*[+-]\d\d(?::\d\d)?) (\d{1,18})$/.exec(text);
  if (!found)
    throw new AppError(
      'waba.bad_cursor',
      400,
      'This cursor is not one of ours. Leave it out to start at the first page, then use next_cursor as it is.',
    );
  const [, occurredAt = '', id = ''] = found;
  return { occurredAt, id };
}

/** One page of events; of one account, or of all. */
export async function readAccountEvents(
  app: App,
  actor: Pick<Actor, 'userId' | 'organizationId'>,
  { waba_id: wabaId, cursor, limit = 50 }: AccountEventQuery,
): Promise<AccountEventPage> {
  const after = unpackCursor(cursor);
  const rows = await asUser(app, actor, (tx) => listEvents(tx, { wabaId, after, limit: limit + 1 }));
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { data: rows.slice(0, limit).map(present), next_cursor: last ? packCursor(last) : null };
}
