/** An owner adds a person to their organization, with an agent of their own. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import type { Actor } from './contract.ts';
import { hashPassword } from './password.ts';
import { insertMember } from './queries.ts';
import { newAgentPrefix, refuseKnownEmail } from './register.ts';

/** Returns the new user's id. Throws `auth.email_taken`. */
export async function addMember(
  app: App,
  owner: Pick<Actor, 'userId' | 'organizationId'>,
  member: { name: string; email: string; password: string; agentPrefix?: string },
): Promise<string> {
  const passwordHash = await hashPassword(member.password);
  const agentPrefix = member.agentPrefix ?? newAgentPrefix();
  return asUser(app, owner, (tx) =>
    insertMember(tx, { name: member.name, email: member.email, passwordHash, agentPrefix }),
  ).catch(refuseKnownEmail);
}
