/** Links by mail: confirming an address, setting a new password. And what becomes of both where no mail is sent. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AccountLink, SessionAnswer, VerificationAnswer } from '../../src/modules/auth/contract.ts';
import { makeRecoveryLink } from '../../src/modules/auth/send-account-link.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { startMailServer, tokenIn, type MailServer } from '../harness/mail-server.ts';
import { hire } from '../harness/people.ts';
import { authCallsOf, PASSWORD, registration, type AuthCalls } from '../harness/registrations.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

const NEW_PASSWORD = 'three grey kettles singing';

let mail: MailServer;
let switchboard: TestSwitchboard;
let auth: AuthCalls;

beforeAll(async () => {
  mail = await startMailServer();
  switchboard = await startTestSwitchboard({
    TRUSTED_PROXIES: '127.0.0.1,::1',
    SMTP_URL: mail.url,
    MAIL_FROM: 'Switchboard <inbox@example.test>',
  });
  auth = authCallsOf(switchboard.url);
  await registerOwner(switchboard.url);
});
afterAll(async () => {
  await switchboard.stop();
  await mail.stop();
});

const isVerified = async (email: string) =>
  (
    await queryAsAdmin<{ verified: boolean }>(
      switchboard.database,
      'SELECT verified FROM users WHERE email = $1',
      [email],
    )
  )[0]?.verified;

const expireLinks = () =>
  queryAsAdmin(switchboard.database, `UPDATE account_links SET expires_at = now() - interval '1 second'`);

describe('an address', () => {
  test('is confirmed by the link that registering sends, once', async () => {
    const { body } = await auth.post('register', registration('nia@example.test'));
    expect(body.user.verified).toBe(false);
    const token = tokenIn(await mail.take('nia@example.test'), '/verify-email');
    const answers = await Promise.all(Array.from({ length: 4 }, () => auth.post('verify-email', { token })));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 400, 400, 400]);
    expect(answers.find(({ status }) => status === 400)?.body.code).toBe('auth.link_not_valid');
    expect((await auth.me(body.access_token)).body.user.verified).toBe(true);
  });

  test('of the first user of an install needs no confirming', async () => {
    const [first] = await queryAsAdmin<{ verified: boolean }>(
      switchboard.database,
      'SELECT verified FROM users ORDER BY created_at LIMIT 1',
    );
    expect(first).toEqual({ verified: true });
  });

  test('gets its letter again when asked, and no more than a few', async () => {
    const { body } = await auth.post('register', registration('again@example.test'));
    await mail.take('again@example.test');
    const ask = () =>
      auth.post<VerificationAnswer>('verify-email/resend', undefined, {
        authorization: `Bearer ${body.access_token}`,
      });
    expect(await ask()).toMatchObject({ status: 200, body: { sent: true, link: null } });
    const token = tokenIn(await mail.take('again@example.test'), '/verify-email');
    await ask();
    await ask();
    expect(await ask()).toMatchObject({ status: 429, body: { code: 'auth.too_many_guesses' } });
    expect((await auth.post('verify-email', { token })).status).toBe(204);
  });

  test('is not confirmed by a link that is too old, that sets passwords, or that was sent to another address', async () => {
    await auth.post('register', registration('late@example.test'));
    const late = tokenIn(await mail.take('late@example.test'), '/verify-email');
    await auth.post('forgot-password', { email: 'late@example.test' });
    const reset = tokenIn(await mail.take('late@example.test'), '/reset-password');
    expect((await auth.post('verify-email', { token: reset })).status).toBe(400);
    await queryAsAdmin(
      switchboard.database,
      `UPDATE users SET email = 'later@example.test' WHERE email = 'late@example.test'`,
    );
    expect((await auth.post('verify-email', { token: late })).status).toBe(400);
    await queryAsAdmin(
      switchboard.database,
      `UPDATE users SET email = 'late@example.test' WHERE email = 'later@example.test'`,
    );
    await expireLinks();
    expect((await auth.post('verify-email', { token: late })).status).toBe(400);
    expect(await isVerified('late@example.test')).toBe(false);
  });

  test('is sent its letter when the mail server is back', async () => {
    mail.refuse(true);
    await auth.post('register', registration('patient@example.test'));
    // The job was tried and failed before the server takes letters again.
    await expect
      .poll(
        () => switchboard.logLines.some((line) => line.includes('The mail server did not take a letter')),
        {
          timeout: 15_000,
        },
      )
      .toBe(true);
    mail.refuse(false);
    await queryAsAdmin(
      switchboard.database,
      `UPDATE pgboss.job SET start_after = now() WHERE name = 'auth.mail-account-link' AND state = 'retry'`,
    );
    expect(tokenIn(await mail.take('patient@example.test'), '/verify-email')).toMatch(/^[\w-]{43}$/);
  });
});

describe('a forgotten password', () => {
  test('is replaced by the link, once; every session ends, the old password is void, wrong guesses are forgotten', async () => {
    const email = 'forgetful@example.test';
    const { body: session } = await auth.post('register', registration(email));
    await mail.take(email);
    for (let n = 0; n < 5; n += 1) await auth.post('login', { email, password: 'a wrong guess' });
    expect((await auth.post('login', { email, password: PASSWORD })).status).toBe(429);

    expect((await auth.post('forgot-password', { email: ` ${email.toUpperCase()}` })).status).toBe(202);
    const token = tokenIn(await mail.take(email), '/reset-password');
    const answers = await Promise.all(
      Array.from({ length: 3 }, () => auth.post('reset-password', { token, password: NEW_PASSWORD })),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 400, 400]);
    expect((await auth.me(session.access_token)).status).toBe(401);
    expect((await auth.post('refresh', { refresh_token: session.refresh_token })).status).toBe(401);
    expect((await auth.post('login', { email, password: PASSWORD })).status).toBe(401);
    expect((await auth.post('login', { email, password: NEW_PASSWORD })).status).toBe(200);
    const audited = await queryAsAdmin<{ action: string }>(
      switchboard.database,
      'SELECT action FROM audit_events WHERE organization_id = $1',
      [session.organization.id],
    );
    expect(audited).toEqual([{ action: 'account.password-reset' }]);
  });

  test('is not replaced by a weak one, nor by a link that is too old; a weak one does not use the link up', async () => {
    const email = 'weak@example.test';
    await auth.post('register', registration(email));
    await mail.take(email);
    await auth.post('forgot-password', { email });
    const token = tokenIn(await mail.take(email), '/reset-password');
    expect(await auth.post('reset-password', { token, password: 'password1234' })).toMatchObject({
      status: 400,
      body: { code: 'auth.weak_password', errors: [{ path: '/password' }] },
    });
    await expireLinks();
    expect(await auth.post('reset-password', { token, password: NEW_PASSWORD })).toMatchObject({
      status: 400,
      body: { code: 'auth.link_not_valid' },
    });
    expect((await auth.post('login', { email, password: PASSWORD })).status).toBe(200);
  });

  test('is answered the same for an address that nobody has; no letter goes there, and a mailbox gets only so many', async () => {
    const email = 'flooded@example.test';
    await auth.post('register', registration(email));
    await mail.take(email);
    const answers = [];
    for (let n = 0; n < 6; n += 1) {
      answers.push(await auth.post('forgot-password', { email }));
      answers.push(await auth.post('forgot-password', { email: 'nobody@example.test' }));
    }
    expect(new Set(answers.map(({ status, body }) => JSON.stringify({ status, body }))).size).toBe(1);
    for (let n = 0; n < 3; n += 1) await mail.take(email);
    // The last letter asked for is of somebody else: when it is here, all before it are.
    await auth.post('forgot-password', { email: 'weak@example.test' });
    await mail.take('weak@example.test');
    expect(mail.letters.filter(({ to }) => to === email)).toHaveLength(4);
    expect(mail.letters.some(({ to }) => to === 'nobody@example.test')).toBe(false);
  });

  test('leaves no token in the database, in jobs or in the log', async () => {
    const tokens = mail.letters.map((letter) => /#([\w-]{43})/.exec(letter.text)?.[1] ?? '');
    expect(tokens.length).toBeGreaterThan(5);
    const rows = await queryAsAdmin<{ row: string }>(
      switchboard.database,
      `SELECT to_jsonb(l)::text AS row FROM account_links l UNION ALL SELECT to_jsonb(j)::text FROM pgboss.job j`,
    );
    const kept = [...rows.map(({ row }) => row), ...switchboard.logLines];
    expect(tokens.filter((token) => token === '' || kept.some((text) => text.includes(token)))).toEqual([]);
  });
});

test('the operator has a link for whoever lost everything, the second factor too', async () => {
  const email = 'lost@example.test';
  const { body: session } = await auth.post('register', registration(email));
  await queryAsAdmin(
    switchboard.database,
    `INSERT INTO user_totp (user_id, organization_id, secret, enabled_at) VALUES ($1, $2, 'lost', now())`,
    [session.user.id, session.organization.id],
  );
  const keep = await makeRecoveryLink(switchboard.app, email, { withoutSecondFactor: false });
  expect(new URL(keep ?? '').pathname).toBe('/reset-password');
  expect((await auth.post('login', { email, password: PASSWORD })).body.code).toBe('auth.code_required');
  const link = await makeRecoveryLink(switchboard.app, email, { withoutSecondFactor: true });
  const token = new URL(link ?? '').hash.slice(1);
  expect((await auth.post('reset-password', { token, password: NEW_PASSWORD })).status).toBe(204);
  expect((await auth.post('login', { email, password: NEW_PASSWORD })).status).toBe(200);
  expect(
    await makeRecoveryLink(switchboard.app, 'nobody@example.test', { withoutSecondFactor: true }),
  ).toBeNull();
});

describe('where no mail is sent', () => {
  let quiet: TestSwitchboard;
  let calls: AuthCalls;
  let owner: SessionAnswer;
  let colleague: SessionAnswer;

  beforeAll(async () => {
    quiet = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' });
    calls = authCallsOf(quiet.url);
    await registerOwner(quiet.url);
    owner = (await calls.post('register', registration('solo@example.test'))).body;
    colleague = await hire(quiet, owner);
  });
  afterAll(() => quiet.stop());

  const makeLink = (token: string, userId: string, purpose: string) =>
    request<AccountLink & { code?: string }>(`${quiet.url}/api/v1/users/${userId}/account-link`, {
      token,
      body: { purpose },
    });

  test('the setup says so, and an owner is shown the link that confirms the address', async () => {
    expect((await request(`${quiet.url}/api/v1/setup`)).body).toMatchObject({ mail: false });
    const asked = await calls.post<VerificationAnswer>('verify-email/resend', undefined, {
      authorization: `Bearer ${owner.access_token}`,
    });
    expect(asked).toMatchObject({ status: 200, body: { sent: false } });
    const token = new URL(asked.body.link ?? '').hash.slice(1);
    expect((await calls.post('verify-email', { token })).status).toBe(204);
    expect((await calls.me(owner.access_token)).body.user.verified).toBe(true);
  });

  test('an agent is told to ask an owner, who hands over a link for a new password', async () => {
    const asked = await calls.post('verify-email/resend', undefined, {
      authorization: `Bearer ${colleague.access_token}`,
    });
    expect(asked).toMatchObject({ status: 409, body: { code: 'auth.no_mail' } });
    expect((await makeLink(colleague.access_token, owner.user.id, 'reset_password')).status).toBe(403);
    const made = await makeLink(owner.access_token, colleague.user.id, 'reset_password');
    expect(made).toMatchObject({ status: 200, body: { email: colleague.user.email } });
    const token = new URL(made.body.link).hash.slice(1);
    expect((await calls.post('reset-password', { token, password: NEW_PASSWORD })).status).toBe(204);
    expect((await calls.me(colleague.access_token)).status).toBe(401);
    expect((await calls.post('login', { email: colleague.user.email, password: NEW_PASSWORD })).status).toBe(
      200,
    );
  });

  test('nobody makes links for another organization, for an admin they are not, or with an old sign-in', async () => {
    const stranger = await registerOwner(quiet.url);
    expect((await makeLink(stranger.access_token, owner.user.id, 'reset_password')).status).toBe(404);
    expect((await makeLink(owner.access_token, 'no-id', 'reset_password')).status).toBe(404);
    expect((await makeLink(owner.access_token, colleague.user.id, 'sign_in')).status).toBe(400);
    await queryAsAdmin(quiet.database, `UPDATE users SET role = 'admin' WHERE id = $1`, [colleague.user.id]);
    expect((await makeLink(owner.access_token, colleague.user.id, 'reset_password')).status).toBe(404);
    await queryAsAdmin(quiet.database, `UPDATE users SET role = 'agent' WHERE id = $1`, [colleague.user.id]);
    await queryAsAdmin(
      quiet.database,
      `UPDATE sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = $1`,
      [owner.user.id],
    );
    expect(await makeLink(owner.access_token, colleague.user.id, 'reset_password')).toMatchObject({
      status: 401,
      body: { code: 'auth.sign_in_again' },
    });
  });
});
