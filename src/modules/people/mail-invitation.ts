/**
 * Writes the letter of an invitation. Safe to run twice: a letter that was taken is not written again; one whose answer was lost is,
 * with a new link, and the link in the earlier one stops working.
 */
import type { App } from '../../app.ts';
import { asWorker } from '../../platform/db/tx.ts';
import { newToken } from '../../platform/ids.ts';
import { hashToken } from '../auth/open-session.ts';
import { invitationLink } from './invite-person.ts';
import { addressInvitation, noteMailed } from './queries/invitations.ts';

/** Throws MailNotTaken, and is tried again. */
export async function mailInvitation(app: App, organizationId: string, id: string): Promise<void> {
  const { mailer } = app;
  if (!mailer) return;
  const token = newToken();
  const letter = await asWorker(app, organizationId, (tx) => addressInvitation(tx, id, hashToken(token)));
  if (!letter) return;
  const inviter = letter.inviter_name ?? 'A colleague';
  await mailer.send({
    to: letter.email,
    subject: `${inviter} invites you to ${letter.organization_name}`,
    paragraphs: [
      `Hello ${letter.name},`,
      `${inviter} invites you to answer the WhatsApp messages of ${letter.organization_name} together.`,
    ],
    link: { label: 'Accept the invitation', url: invitationLink(app, token) },
    notes: [
      'The link works once, within seven days.',
      'If you do not know the sender, ignore this letter: without the link nothing happens.',
    ],
  });
  await asWorker(app, organizationId, (tx) => noteMailed(tx, id));
}
