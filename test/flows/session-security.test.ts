/** Sessions under attack: what ends them reaches every route and stream (T23), what a stolen token brings (T25), other sites (T28). */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReauthenticateAnswer, SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request, type Answer } from '../harness/api.ts';
import { addressOf, listOperations, type Operation } from '../harness/api-operations.ts';
import { openEventStream } from '../harness/event-stream.ts';
import { hire, MEMBER_PASSWORD } from '../harness/people.ts';
import { authCallsOf, PASSWORD, registration, type AuthCalls } from '../harness/registrations.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

const SOME_ID = '0f8f4c3e-5a0b-4b58-9d3c-1f6f5d1c7a11';
const NEW_PASSWORD = 'three grey kettles singing';

let switchboard: TestSwitchboard;
let auth: AuthCalls;
let owner: SessionAnswer;
let operations: Operation[];
const email = 'ines@example.test';

beforeAll(async () => {
  switchboard = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' });
  auth = authCallsOf(switchboard.url);
  owner = (await auth.post('register', registration(email))).body;
  operations = (await listOperations(switchboard.url)).filter(({ isPublic }) => !isPublic);
});
afterAll(() => switchboard.stop());

const signIn = async (password = PASSWORD) => (await auth.post('login', { email, password })).body;
const call = <T = { code: string }>(method: string, path: string, token: string, body?: unknown) =>
  request<T>(`${switchboard.url}/api/v1/auth/${path}`, { method, token, body });

describe('T23: a session that was ended', () => {
  /** Every route of somebody who is signed in, and an open stream. */
  async function expectOver(session: SessionAnswer, end: () => Promise<unknown>): Promise<void> {
    const stream = await openEventStream(switchboard.url, session.access_token);
    expect(stream.status).toBe(200);
    const started = performance.now();
    await end();
    await stream.ended;
    const answers = await Promise.all(
      operations.map(async (operation) => {
        const { status } = await request(`${switchboard.url}${addressOf(operation, SOME_ID)}`, {
          method: operation.method,
          token: session.access_token,
          headers: { 'x-forwarded-for': '203.0.113.9' },
        });
        return `${operation.name}: ${String(status)}`;
      }),
    );
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(answers.length).toBeGreaterThan(15);
    expect(answers.filter((answer) => !answer.endsWith(': 401'))).toEqual([]);
    expect((await auth.post('refresh', { refresh_token: session.refresh_token })).status).toBe(401);
  }

  test('by signing out is over everywhere', async () => {
    const session = await signIn();
    await expectOver(session, () => call('POST', 'logout', session.access_token));
  });

  test('from another one is over everywhere, and "everywhere else" leaves the one that asked', async () => {
    const [here, there] = [await signIn(), await signIn()];
    await expectOver(there, () => call('DELETE', 'sessions', here.access_token));
    expect((await auth.me(here.access_token)).status).toBe(200);
    expect((await call<{ ended: number }>('DELETE', 'sessions', here.access_token)).body).toEqual({
      ended: 0,
    });
  });

  test('by a change of password is over everywhere else', async () => {
    const [here, there] = [await signIn(), await signIn()];
    const change = (body: unknown) => call('POST', 'password', here.access_token, body);
    await expectOver(there, async () => {
      const answer = await change({ current_password: PASSWORD, new_password: NEW_PASSWORD });
      expect(answer.status).toBe(204);
    });
    expect((await auth.me(here.access_token)).status).toBe(200);
    expect((await auth.post('login', { email, password: PASSWORD })).status).toBe(401);
    await change({ current_password: NEW_PASSWORD, new_password: PASSWORD });
  });

  test('because its person was disabled is over everywhere', async () => {
    const colleague = await hire(switchboard, owner);
    await expectOver(colleague, () =>
      queryAsAdmin(switchboard.database, 'UPDATE users SET disabled_at = now() WHERE id = $1', [
        colleague.user.id,
      ]),
    );
    expect(
      (await auth.post('login', { email: colleague.user.email, password: MEMBER_PASSWORD })).status,
    ).toBe(401);
  });
});

describe('a change of password', () => {
  test.each([
    ['a wrong current one', 'not the password', NEW_PASSWORD, 403, 'auth.password_refused'],
    ['one that is easily guessed', PASSWORD, 'password12345', 400, 'auth.weak_password'],
    ['one of one’s own words', PASSWORD, 'ines.hart & co', 400, 'auth.weak_password'],
    ['one that is too short', PASSWORD, 'q7!kZ', 400, 'platform.invalid_request'],
  ])('is refused for %s', async (_what, current, wanted, status, code) => {
    const { access_token: token } = await signIn();
    expect(
      await call('POST', 'password', token, { current_password: current, new_password: wanted }),
    ).toMatchObject({ status, body: { code } });
    expect((await auth.post('login', { email, password: PASSWORD })).status).toBe(200);
  });
});

describe('a recent sign-in', () => {
  const age = (minutes: number) =>
    queryAsAdmin(
      switchboard.database,
      `UPDATE sessions SET authenticated_at = now() - make_interval(mins => $1) WHERE revoked_at IS NULL`,
      [minutes],
    );
  const needsOne = (token: string) => call('POST', 'totp', token);

  test('is one of the last five minutes; refreshing is none, and the password makes it one', async () => {
    const session = await signIn();
    await age(4);
    expect((await needsOne(session.access_token)).status).toBe(200);
    await age(6);
    const refused = { status: 401, body: { code: 'auth.sign_in_again' } };
    expect(await needsOne(session.access_token)).toMatchObject(refused);
    const refreshed = (await auth.post('refresh', { refresh_token: session.refresh_token })).body;
    expect(await needsOne(refreshed.access_token)).toMatchObject(refused);
    const confirmed = await call<ReauthenticateAnswer>('POST', 'reauthenticate', refreshed.access_token, {
      password: PASSWORD,
    });
    expect(confirmed).toMatchObject({ status: 200, body: { user: { id: owner.user.id } } });
    expect((await needsOne(confirmed.body.access_token)).status).toBe(200);
    // The session is the same: its refresh token still counts.
    expect((await auth.post('refresh', { refresh_token: refreshed.refresh_token })).status).toBe(200);
  });

  test('of one session is none of another', async () => {
    const [one, other] = [await signIn(), await signIn()];
    await age(6);
    await call('POST', 'reauthenticate', one.access_token, { password: PASSWORD });
    expect((await needsOne(one.access_token)).status).toBe(200);
    expect((await needsOne(other.access_token)).status).toBe(401);
  });
});

describe('T25: a refresh token', () => {
  const refresh = (token: string) => auth.post('refresh', { refresh_token: token });

  /** What anybody does who has some of a session's tokens. `use` takes any that was ever given out; 0 is the newest. */
  type Step = { use: number; racing: number } | 'wait';
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        use: fc.constantFrom(0, 0, 0, 1, 1, 2, 3),
        racing: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant<Step>('wait') },
  );

  test('behaves as its model says, whatever two clients and a thief do with old and new ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const { body: first } = await auth.post('login', { email, password: PASSWORD });
        const sessionId = first.refresh_token.split('.')[0];
        const given = [first.refresh_token];
        let [isAlive, isLastFresh] = [true, false];
        for (const one of steps) {
          if (one === 'wait') {
            await queryAsAdmin(
              switchboard.database,
              `UPDATE sessions SET rotated_at = rotated_at - interval '11 seconds' WHERE id = $1`,
              [sessionId],
            );
            isLastFresh = false;
            continue;
          }
          const at = Math.max(0, given.length - 1 - one.use);
          const token = given[at] ?? '';
          const isNewest = at === given.length - 1;
          const isLostAnswer = at === given.length - 2 && isLastFresh;
          isAlive &&= isNewest || isLostAnswer;
          const answers = await Promise.all(Array.from({ length: one.racing }, () => refresh(token)));
          expect(answers.map(({ status }) => status)).toEqual(answers.map(() => (isAlive ? 200 : 401)));
          if (!isAlive) continue;
          const successors = new Set(answers.map(({ body }) => body.refresh_token));
          expect(successors.size).toBe(1);
          const [successor = ''] = successors;
          if (isNewest) {
            given.push(successor);
            isLastFresh = true;
          } else expect(successor).toBe(given.at(-1));
        }
        expect((await refresh(given.at(-1) ?? '')).status).toBe(isAlive ? 200 : 401);
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

describe('T28: another site', () => {
  let cookie: string;
  let writes: Operation[];
  beforeAll(async () => {
    const home = { 'sec-fetch-site': 'same-origin' };
    const signedIn = await auth.post('login', { email, password: PASSWORD }, home);
    cookie = signedIn.headers
      .getSetCookie()
      .map((one) => one.split(';', 1)[0])
      .join('; ');
    writes = (await listOperations(switchboard.url)).filter(
      ({ method, path }) => method !== 'GET' && !path.startsWith('/webhooks/'),
    );
  });

  const send = (
    { method, path }: Operation,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer> =>
    request(`${switchboard.url}${addressOf({ method, path } as Operation, SOME_ID)}`, {
      method,
      headers: { cookie, 'x-forwarded-for': '203.0.113.10', ...headers },
      ...(body === undefined || method === 'DELETE' ? {} : { body }),
    });

  test.each<[string, Record<string, string>]>([
    [
      'a form of another site',
      { 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['a text of another origin', { origin: 'https://evil.example', 'content-type': 'text/plain' }],
    ['a request that says nothing of where it comes from', { 'content-type': 'application/json' }],
  ])('with %s changes nothing, on any route', async (_what, headers) => {
    expect(writes.length).toBeGreaterThan(15);
    const allowed: string[] = [];
    for (const operation of writes) {
      const answer = await send(operation, headers, '{}');
      const { code } = answer.body as { code?: string };
      if (answer.status !== 403 || code !== 'platform.cross_site')
        allowed.push(`${operation.name}: ${String(answer.status)}`);
    }
    expect(allowed).toEqual([]);
    expect((await request(`${switchboard.url}/api/v1/auth/me`, { headers: { cookie } })).status).toBe(200);
  });

  test('cannot smuggle JSON as a form or a text: only JSON is read, also from this site', async () => {
    const home = { 'sec-fetch-site': 'same-origin' };
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await request(`${switchboard.url}/api/v1/auth/login`, {
        method: 'POST',
        headers: { ...home, 'content-type': type },
        body: JSON.stringify({ email, password: PASSWORD }),
      });
      expect(answer.status).toBe(415);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  test('cannot sign a browser in as somebody else', async () => {
    const answer = await request(`${switchboard.url}/api/v1/auth/login`, {
      headers: { 'sec-fetch-site': 'cross-site' },
      body: { email, password: PASSWORD },
    });
    expect(answer).toMatchObject({ status: 403, body: { code: 'platform.cross_site' } });
    expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe('registration that is closed', () => {
  test('lets the first user in, and nobody after', async () => {
    const closed = await startTestSwitchboard({ REGISTRATION: 'closed' });
    try {
      expect((await request(`${closed.url}/api/v1/setup`)).body).toMatchObject({
        has_users: false,
        registration: 'closed',
      });
      const tries = await Promise.all(
        Array.from({ length: 4 }, (_, n) =>
          request<{ code?: string }>(`${closed.url}/api/v1/auth/register`, {
            body: registration(`first-${String(n)}@example.test`),
          }),
        ),
      );
      expect(tries.map(({ status }) => status).toSorted()).toEqual([201, 403, 403, 403]);
      expect(tries.find(({ status }) => status === 403)?.body.code).toBe('auth.registration_closed');
      await expect(registerOwner(closed.url)).rejects.toThrow('403');
    } finally {
      await closed.stop();
    }
  });
});
