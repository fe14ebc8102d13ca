/** Guessing passwords: how many guesses are looked at, whom that locks out, and what an answer tells (T26). */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { startSwitchboard } from '../../src/start-switchboard.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { findFreePort } from '../../src/platform/db/embedded/free-port.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request, type Answer } from '../harness/api.ts';
import { chanceOfThree, mannWhitney, samplesOr, timeInTurns } from '../harness/mann-whitney.ts';
import { authCallsOf, PASSWORD, registration, type AuthCalls } from '../harness/registrations.ts';
import { TEST_APP_SECRET, TEST_PASSWORDS } from '../harness/secrets.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let auth: AuthCalls;
let people = 0;

beforeAll(async () => {
  switchboard = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1,::1' });
  auth = authCallsOf(switchboard.url);
});
afterAll(() => switchboard.stop());

async function makePerson(): Promise<{ email: string; session: SessionAnswer }> {
  people += 1;
  const email = `guessed-${String(people)}@example.test`;
  return { email, session: (await auth.post('register', registration(email))).body };
}

const guess = (email: string, password = 'a wrong guess', headers: Record<string, string> = {}) =>
  auth.post('login', { email, password }, headers);

/** Lets time pass for every limit, without sleeping. */
const passTime = (seconds: number) =>
  queryAsAdmin(
    switchboard.database,
    `UPDATE app.guess_limits SET last_at = last_at - make_interval(secs => $1),
       blocked_until = blocked_until - make_interval(secs => $1)`,
    [seconds],
  );

const isEvaluated = ({ status }: Answer) => status !== 429;

describe('T26: guesses at a password', () => {
  test('of a thousand from everywhere at once, at most ten are looked at in a quarter of an hour', async () => {
    const { email } = await makePerson();
    let evaluated = 0;
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => guess(email)));
      evaluated += answers.filter(isEvaluated).length;
      await passTime(44);
    }
    expect(evaluated).toBeGreaterThanOrEqual(5);
    expect(evaluated).toBeLessThanOrEqual(10);
  }, 120_000);

  test('wait twice as long each time, and the answer says how long', async () => {
    const { email } = await makePerson();
    for (let n = 0; n < 5; n += 1) expect((await guess(email)).status).toBe(401);
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const refused = await guess(email, PASSWORD);
      expect(refused).toMatchObject({ status: 429, body: { code: 'auth.too_many_guesses' } });
      const seconds = Number(refused.headers.get('retry-after'));
      waits.push(seconds);
      await passTime(seconds);
      expect((await guess(email)).status).toBe(401);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 960, 1920]);
    expect(waits.slice(0, 6).reduce((sum, wait) => sum + wait)).toBeGreaterThan(15 * 60);
    await passTime(3600);
    expect((await guess(email, PASSWORD)).status).toBe(200);
  });

  test('begin anew after the right one, also when the same person signs in from ten places at once', async () => {
    const { email } = await makePerson();
    for (let n = 0; n < 4; n += 1) await guess(email);
    const answers = await Promise.all(Array.from({ length: 10 }, () => guess(email, PASSWORD)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    for (let n = 0; n < 5; n += 1) expect((await guess(email)).status).toBe(401);
  });

  test('are answered the same whether or not anybody has the email, from the first to the last', async () => {
    const { email } = await makePerson();
    const answersFor = async (address: string) => {
      const seen = [];
      for (let n = 0; n < 7; n += 1) {
        const { status, body, headers } = await guess(address);
        const { request_id: _id, ...said } = body;
        seen.push({ status, said, wait: headers.get('retry-after'), cookies: headers.getSetCookie() });
      }
      return seen;
    };
    const known = await answersFor(email);
    expect(await answersFor('nobody-at-all@example.test')).toEqual(known);
    expect(known.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  test('leave no email behind that was only tried', async () => {
    await guess('tried-only@example.test');
    const rows = await queryAsAdmin<{ row: string }>(
      switchboard.database,
      'SELECT to_jsonb(g)::text AS row FROM app.guess_limits g',
    );
    const hex = Buffer.from('tried-only@example.test').toString('hex');
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ row }) => row.includes('tried-only') || row.includes(hex))).toEqual([]);
  });

  test('from afar lock nobody out of a browser in which they have signed in before', async () => {
    const { email } = await makePerson();
    const home = { 'sec-fetch-site': 'same-origin' };
    const signedIn = await guess(email, PASSWORD, home);
    const device = signedIn.headers.getSetCookie().find((cookie) => cookie.startsWith('__Host-device='));
    expect(device).toMatch(/HttpOnly/);
    const cookie = device?.split(';', 1)[0] ?? '';
    for (let n = 0; n < 6; n += 1) await guess(email);
    expect((await guess(email, PASSWORD)).status).toBe(429);
    // Somebody else's device helps nobody, and neither does one that was made up.
    const { email: other } = await makePerson();
    const foreign =
      (await guess(other, PASSWORD, home)).headers.getSetCookie().at(-1)?.split(';', 1)[0] ?? '';
    for (const wrong of [foreign, `__Host-device=${randomBytes(32).toString('base64url')}`])
      expect((await guess(email, PASSWORD, { ...home, cookie: wrong })).status).toBe(429);
    expect((await guess(email, PASSWORD, { ...home, cookie })).status).toBe(200);
    // Guesses from the known browser are limited too, and signing in there does not free the others.
    for (let n = 0; n < 5; n += 1) await guess(email, 'a wrong guess', { ...home, cookie });
    expect((await guess(email, PASSWORD, { ...home, cookie })).status).toBe(429);
  });

  test('from one address at many accounts are limited too, and somebody elsewhere notices nothing', async () => {
    const from = { 'x-forwarded-for': '203.0.113.77' };
    await queryAsAdmin(switchboard.database, `DELETE FROM app.guess_limits`);
    let evaluated = 0;
    for (let round = 0; round < 10; round += 1) {
      // The edge's own limit, per minute and process, is not what is looked at here.
      const answers = await Promise.all(
        Array.from({ length: 11 }, (_, n) =>
          guess(`spray-${String(round)}-${String(n)}@example.test`, 'Winter2026!', from),
        ),
      );
      evaluated += answers.filter(isEvaluated).length;
    }
    expect(evaluated).toBe(100);
    expect((await guess('spray-last@example.test')).status).toBe(401);
  });

  test('are still counted after a restart, and by every process together', async () => {
    const { email } = await makePerson();
    for (let n = 0; n < 3; n += 1) expect((await guess(email)).status).toBe(401);
    const second = await startSwitchboard({
      config: {
        ...switchboard.app.config,
        port: await findFreePort(null),
        simulator: false,
        graph: { ...switchboard.app.config.graph, apiUrl: `${switchboard.url}/simulator/graph` },
      },
      adminUrl: switchboard.database.adminUrl,
      log: createLogger({ level: 'silent' }),
      mode: 'web',
      secrets: {
        encryptionKeys: [Buffer.alloc(32, 7)],
        sessionSecret: 'a session secret for tests, long enough',
        appSecret: TEST_APP_SECRET,
        verifyToken: 'a verify token for tests',
        whatsappToken: null,
        smtpUrl: null,
        passwords: TEST_PASSWORDS,
      },
    });
    try {
      const url = `http://localhost:${String(second.app.config.port)}/api/v1/auth/login`;
      const there = () => request(url, { body: { email, password: 'a wrong guess' } });
      const statuses = [(await there()).status, (await there()).status, (await there()).status];
      expect(statuses).toEqual([401, 401, 429]);
      expect((await guess(email, PASSWORD)).status).toBe(429);
    } finally {
      await second.stop();
    }
  });

  test('T26: take as long at an unknown email as at a known one', async () => {
    const { email } = await makePerson();
    const guessAt = async (address: string) => expect((await guess(address)).status).toBe(401);
    const compare = (rounds: number) =>
      timeInTurns(rounds, {
        one: () => guessAt(email),
        other: (round) => guessAt(`unknown-${String(round)}@example.test`),
        before: () => queryAsAdmin(switchboard.database, 'DELETE FROM app.guess_limits'),
      });
    await compare(5);
    expect(await chanceOfThree(() => compare(samplesOr(100)))).toBeGreaterThan(0.01);
  }, 900_000);
});

describe('guesses of somebody who is signed in', () => {
  test('at the password that confirms who they are are limited, and lock nobody out of signing in', async () => {
    const { email, session } = await makePerson();
    const confirm = (password: string) =>
      request<{ code: string }>(`${switchboard.url}/api/v1/auth/reauthenticate`, {
        token: session.access_token,
        body: { password },
      });
    for (let n = 0; n < 5; n += 1)
      expect(await confirm('a wrong guess')).toMatchObject({
        status: 403,
        body: { code: 'auth.password_refused' },
      });
    expect((await confirm(PASSWORD)).status).toBe(429);
    expect((await guess(email, PASSWORD)).status).toBe(200);
  });
});

test('old counts are forgotten by the nightly job, counts that still block are not', async () => {
  await queryAsAdmin(
    switchboard.database,
    `INSERT INTO app.guess_limits VALUES ('account', '\\x01', 9, now() - interval '3 days', now() - interval '3 days'),
       ('account', '\\x02', 9, now() - interval '3 days', now() + interval '1 hour')`,
  );
  await queryAsAdmin(switchboard.database, 'SELECT app.forget_ended_sessions()');
  const where = `subject_hash IN ('\\x01', '\\x02')`;
  expect(await countRows(switchboard.database, 'app.guess_limits', where)).toBe(1);
});

test('the measure of equal times finds a difference where there is one', () => {
  const even = Array.from({ length: 120 }, (_, n) => (n * 37) % 101);
  expect(mannWhitney(even, even)).toBeGreaterThan(0.5);
  expect(
    mannWhitney(
      even,
      even.map((value) => value + 20),
    ),
  ).toBeLessThan(0.01);
});

test('an owner elsewhere is not held up by any of this', async () => {
  expect((await registerOwner(switchboard.url)).user.is_owner).toBe(true);
});
