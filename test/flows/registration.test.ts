/** Signing up and in: who gets an account, what makes them admin or owner, and what a refusal tells. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { createSignInLink } from '../../src/modules/auth/sign-in.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import type { Answer } from '../harness/api.ts';
import { hire, MEMBER_PASSWORD } from '../harness/people.ts';
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

describe('registering', () => {
  test('makes the first user of an install its admin, and later ones owners of their own organizations only', async () => {
    expect(first).toMatchObject({
      status: 201,
      body: { user: { role: 'admin', is_owner: true, verified: true }, organization: { name: 'Hart & Co' } },
    });
    const second = await auth.post('register', registration('second@example.test'));
    expect(second).toMatchObject({ status: 201, body: { user: { role: 'agent', is_owner: true } } });
    expect(second.body.organization.id).not.toBe(first.body.organization.id);
    const answer = await auth.me(second.body.access_token);
    expect(answer).toMatchObject({ status: 200, body: { user: { id: second.body.user.id } } });
    expect(JSON.stringify([first.body, second.body, answer.body])).not.toMatch(/argon2|password|hash/);
  });

  test.each(['ines@example.test', 'INES@EXAMPLE.TEST', ' Ines@Example.test'])(
    'refuses %j, which is taken',
    async (email) => {
      const answer = await auth.post('register', registration(email));
      expect([400, 409]).toContain(answer.status);
      expect(await countRows(switchboard.database, 'users', `lower(trim(email)) = 'ines@example.test'`)).toBe(
        1,
      );
    },
  );

  test('makes one account when the same email registers ten times at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => auth.post('register', registration('twins@example.test'))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      201,
      ...Array.from({ length: 9 }, () => 409),
    ]);
    expect(
      await countRows(switchboard.database, 'organizations', `id NOT IN (SELECT organization_id FROM users)`),
    ).toBe(0);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a short password', { password: 'nine char' }],
    ['an endless password', { password: 'x'.repeat(201) }],
    ['no email', { email: 'nobody' }],
    ['a name of blanks', { name: '   ' }],
    ['a role of its own choice', { role: 'admin' }],
    ['an organization of its own choice', { organization_id: 'org_other' }],
    ['ownership of its own choice', { is_owner: true }],
  ])('refuses %s', async (_what, change) => {
    const answer = await auth.post('register', { ...registration('fresh@example.test'), ...change });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: 'platform.invalid_request' });
    expect(await countRows(switchboard.database, 'users', `email = 'fresh@example.test'`)).toBe(0);
  });
});

describe('signing in', () => {
  test('works with the email in any case', async () => {
    expect(await auth.post('login', { email: 'INES@example.TEST ', password: PASSWORD })).toMatchObject({
      status: 200,
      body: { user: { id: first.body.user.id } },
    });
  });

  test('says the same for an unknown email, a wrong password and a disabled account', async () => {
    const member = await hire(switchboard, first.body);
    await queryAsAdmin(switchboard.database, 'UPDATE users SET disabled_at = now() WHERE id = $1', [
      member.user.id,
    ]);
    const answers = await Promise.all([
      auth.post('login', { email: 'nobody@example.test', password: PASSWORD }),
      auth.post('login', { email: 'ines@example.test', password: 'wrong password' }),
      auth.post('login', { email: member.user.email, password: MEMBER_PASSWORD }),
    ]);
    const seen = answers.map(({ status, body: { request_id: _id, ...body }, headers }) => ({
      status,
      body,
      cookies: headers.getSetCookie(),
    }));
    expect(seen[0]).toMatchObject({ status: 401, body: { code: 'auth.sign_in_refused' }, cookies: [] });
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
    expect((await auth.me(member.access_token)).status).toBe(401);
  });

  test('by a link works once', async () => {
    const link = await createSignInLink(switchboard.app, first.body.user.email);
    const url = new URL(link ?? '');
    expect(url.search).toBe('');
    const token = url.hash.slice(1);
    const answers = await Promise.all(Array.from({ length: 5 }, () => auth.post('sign-in-link', { token })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401, 401]);
    expect(await auth.post('sign-in-link', { token })).toMatchObject({
      status: 401,
      body: { code: 'auth.link_not_valid' },
    });
    expect(await createSignInLink(switchboard.app, 'nobody@example.test')).toBeNull();
  });

  test('by a link does not work after its hour', async () => {
    const token = new URL((await createSignInLink(switchboard.app, first.body.user.email)) ?? '').hash.slice(
      1,
    );
    await queryAsAdmin(
      switchboard.database,
      `UPDATE sign_in_links SET expires_at = now() - interval '1 second'`,
    );
    expect((await auth.post('sign-in-link', { token })).status).toBe(401);
  });
});
