/**
 * Asking somebody to join. The link works once, for seven days, and only its hash is kept. By mail it goes to the address alone, so
 * accepting also confirms the address; otherwise the owner sees it, once, and hands it over.
 */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid, newToken } from '../../platform/ids.ts';
import type { Actor } from '../auth/contract.ts';
import { hashToken } from '../auth/open-session.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { Invitation, InvitationSent, InviteBody, ResendBody } from './contract.ts';
import { alreadyColleague, mailNotSent } from './errors.ts';
import {
  findInvitation,
  renewInvitation,
  upsertInvitation,
  type InvitationRow,
} from './queries/invitations.ts';
import { isColleague } from './queries/people.ts';

/** The job that writes the letter; in jobs.ts. */
export const MAIL_INVITATION = 'people.mail-invitation';

/** The token is in the fragment, which no server sees. */
export function invitationLink(app: App, token: string): string {
  return `${app.config.publicUrl}/invitation#${token}`;
}

/** The public shape of an invitation. */
export function presentInvitation(row: InvitationRow): Invitation {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    is_owner: row.is_owner,
    by_mail: row.by_mail,
    mailed: row.mailed_at !== null,
    expired: row.expired,
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}

/** Whether the link goes by mail. Throws `people.no_mail` when that is wanted and cannot be. */
/** Whether letters reach anybody; otherwise owners hand links over. */
export function canMail(app: App): boolean {
  return app.mailer?.reachesInboxes ?? false;
}

function isByMail(app: App, delivery: InviteBody['delivery']): boolean {
  if (delivery === 'mail' && !canMail(app)) throw mailNotSent();
  return delivery === undefined ? canMail(app) : delivery === 'mail';
}

/** @throws AppError `people.already_colleague`, `people.no_mail`; `auth.sign_in_again` for inviting an owner */
export async function invitePerson(app: App, actor: Actor, body: InviteBody): Promise<InvitationSent> {
  if (body.is_owner) requireRecentSignIn(actor, app.clock);
  const byMail = isByMail(app, body.delivery);
  const token = newToken();
  const email = body.email.trim();
  return asUser(app, actor, async (tx) => {
    if (await isColleague(tx, email)) throw alreadyColleague();
    const id = await upsertInvitation(tx, {
      ...{ email, byMail, tokenHash: hashToken(token), name: body.name.trim() },
      organizationId: actor.organizationId,
      isOwner: body.is_owner ?? false,
      invitedBy: actor.userId,
    });
    return sent(app, tx, { actor, id, byMail, token, action: 'invitation.sent' });
  });
}

/** A new link; the one before stops working. */
export async function resendInvitation(
  app: App,
  actor: Actor,
  id: string,
  body: ResendBody,
): Promise<InvitationSent> {
  if (!isUuid(id)) throw notFound('invitation');
  const token = newToken();
  return asUser(app, actor, async (tx) => {
    if (!(await findInvitation(tx, id))) throw notFound('invitation');
    const byMail = isByMail(app, body.delivery);
    await renewInvitation(tx, id, { tokenHash: hashToken(token), byMail });
    return sent(app, tx, { actor, id, byMail, token, action: 'invitation.sent_again' });
  });
}

type Sending = { actor: Actor; id: string; byMail: boolean; token: string; action: `invitation.${string}` };

/** The letter gets a token of its own when it is written: none ever stands in the queue. */
async function sent(
  app: App,
  tx: Tx,
  { actor, id, byMail, token, action }: Sending,
): Promise<InvitationSent> {
  const row = await findInvitation(tx, id);
  if (!row) throw notFound('invitation');
  if (byMail) tx.enqueue(MAIL_INVITATION, { organization_id: actor.organizationId, invitation_id: id });
  const subject = { kind: 'invitation', id, name: row.email };
  await recordAudit(tx, { action, subject, details: { is_owner: row.is_owner, by_mail: byMail } });
  return { invitation: presentInvitation(row), link: byMail ? null : invitationLink(app, token) };
}
