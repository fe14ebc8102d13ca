/** What happened to the organization's accounts, newest first, in words for people. */
import type { App } from '../../app.ts';
import type { Json } from '../../graph-api/json.ts';
import { asUser } from '../../platform/db/tx.ts';
import { cutPage, NUMBER_ID, packCursor, unpackCursor } from '../../platform/paging.ts';
import type { Actor } from '../auth/contract.ts';
import type { AccountEvent, AccountEventPage, AccountEventQuery } from './contract-health.ts';
import { describeAccountEvent } from './describe-account-event.ts';
import { listEvents } from './queries/health.ts';
import type { Severity } from './severity.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

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

/** One page of events; of one account, or of all. Throws `waba.bad_cursor`. */
export async function readAccountEvents(
  app: App,
  actor: Pick<Actor, 'userId' | 'organizationId'>,
  { waba_id: wabaId, cursor, limit = PAGE_SIZE }: AccountEventQuery,
): Promise<AccountEventPage> {
  const before = unpackCursor(cursor, { id: NUMBER_ID, module: 'waba' });
  const found = await asUser(app, actor, (tx) => listEvents(tx, { wabaId, before, limit: limit + 1 }));
  const { rows, next_cursor } = cutPage(found, limit, packCursor);
  return { data: rows.map(present), next_cursor };
}
