/** Joining: whoever holds an open invitation's link becomes a user with an agent, and is signed in. */
import pg from 'pg';
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import type { Caller } from '../auth/caller.ts';
import type { SessionAnswer } from '../auth/contract.ts';
import { hashToken } from '../auth/open-session.ts';
import { hashPassword } from '../auth/password.ts';
import { refuseWeakPassword } from '../auth/password-strength.ts';
import { newAgentPrefix } from '../auth/register.ts';
import { openSessionOn } from '../auth/sign-in.ts';
import type { AcceptInvitationBody, OpenInvitation } from './contract.ts';
import { emailHasAccount, invitationNotOpen } from './errors.ts';
import { canMail } from './invite-person.ts';
import {
  acceptInvitation as accept,
  findOpenInvitation,
  type OpenInvitationRow,
} from './queries/invitations.ts';

const UNIQUE_VIOLATION = '23505';

async function getOpenInvitation(app: App, token: string): Promise<OpenInvitationRow> {
  const found = await asGuest(app, (tx) => findOpenInvitation(tx, hashToken(token)));
  if (!found) throw invitationNotOpen();
  return found;
}

/** What the invitation says. Throws `people.invitation_not_open`. */
export async function readInvitation(app: App, token: string): Promise<OpenInvitation> {
  const found = await getOpenInvitation(app, token);
  return { ...found, expires_at: found.expires_at.toISOString() };
}

/** @throws AppError `people.invitation_not_open`, `people.email_has_account`, `auth.weak_password` */
export async function acceptInvitation(
  app: App,
  body: AcceptInvitationBody,
  caller: Caller,
): Promise<SessionAnswer> {
  const invitation = await getOpenInvitation(app, body.token);
  const name = body.name.trim();
  const { email, organization_name: organizationName } = invitation;
  await refuseWeakPassword(body.password, { name, email, organizationName });
  const passwordHash = await hashPassword(body.password);
  const tokenHash = hashToken(body.token);
  const userId = await asGuest(app, (tx) =>
    accept(tx, { tokenHash, name, passwordHash, agentPrefix: newAgentPrefix(), ownerAnswers: !canMail(app) }),
  ).catch((error: unknown) => {
    const isKnown = error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION;
    throw isKnown && error.constraint === 'users_email_key' ? emailHasAccount() : error;
  });
  if (userId === null) throw invitationNotOpen();
  return openSessionOn(app, userId, caller);
}
