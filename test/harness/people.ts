/** Colleagues for an owner: each an agent with a CRM of their own, signed in. */
import { randomBytes } from 'node:crypto';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { addMember } from '../../src/modules/auth/add-member.ts';
import { request } from './api.ts';
import type { TestSwitchboard } from './switchboard.ts';

export const MEMBER_PASSWORD = 'a password of a colleague';

/** Adds a person to the owner's organization and signs them in. */
export async function hire(
  switchboard: TestSwitchboard,
  owner: SessionAnswer,
  name = 'Mika Stone',
): Promise<SessionAnswer> {
  const email = `agent-${randomBytes(6).toString('hex')}@example.test`;
  const employer = { userId: owner.user.id, organizationId: owner.organization.id };
  await addMember(switchboard.app, employer, { name, email, password: MEMBER_PASSWORD });
  return signIn(switchboard.url, email, MEMBER_PASSWORD);
}

export async function signIn(url: string, email: string, password: string): Promise<SessionAnswer> {
  const answer = await request<SessionAnswer>(`${url}/api/v1/auth/login`, { body: { email, password } });
  if (answer.status !== 200)
    throw new Error(`Signing in answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}
