/** Registering: a new organization, its owner, the owner's agent. The first user of an install becomes its admin. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import type { RegisterBody, SessionAnswer } from './contract.ts';
import type { Caller } from './caller.ts';
import { emailTaken, registrationClosed } from './errors.ts';
import { hashPassword, refuseWhenBusy } from './password.ts';
import { refuseWeakPassword } from './password-strength.ts';
import { insertOrganization } from './queries.ts';
import { mailVerification } from './send-account-link.ts';
import { openSessionOn } from './sign-in.ts';

const UNIQUE_VIOLATION = '23505';

/** A prefix for an agent's tables. Eight random bytes: two never meet. */
export function newAgentPrefix(): string {
  return `agt_${randomBytes(8).toString('hex')}`;
}

/** Email addresses are unique in the whole install; everything else is passed on. */
export function refuseKnownEmail(error: unknown): never {
  if (
    error instanceof pg.DatabaseError &&
    error.code === UNIQUE_VIOLATION &&
    error.constraint === 'users_email_key'
  )
    throw emailTaken();
  throw error;
}

/** What an organization and its owner are made of. */
export type NewOrganization = RegisterBody & {
  agentPrefix?: string;
  /** By whom: `operator` vouches for the email; a stranger gets in only while registration is open, or as the first. */
  madeBy: 'operator' | 'stranger';
};

/**
 * Makes an organization with its owner and the owner's agent. The owner of a stranger's confirms the email by a link; nothing else
 * waits for that. Throws `auth.email_taken`, `auth.registration_closed`.
 */
export async function createOrganization(
  app: App,
  { madeBy, ...body }: NewOrganization,
): Promise<{ organizationId: string; userId: string }> {
  const organizationId = `org_${randomBytes(9).toString('base64url')}`;
  const passwordHash = await hashPassword(body.password);
  const userId = await asGuest(app, async (tx) => {
    const made = await insertOrganization(tx, {
      organizationId,
      organizationName: body.organization_name.trim(),
      name: body.name.trim(),
      email: body.email.trim(),
      passwordHash,
      agentPrefix: body.agentPrefix ?? newAgentPrefix(),
      isTrusted: madeBy === 'operator',
      firstOnly: madeBy === 'stranger' && app.config.registration === 'closed',
    });
    if (made === null) throw registrationClosed();
    if (madeBy === 'stranger') mailVerification(app, tx, made);
    return made;
  }).catch(refuseKnownEmail);
  return { organizationId, userId };
}

/** Makes an organization and signs its owner in. Throws what `createOrganization` does, and `auth.weak_password`. */
export async function register(app: App, body: RegisterBody, caller: Caller): Promise<SessionAnswer> {
  refuseWhenBusy();
  const { name, email, organization_name: organizationName } = body;
  await refuseWeakPassword(body.password, { name, email, organizationName });
  const { userId } = await createOrganization(app, { ...body, madeBy: 'stranger' });
  return openSessionOn(app, userId, caller);
}
