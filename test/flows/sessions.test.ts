/** Sessions: how they go on, how long they live, what ends them, and what a browser is given and refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request, type Answer } from '../harness/api.ts';
import { hire } from '../harness/people.ts';
import { authCallsOf, PASSWORD, registration, type AuthCalls } from '../harness/registrations.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let auth: AuthCalls;
let first: Answer<SessionAnswer>;

beforeAll(async () => {
  switchboard = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' });
  auth = authCallsOf(switchboard.url);
  first = await auth.post('register', registration('Ines@Example.test'));
});
afterAll(() => switchboard.stop());

const cookiesOf = (answer: Answer) =>
  new Map(answer.headers.getSetCookie().map((cookie) => [cookie.split('=', 1)[0] ?? '', cookie]));

describe('a session', () => {
  const login = async () =>
    (await auth.post('login', { email: 'ines@example.test', password: PASSWORD })).body;
  const refresh = (token: string) => auth.post('refresh', { refresh_token: token });

  test('goes on with a new refresh token each time; a lost answer may be asked for again within seconds', async () => {
    const start = await login();
    const next = await refresh(start.refresh_token);
    expect(next.status).toBe(200);
    expect(next.body.refresh_token).not.toBe(start.refresh_token);
    const again = await Promise.all(Array.from({ length: 5 }, () => refresh(start.refresh_token)));
    expect(again.map(({ status, body }) => [status, body.refresh_token])).toEqual(
      again.map(() => [200, next.body.refresh_token]),
    );
    expect((await auth.me(again[0]?.body.access_token ?? '')).status).toBe(200);
    expect((await refresh(next.body.refresh_token)).status).toBe(200);
  });

  test.each(['', 'nonsense', '.', 'a.b', 'x'.repeat(43)])('is not brought back by %j', async (token) => {
    const answer = await refresh(token.padEnd(20, 'x'));
    expect(answer).toMatchObject({ status: 401, body: { code: 'auth.session_ended' } });
  });

  test('ends for thief and owner when an old refresh token comes back later', async () => {
    const start = await login();
    const next = await refresh(start.refresh_token);
    await queryAsAdmin(
      switchboard.database,
      `UPDATE sessions SET rotated_at = now() - interval '11 seconds' WHERE user_id = $1`,
      [first.body.user.id],
    );
    expect(await refresh(start.refresh_token)).toMatchObject({
      status: 401,
      body: { code: 'auth.session_ended' },
    });
    expect((await refresh(next.body.refresh_token)).status).toBe(401);
    expect((await auth.me(next.body.access_token)).status).toBe(401);
  });

  test('ends when a token from before the last one comes back, however quickly', async () => {
    const start = await login();
    const second = await refresh(start.refresh_token);
    const third = await refresh(second.body.refresh_token);
    expect((await refresh(start.refresh_token)).status).toBe(401);
    expect((await refresh(third.body.refresh_token)).status).toBe(401);
  });

  test('ends at once when its owner signs out, and only this one', async () => {
    const [one, other] = [await login(), await login()];
    expect(
      (await request(`${switchboard.url}/api/v1/auth/logout`, { method: 'POST', token: one.access_token }))
        .status,
    ).toBe(204);
    expect(await auth.me(one.access_token)).toMatchObject({
      status: 401,
      body: { code: 'auth.session_ended' },
    });
    expect((await refresh(one.refresh_token)).status).toBe(401);
    expect((await auth.me(other.access_token)).status).toBe(200);
  });

  test('can be ended from another one by its owner, and by nobody else', async () => {
    const [one, other] = [await login(), await login()];
    const list = await request<{ data: { id: string; current: boolean }[] }>(
      `${switchboard.url}/api/v1/auth/sessions`,
      { token: one.access_token },
    );
    const mine = list.body.data.find(({ current }) => current)?.id ?? '';
    const end = (token: string) =>
      request(`${switchboard.url}/api/v1/auth/sessions/${mine}`, { method: 'DELETE', token });
    const colleague = await hire(switchboard, first.body);
    expect((await end(colleague.access_token)).status).toBe(404);
    expect((await end((await registerOwner(switchboard.url)).access_token)).status).toBe(404);
    expect((await end(other.access_token)).status).toBe(204);
    expect((await auth.me(one.access_token)).status).toBe(401);
  });

  test('of thirty idle days is over', async () => {
    const start = await login();
    await queryAsAdmin(
      switchboard.database,
      `UPDATE sessions SET expires_at = now() - interval '1 second' WHERE user_id = $1`,
      [first.body.user.id],
    );
    expect((await auth.me(start.access_token)).status).toBe(401);
    expect((await refresh(start.refresh_token)).status).toBe(401);
  });

  test('keeps no refresh token in the database as it is', async () => {
    const { refresh_token: token } = await login();
    const rows = await queryAsAdmin<{ row: string }>(
      switchboard.database,
      'SELECT to_jsonb(s)::text AS row FROM sessions s',
    );
    expect(
      rows.filter(
        ({ row }) =>
          row.includes(token.split('.')[1] ?? token) || row.includes(Buffer.from(token).toString('hex')),
      ),
    ).toEqual([]);
  });
});

describe('a browser', () => {
  test('gets cookies that no script reads, no other host sends and no other site uses', async () => {
    const cookies = cookiesOf(await auth.post('login', { email: 'ines@example.test', password: PASSWORD }));
    expect([...cookies.keys()].toSorted()).toEqual(['__Host-refresh', '__Host-session']);
    for (const cookie of cookies.values()) {
      expect(cookie).toMatch(/; Path=\/(;|$)/);
      for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax'])
        expect(cookie).toContain(`; ${attribute}`);
      expect(cookie).not.toMatch(/domain=/i);
    }
  });

  const cookieHeader = async () => {
    const cookies = cookiesOf(await auth.post('login', { email: 'ines@example.test', password: PASSWORD }));
    return [...cookies.values()].map((cookie) => cookie.split(';', 1)[0]).join('; ');
  };

  test('is known by its cookie, refreshes by it, and loses both when signing out', async () => {
    const cookie = await cookieHeader();
    const home = { cookie, 'sec-fetch-site': 'same-origin' };
    expect((await request(`${switchboard.url}/api/v1/auth/me`, { headers: home })).status).toBe(200);
    expect((await auth.post('refresh', {}, home)).status).toBe(200);
    const out = await auth.post('logout', undefined, home);
    expect(out.status).toBe(204);
    for (const one of cookiesOf(out).values()) expect(one).toMatch(/Max-Age=0|Expires=Thu, 01 Jan 1970/);
    expect((await request(`${switchboard.url}/api/v1/auth/me`, { headers: home })).status).toBe(401);
  });

  test.each<[string, Record<string, string>]>([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a neighbour of this site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin of nothing', { origin: 'null' }],
    ['an origin that begins like ours', { origin: 'http://localhost.evil.example' }],
    ['nowhere that it tells', {}],
  ])('of a signed-in person does nothing for a page of %s', async (_where, headers) => {
    const cookie = await cookieHeader();
    for (const path of ['logout', 'refresh', 'login']) {
      const answer = await auth.post(path, path === 'logout' ? undefined : {}, { cookie, ...headers });
      expect(answer).toMatchObject({ status: 403, body: { code: 'platform.cross_site' } });
    }
    expect((await request(`${switchboard.url}/api/v1/auth/me`, { headers: { cookie } })).status).toBe(200);
  });
});
