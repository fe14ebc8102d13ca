/** Who was asked to join and has not answered; for owners. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { cutPage } from '../../platform/paging.ts';
import type { Actor } from '../auth/contract.ts';
import type { InvitationPage, PageQuery } from './contract.ts';
import { presentInvitation } from './invite-person.ts';
import { listInvitations } from './queries/invitations.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

/** Newest first. */
export async function getInvitations(app: App, actor: Actor, query: PageQuery): Promise<InvitationPage> {
  const { limit = PAGE_SIZE, cursor } = query;
  const found = await asUser(app, actor, (tx) => listInvitations(tx, { cursor, limit: limit + 1 }));
  const { rows, next_cursor } = cutPage(found, limit, ({ id }) => id);
  return { data: rows.map(presentInvitation), next_cursor };
}
