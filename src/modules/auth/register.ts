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

/** Makes an organization with its owner and signs them in. Throws `auth.email_taken`. */
export async function register(app: App, body: RegisterBody, userAgent: string | null): Promise<SessionAnswer> {
  const passwordHash = await hashPassword(body.password);
  const userId = await asGuest(app, (tx) =>
    insertOrganization(tx, {
      organizationId: `org_${randomBytes(9).toString('base64url')}`,
      organizationName: body.organization_name.trim(),
      name: body.name.trim(),
      email: body.email.trim(),
      passwordHash,
      agentPrefix: newAgentPrefix(),
    }),
  ).catch((error: unknown) => {
    if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === 'users_email_key')
      throw emailTaken();
    throw error;
  });
  return openSession(app, userId, userAgent);
}
