/** Who is blocked, since when, by whom and why. An owner sees all of the organization, an agent those whose conversations they see. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { cutPage, packCursor, unpackCursor, UUID_ID } from '../../platform/paging.ts';
import type { Actor } from '../auth/contract.ts';
import type { BlockedSender, BlockedSenderPage, BlockedSendersQuery } from './contract-blocked.ts';
import { findWaitingCustomers, listBlocked, type BlockedRow } from './queries/blocked.ts';
import { findCustomers, type CustomerRow } from './queries/conversations.ts';
import { holdHomes } from './queries/homes.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

function present(row: BlockedRow, customer: CustomerRow | undefined): BlockedSender {
  const isWaiting = row.agent_id === null;
  return {
    conversation_id: isWaiting ? null : row.id,
    triage_id: isWaiting ? row.id : null,
    from: {
      name: customer?.name ?? 'Unknown customer',
      phone: customer?.phone ?? null,
      username: customer?.username ?? null,
    },
    phone_number_id: row.phone_number_id,
    number: { display_phone_number: row.display_phone_number, verified_name: row.verified_name },
    agent_name: row.agent_name,
    blocked: { at: row.blocked_at.toISOString(), by: row.blocked_by_name, reason: row.blocked_reason },
  };
}

/** A page; who was blocked last comes first. Throws `conversations.bad_cursor`. */
export function listBlockedSenders(
  app: App,
  actor: Actor,
  query: BlockedSendersQuery,
): Promise<BlockedSenderPage> {
  const limit = query.limit ?? PAGE_SIZE;
  const before = unpackCursor(query.cursor, { id: UUID_ID, module: 'conversations' });
  return asUser(app, actor, async (tx) => {
    const page = cutPage(await listBlocked(tx, { before, limit: limit + 1 }), limit, packCursor);
    const ofAgents = page.rows.filter((row) => row.agent_id !== null);
    const homes = await holdHomes(tx, [...new Set(ofAgents.flatMap((row) => row.agent_id ?? []))]);
    const idsOf = (rows: BlockedRow[]) => rows.map((row) => row.customer_id);
    const customers = [
      ...(await findCustomers(tx, homes, idsOf(ofAgents))),
      ...(await findWaitingCustomers(tx, idsOf(page.rows.filter((row) => row.agent_id === null)))),
    ];
    const byId = new Map(customers.map((customer) => [customer.id, customer]));
    return {
      data: page.rows.map((row) => present(row, byId.get(row.customer_id))),
      next_cursor: page.next_cursor,
    };
  });
}
