/** The second factor: setting it up, signing in with it, codes that count once, recovery codes, and turning it off. */
import { TOTP, Secret } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type {
  RecoveryCodes,
  SessionAnswer,
  TotpEnrolment,
  TotpStatus,
} from '../../src/modules/auth/contract.ts';
import type { PeoplePage } from '../../src/modules/people/contract.ts';
import { createSignInLink } from '../../src/modules/auth/sign-in.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request, type Answer } from '../harness/api.ts';
import { hire, MEMBER_PASSWORD } from '../harness/people.ts';
import { authCallsOf, PASSWORD, registration, type AuthCalls } from '../harness/registrations.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let auth: AuthCalls;
let people = 0;

beforeAll(async () => {
  switchboard = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' });
  auth = authCallsOf(switchboard.url);
});
afterAll(() => switchboard.stop());

type Problem = { code: string };
const call = <T = Problem>(method: string, path: string, token: string, body?: unknown) =>
  request<T & Problem>(`${switchboard.url}/api/v1/auth/${path}`, { method, token, body });

/** The code of a secret, so many steps from now. */
const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

async function enrol(session: SessionAnswer): Promise<{ secret: string; recoveryCodes: string[] }> {
  const begun = await call<TotpEnrolment>('POST', 'totp', session.access_token);
  expect(begun.status).toBe(200);
  const confirmed = await call<RecoveryCodes>('POST', 'totp/confirm', session.access_token, {
    code: codeOf(begun.body.secret, -1),
  });
  expect(confirmed.status).toBe(200);
  return { secret: begun.body.secret, recoveryCodes: confirmed.body.recovery_codes };
}

/** Somebody new with a second factor. */
async function makePerson() {
  people += 1;
  const email = `person-${String(people)}@example.test`;
  const { body: session } = await auth.post('register', registration(email));
  const login = (code?: string): Promise<Answer<SessionAnswer & Problem>> =>
    auth.post('login', { email, password: PASSWORD, ...(code === undefined ? {} : { code }) });
  return { email, session, login, ...(await enrol(session)) };
}

describe('signing in with a second factor', () => {
  let person: Awaited<ReturnType<typeof makePerson>>;
  beforeEach(async () => {
    person = await makePerson();
  });

  test('asks for a code, and takes the one of now, once', async () => {
    expect(await person.login()).toMatchObject({ status: 401, body: { code: 'auth.code_required' } });
    const code = codeOf(person.secret);
    expect((await person.login(code)).status).toBe(200);
    expect(await person.login(code)).toMatchObject({ status: 401, body: { code: 'auth.code_refused' } });
    // The one before it came earlier than the one that was used.
    expect((await person.login(codeOf(person.secret, -1))).status).toBe(401);
    expect((await person.login(codeOf(person.secret, 1))).status).toBe(200);
  });

  test('takes a code from several requests at once only one time', async () => {
    const code = codeOf(person.secret);
    const answers = await Promise.all(Array.from({ length: 4 }, () => person.login(code)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401, 401]);
  });

  test('refuses codes of other times and what is no code, and says nothing of it to who does not know the password', async () => {
    for (const code of [codeOf(person.secret, -3), codeOf(person.secret, 3), 'abc', '000000 000000'])
      expect(await person.login(code)).toMatchObject({ status: 401, body: { code: 'auth.code_refused' } });
    expect(await auth.post('login', { email: person.email, password: 'not the password' })).toMatchObject({
      status: 401,
      body: { code: 'auth.sign_in_refused' },
    });
  });

  test('counts wrong codes like wrong passwords; asking for the code counts as nothing', async () => {
    for (let n = 0; n < 8; n += 1) expect((await person.login()).status).toBe(401);
    for (let n = 0; n < 5; n += 1) await person.login('123');
    expect(await person.login(codeOf(person.secret))).toMatchObject({
      status: 429,
      body: { code: 'auth.too_many_guesses' },
    });
  });

  test('takes each recovery code once, however it is typed', async () => {
    expect(person.recoveryCodes).toHaveLength(10);
    expect(new Set(person.recoveryCodes).size).toBe(10);
    const [first = '', second = ''] = person.recoveryCodes;
    expect((await person.login(first.replaceAll('-', ' ').toUpperCase())).status).toBe(200);
    expect((await person.login(first)).status).toBe(401);
    const { body: signedIn } = await person.login(second);
    const status = await call<TotpStatus>('GET', 'totp', signedIn.access_token);
    expect(status.body).toMatchObject({ enabled: true, recovery_codes_left: 8 });
  });

  test('by a link asks for a code too, and asking does not use the link up', async () => {
    const link = (await createSignInLink(switchboard.app, person.email)) ?? '';
    const token = new URL(link).hash.slice(1);
    for (const code of [undefined, '123'])
      expect((await auth.post('sign-in-link', { token, ...(code && { code }) })).status).toBe(401);
    expect((await auth.post('sign-in-link', { token, code: codeOf(person.secret) })).status).toBe(200);
  });
});

describe('a second factor', () => {
  test('counts only when a code has confirmed it; its address names the brand and the person', async () => {
    const { body: session } = await auth.post('register', registration('pending@example.test'));
    const begun = await call<TotpEnrolment>('POST', 'totp', session.access_token);
    const uri = new URL(begun.body.uri);
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(decodeURIComponent(uri.pathname)).toBe('/Switchboard:pending@example.test');
    expect(uri.searchParams.get('secret')).toBe(begun.body.secret);
    expect((await auth.post('login', { email: 'pending@example.test', password: PASSWORD })).status).toBe(
      200,
    );
    expect(await call('POST', 'totp/confirm', session.access_token, { code: '000000' })).toMatchObject({
      status: 403,
      body: { code: 'auth.code_refused' },
    });
    expect((await call<TotpStatus>('GET', 'totp', session.access_token)).body.enabled).toBe(false);
  });

  test('is set up, and its recovery codes renewed, only soon after signing in', async () => {
    const { session, login } = await makePerson();
    await queryAsAdmin(
      switchboard.database,
      `UPDATE sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = $1`,
      [session.user.id],
    );
    for (const path of ['totp', 'totp/recovery-codes'])
      expect(await call('POST', path, session.access_token)).toMatchObject({
        status: 401,
        body: { code: 'auth.sign_in_again' },
      });
    expect((await login()).body.code).toBe('auth.code_required');
  });

  test('is not set up twice, and new recovery codes void the old ones', async () => {
    const { session, recoveryCodes, login } = await makePerson();
    expect(await call('POST', 'totp', session.access_token)).toMatchObject({
      status: 409,
      body: { code: 'auth.totp_enabled' },
    });
    const renewed = await call<RecoveryCodes>('POST', 'totp/recovery-codes', session.access_token);
    expect(renewed.status).toBe(200);
    expect((await login(recoveryCodes[0])).status).toBe(401);
    expect((await login(renewed.body.recovery_codes[0])).status).toBe(200);
  });

  test('is turned off by password and code, not by one of them', async () => {
    const { session, secret, login } = await makePerson();
    const disable = (body: unknown) => call('POST', 'totp/disable', session.access_token, body);
    expect(await disable({ password: PASSWORD })).toMatchObject({
      status: 403,
      body: { code: 'auth.code_required' },
    });
    expect(await disable({ password: 'wrong', code: codeOf(secret) })).toMatchObject({
      status: 403,
      body: { code: 'auth.password_refused' },
    });
    expect((await disable({ password: PASSWORD, code: codeOf(secret) })).status).toBe(204);
    expect((await login()).status).toBe(200);
    expect(await call('POST', 'totp/recovery-codes', session.access_token)).toMatchObject({ status: 409 });
  });

  test('of a colleague who lost the device is removed by an owner, of nobody else', async () => {
    const { session: owner } = await makePerson();
    const colleague = await hire(switchboard, owner);
    await enrol(colleague);
    const remove = (token: string, id: string) =>
      request(`${switchboard.url}/api/v1/users/${id}/totp`, { method: 'DELETE', token });
    const stranger = await registerOwner(switchboard.url);
    expect((await remove(stranger.access_token, colleague.user.id)).status).toBe(404);
    expect((await remove(colleague.access_token, owner.user.id)).status).toBe(403);
    // One's own goes by password and code.
    expect((await remove(owner.access_token, owner.user.id)).status).toBe(404);
    expect((await remove(owner.access_token, colleague.user.id)).status).toBe(204);
    expect(
      (await auth.post('login', { email: colleague.user.email, password: MEMBER_PASSWORD })).status,
    ).toBe(200);
  });

  test('is seen in the list of people by whoever manages them, and by nobody else', async () => {
    const owner = await registerOwner(switchboard.url);
    const colleague = await hire(switchboard, owner);
    const { access_token: stranger } = await registerOwner(switchboard.url);
    const factorsSeenBy = async (token: string) => {
      const { body } = await request<PeoplePage>(`${switchboard.url}/api/v1/users`, { token });
      return Object.fromEntries(body.data.map((person) => [person.id, person.second_factor]));
    };
    await call<TotpEnrolment>('POST', 'totp', colleague.access_token);
    expect((await factorsSeenBy(owner.access_token))[colleague.user.id]).toBe(false);
    await enrol(colleague);
    expect(await factorsSeenBy(owner.access_token)).toEqual({
      [owner.user.id]: false,
      [colleague.user.id]: true,
    });
    expect(await factorsSeenBy(colleague.access_token)).toEqual({
      [owner.user.id]: null,
      [colleague.user.id]: null,
    });
    expect(Object.keys(await factorsSeenBy(stranger))).not.toContain(colleague.user.id);
  });

  test('leaves neither its secret nor a recovery code readable in the database or the log', async () => {
    const { secret, recoveryCodes } = await makePerson();
    const rows = await queryAsAdmin<{ row: string }>(
      switchboard.database,
      `SELECT to_jsonb(t)::text AS row FROM user_totp t UNION ALL SELECT to_jsonb(r)::text FROM recovery_codes r`,
    );
    const kept = [...rows.map(({ row }) => row), ...switchboard.logLines];
    const hex = Buffer.from(recoveryCodes[0] ?? '').toString('hex');
    for (const text of [secret, recoveryCodes[0] ?? '', hex])
      expect(kept.filter((line) => line.includes(text))).toEqual([]);
  });
});
