/**
 * Sends every documented operation what nobody should send it, and holds each answer to what an error must be: a problem document
 * that says what to do, never a 500, never a stack, never somebody else's data.
 */
import { randomInt } from 'node:crypto';
import { expect } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from './admin-query.ts';
import { addressOf, exampleOf, listOperations, type JsonSchema, type Operation } from './api-operations.ts';
import { registerOwner, request, type Answer } from './api.ts';
import { newPhone } from './deliveries.ts';
import { inboxOf } from './inbox.ts';
import { connectNumber } from './numbers.ts';
import { peopleCallsOf } from './people-calls.ts';
import { startTestSwitchboard, type TestSwitchboard } from './switchboard.ts';

export type Sent = {
  id?: string;
  query?: string;
  body?: unknown;
  headers?: Record<string, string>;
  token?: string | null;
};

/** Stands in every message of the other organization; no answer may hold it. */
const CANARY = 'Secret canary';

async function makeConversation(switchboard: TestSwitchboard, session: SessionAnswer): Promise<string> {
  const { phoneNumberId } = await connectNumber(switchboard, session.access_token);
  const phone = newPhone();
  switchboard.simulator.control.inbound({ phone_number_id: phoneNumberId, from: phone, text: CANARY });
  await switchboard.settle();
  return (await inboxOf(switchboard.url, session.access_token).with(phone)).id;
}

/** Ids of another organization, of every kind. */
async function makeForeignIds(switchboard: TestSwitchboard): Promise<string[]> {
  const other = await registerOwner(switchboard.url);
  await makeConversation(switchboard, other);
  const theirs = peopleCallsOf(switchboard.url, other.access_token);
  await theirs.makeKey({ name: CANARY, scopes: ['self:read'] });
  await theirs.invite({ email: 'somebody-else@example.test', name: CANARY });
  const rows = await queryAsAdmin<{ id: string }>(
    switchboard.database,
    `SELECT id::text FROM conversations WHERE organization_id = $1
     UNION SELECT id::text FROM messages WHERE organization_id = $1
     UNION SELECT id::text FROM customers WHERE organization_id = $1
     UNION SELECT id::text FROM agents WHERE organization_id = $1
     UNION SELECT id::text FROM users WHERE organization_id = $1
     UNION SELECT id::text FROM sessions WHERE organization_id = $1
     UNION SELECT id::text FROM api_keys WHERE organization_id = $1
     UNION SELECT id::text FROM invitations WHERE organization_id = $1
     UNION SELECT phone_number_id FROM phone_numbers WHERE organization_id = $1
     UNION SELECT waba_id FROM waba_accounts WHERE organization_id = $1
     UNION SELECT $1`,
    [other.organization.id],
  );
  return rows.map(({ id }) => id);
}

/** Limits on sign-ins count by address; nothing may hide behind them here. */
const somewhere = () => `198.18.${String(randomInt(256))}.${String(randomInt(256))}`;

export type Attacker = Awaited<ReturnType<typeof startAttacker>>;

/** A server of its own with two organizations; the attacks come from the first one's owner. */
export async function startAttacker() {
  const switchboard = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' });
  const owner = await registerOwner(switchboard.url);
  const ownConversation = await makeConversation(switchboard, owner);
  const foreignIds = await makeForeignIds(switchboard);
  const operations = await listOperations(switchboard.url);
  let token = owner.access_token;
  /** Some attacks end their session, so each operation has one of its own. */
  const renewToken = async () => {
    const { body } = await request<SessionAnswer>(`${switchboard.url}/api/v1/auth/login`, {
      body: { email: owner.user.email, password: 'a long enough password' },
      headers: { 'x-forwarded-for': somewhere() },
    });
    token = body.access_token;
  };
  const send = (operation: Operation, sent: Sent = {}): Promise<Answer> =>
    request(`${switchboard.url}${addressOf(operation, sent.id ?? ownConversation)}${sent.query ?? ''}`, {
      method: operation.method,
      ...(sent.body === undefined ? {} : { body: sent.body }),
      token: operation.isPublic ? null : sent.token === undefined ? token : sent.token,
      headers: { 'x-forwarded-for': somewhere(), ...sent.headers },
    });
  return {
    switchboard,
    owner,
    foreignIds,
    operations,
    renewToken,
    send,
    /** Sends the cases to every operation that they fit, and expects each to be refused properly. */
    async attack(
      fits: (operation: Operation) => boolean,
      cases: (operation: Operation) => Sent[],
    ): Promise<void> {
      const attacked = operations.filter(fits);
      expect(attacked.length).toBeGreaterThan(0);
      for (const operation of attacked) {
        await renewToken();
        for (const one of cases(operation))
          expectProblem(await send(operation, one), `${operation.name} ${JSON.stringify(one).slice(0, 300)}`);
      }
    },
  };
}

export function expectProblem(answer: Answer, what: string): void {
  const seen = `${what} → ${String(answer.status)} ${JSON.stringify(answer.body)}`;
  expect(answer.status, seen).toBeGreaterThanOrEqual(400);
  expect(answer.status, seen).toBeLessThan(500);
  expect(answer.headers.get('content-type'), seen).toMatch(/^application\/problem\+json/);
  expect(answer.body, seen).toMatchObject({
    status: answer.status,
    type: expect.stringMatching(/^urn:/) as string,
    title: expect.any(String) as string,
  });
  const { detail, code, request_id: id } = answer.body as Record<string, string>;
  expect(detail, seen).toMatch(/^[A-Z].{10,}[.!?]$/s);
  expect(code, seen).toMatch(/^[a-z]+\.[a-z_]+$/);
  expect(id, seen).toMatch(/\S{8,}/);
  expect(JSON.stringify(answer.body), seen).not.toMatch(
    /\.ts:\d|node_modules|at \w+ \(|SELECT |Secret canary/,
  );
}

export const takesJson = (operation: Operation) => operation.body !== null;
/** Its body is read by us; a webhook's is Meta's and signed. */
export const isWrite = ({ method, path }: Operation) => method !== 'GET' && !path.startsWith('/webhooks/');
export const has = (place: string) => (operation: Operation) =>
  operation.parameters.some((one) => one.in === place);
export const fieldsOf = (schema: JsonSchema | null) => Object.entries(schema?.properties ?? {});
/** A body that the operation's schema takes. */
export const valid = (operation: Operation) => exampleOf(operation.body ?? {}) as Record<string, unknown>;
export const bodyOf = (operation: Operation): Sent => (operation.body ? { body: valid(operation) } : {});
