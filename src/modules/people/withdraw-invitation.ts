/** Takes an invitation back: its link stops working. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { deleteInvitation } from './queries/invitations.ts';

/** Throws 404 when it was accepted, withdrawn or never made. */
export async function withdrawInvitation(app: App, actor: Actor, id: string): Promise<void> {
  if (!isUuid(id)) throw notFound('invitation');
  await asUser(app, actor, async (tx) => {
    const gone = await deleteInvitation(tx, id);
    if (!gone) throw notFound('invitation');
    const subject = { kind: 'invitation', id, name: gone.email };
    await recordAudit(tx, { action: 'invitation.withdrawn', subject });
  });
}
