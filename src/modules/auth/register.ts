/** Registering: a new organization, its owner, the owner's agent. The first user of an install becomes its admin. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import type { RegisterBody, SessionAnswer } from './contract.ts';
import { emailTaken } from './errors.ts';
import { openSession } from './open-session.ts';
import { hashPassword } from './password.ts';
import { insertOrganization } from './queries.ts';

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

/** Makes an organization with its owner and the owner's agent. Throws `auth.email_taken`. */
export async function createOrganization(
  app: App,
  body: RegisterBody & { agentPrefix?: string },
): Promise<{ organizationId: string; userId: string }> {
  const organizationId = `org_${randomBytes(9).toString('base64url')}`;
  const passwordHash = await hashPassword(body.password);
  const userId = await asGuest(app, (tx) =>
    insertOrganization(tx, {
      organizationId,
      organizationName: body.organization_name.trim(),
      name: body.name.trim(),
      email: body.email.trim(),
      passwordHash,
      agentPrefix: body.agentPrefix ?? newAgentPrefix(),
    }),
  ).catch(refuseKnownEmail);
  return { organizationId, userId };
}

/** Makes an organization and signs its owner in. Throws `auth.email_taken`. */
export async function register(
  app: App,
  body: RegisterBody,
  userAgent: string | null,
): Promise<SessionAnswer> {
  const { userId } = await createOrganization(app, body);
  return openSession(app, userId, userAgent);
}
