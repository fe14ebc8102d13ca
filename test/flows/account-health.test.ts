/** Health of accounts: each thing that can be wrong is found, said with what to do, and mended where one call mends it. */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { examineAccounts, examineAddress } from '../../src/modules/waba/examine-install.ts';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type {
  AccountEventPage,
  AccountHealth,
  AccountHealthPage,
  Finding,
} from '../../src/modules/waba/contract.ts';
import { checkTokens } from '../../src/modules/waba/check-tokens.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request, type Answer } from '../harness/api.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { hire } from '../harness/people.ts';
import { switchboard } from '../harness/with-switchboard.ts';

let owner: SessionAnswer;
let number: ConnectedNumber;

beforeEach(async () => {
  owner = await registerOwner(switchboard.url);
  number = await connectNumber(switchboard, owner.access_token);
});

const post = <T = AccountHealth>(path: string, body: unknown = {}, person = owner): Promise<Answer<T>> =>
  request<T>(`${switchboard.url}/api/v1/health/accounts/${number.wabaId}/${path}`, {
    method: 'POST',
    token: person.access_token,
    body,
  });

async function check(): Promise<AccountHealth> {
  const answer = await post('check');
  expect(answer.status).toBe(200);
  return answer.body;
}

function of(health: AccountHealth, checkName: Finding['check']): Finding {
  const found = health.findings.find((finding) => finding.check === checkName);
  if (!found) throw new Error(`There is no finding about ${checkName}.`);
  return found;
}

/** A token of another making in place of the connected one. */
async function connectWith(token: string): Promise<void> {
  const { status } = await request(`${switchboard.url}/api/waba/connect`, {
    token: owner.access_token,
    body: { access_token: token, waba_id: number.wabaId },
  });
  expect(status).toBe(200);
}

/** Changes the account at Meta behind our back. */
async function atMeta(method: string, edge: string, body: object = {}): Promise<void> {
  const { status } = await request(`${switchboard.url}/simulator/graph/v25.0/${edge}`, {
    method,
    token: number.token,
    ...(method === 'DELETE' ? {} : { body }),
  });
  expect(status).toBe(200);
}

test('nothing is found on a healthy account, and it says when it was looked at', async () => {
  const health = await check();
  expect(health.findings.filter(({ severity }) => severity === 'warning' || severity === 'critical')).toEqual(
    [],
  );
  expect(health.severity).toBe('info');
  expect(health.checked_at).not.toBeNull();
  expect(new Set(health.findings.map((finding) => finding.check))).toEqual(
    new Set([
      'connection',
      'token',
      'review',
      'registration',
      'quality',
      'subscription',
      'override',
      'scopes',
      'https',
      'address',
      'secret',
      'traffic',
    ]),
  );
});

describe('is found and mended:', () => {
  test('an app that is not subscribed', async () => {
    await atMeta('DELETE', `${number.wabaId}/subscribed_apps`);
    expect(of(await check(), 'subscription')).toMatchObject({ severity: 'critical', fix: 'subscribe' });
    const fixed = await post('fix', { check: 'subscription' });
    expect(fixed.status).toBe(200);
    expect(of(fixed.body, 'subscription').severity).toBe('good');
  });

  test('a callback that leads somewhere else', async () => {
    const elsewhere = `${switchboard.url}/webhooks/whatsapp?elsewhere`;
    await atMeta('POST', `${number.wabaId}/subscribed_apps`, {
      override_callback_uri: elsewhere,
      verify_token: 'a verify token for tests',
    });
    const found = of(await check(), 'override');
    expect(found).toMatchObject({ severity: 'critical', fix: 'override' });
    expect(found.detail).toContain(elsewhere);
    const fixed = await post('fix', { check: 'override' });
    expect(of(fixed.body, 'override')).toMatchObject({
      severity: 'good',
      detail: `${switchboard.url}/webhooks/whatsapp`,
    });
  });

  test('a callback of a single number that leads somewhere else', async () => {
    const elsewhere = `${switchboard.url}/webhooks/whatsapp?number`;
    await atMeta('POST', number.phoneNumberId, {
      webhook_configuration: {
        override_callback_uri: elsewhere,
        verify_token: 'a verify token for tests',
      },
    });
    const ofNumber = ({ findings }: AccountHealth) =>
      findings.filter((one) => one.check === 'override' && one.phone_number_id === number.phoneNumberId);
    const [found] = ofNumber(await check());
    expect(found).toMatchObject({ severity: 'critical', fix: 'override' });
    expect(found?.detail).toContain(elsewhere);
    const mend = (phone_number_id: string) => post('fix', { check: 'override', phone_number_id });
    expect((await mend('404404')).status).toBe(404);
    const fixed = await mend(number.phoneNumberId);
    expect(fixed.status).toBe(200);
    expect(ofNumber(fixed.body)).toEqual([]);
    const seen = await request<{ webhook_configuration: { phone_number: string } }>(
      `${switchboard.url}/simulator/graph/v25.0/${number.phoneNumberId}?fields=webhook_configuration`,
      { token: number.token },
    );
    expect(seen.body.webhook_configuration.phone_number).toBe(`${switchboard.url}/webhooks/whatsapp`);
  });

  test('a number that is not registered', async () => {
    switchboard.simulator.control.changeNumber(number.phoneNumberId, { status: 'DISCONNECTED' });
    expect(of(await check(), 'registration')).toMatchObject({
      severity: 'critical',
      fix: 'register',
      phone_number_id: number.phoneNumberId,
    });
    const fixed = await post('fix', { check: 'registration', phone_number_id: number.phoneNumberId });
    expect(fixed.status).toBe(200);
    expect(of(fixed.body, 'registration').severity).toBe('good');
  });
});

test('an app that demands a proof with every call is checked and mended all the same', async () => {
  switchboard.simulator.control.setFaults({ require_proof: true });
  onTestFinished(() => void switchboard.simulator.control.setFaults(null));
  expect(of(await check(), 'subscription').severity).toBe('good');
  expect((await post('fix', { check: 'subscription' })).status).toBe(200);
});

test('the proof is that of the app that the token belongs to, whichever app was entered since, and whatever was noted', async () => {
  switchboard.simulator.control.setFaults({ require_proof: true });
  onTestFinished(() => void switchboard.simulator.control.setFaults(null));
  await request(`${switchboard.url}/api/v1/tenant/config`, {
    token: owner.access_token,
    body: { fb_app_id: '940001', fb_app_secret: 'another-secret-than-the-one-of-the-token' },
  });
  expect((await post('fix', { check: 'subscription' })).status).toBe(200);
  await request(`${switchboard.url}/api/v1/tenant/config`, { method: 'DELETE', token: owner.access_token });
  await queryAsAdmin(switchboard.database, 'UPDATE waba_accounts SET app_id = NULL WHERE waba_id = $1', [
    number.wabaId,
  ]);
  expect(of(await check(), 'subscription').severity).toBe('good');
  expect((await post('fix', { check: 'subscription' })).status).toBe(200);
});

describe('is found, with what to do:', () => {
  test.each([
    ['YELLOW', 'warning'],
    ['RED', 'critical'],
  ])('quality %s', async (quality, severity) => {
    switchboard.simulator.control.changeNumber(number.phoneNumberId, { quality_rating: quality });
    const found = of(await check(), 'quality');
    expect(found.severity).toBe(severity);
    expect(found.what_to_do).not.toBeNull();
  });

  test.each(['BANNED', 'RESTRICTED', 'FLAGGED'])('a number that Meta calls %s', async (status) => {
    switchboard.simulator.control.changeNumber(number.phoneNumberId, { status });
    const health = await check();
    expect(['critical', 'warning']).toContain(health.severity);
  });

  test('a number that left the account, and one that came', async () => {
    await atMeta('POST', `${number.wabaId}/phone_numbers`, {
      cc: '49',
      phone_number: '3055550199',
      verified_name: 'Second',
    });
    switchboard.simulator.control.removeNumber(number.phoneNumberId);
    const health = await check();
    expect(health.phone_number_ids.length).toBe(2);
    expect(of(health, 'number_status')).toMatchObject({
      severity: 'critical',
      phone_number_id: number.phoneNumberId,
      title: expect.stringContaining('no longer in the account') as string,
    });
  });

  test('a revoked token, by the check itself', async () => {
    switchboard.simulator.control.revokeTokens({ waba_id: number.wabaId, subcode: 458 });
    const health = await check();
    expect(health).toMatchObject({ sending: 'paused', paused_reason: 'The business removed the app.' });
    expect(of(health, 'connection').fix).toBe('connect');
    const refused = await post<{ code: string }>('fix', { check: 'subscription' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'waba.not_connected' } });
  });
});

describe('the end of a token', () => {
  const DAY = 86_400;

  test.each([
    [13.5, 14, 'warning'],
    [6.5, 7, 'warning'],
    [2.5, 3, 'critical'],
    [0.5, 1, 'critical'],
  ])('in %d days is told once, as the warning of %d days', async (left, days, severity) => {
    const { access_token: token } = switchboard.simulator.control.issueToken({
      waba_ids: [number.wabaId],
      expires_in: left * DAY,
    });
    await connectWith(token);
    const health = await check();
    await check();
    expect(of(health, 'token')).toMatchObject({ severity, fix: 'connect' });
    const { body } = await request<AccountEventPage>(`${switchboard.url}/api/v1/health/events`, {
      token: owner.access_token,
    });
    const told = body.data.filter((event) => event.event === 'TOKEN_EXPIRES');
    expect(told).toMatchObject([
      { title: `An access token ends within ${String(days)} ${days === 1 ? 'day' : 'days'}` },
    ]);
  });

  test('is told step by step as time goes by, and when it has come', async () => {
    const { access_token: token } = switchboard.simulator.control.issueToken({
      waba_ids: [number.wabaId],
      expires_in: 30 * DAY,
    });
    await connectWith(token);
    const account = { organizationId: owner.organization.id, wabaId: number.wabaId };
    const now = Date.now();
    for (const days of [10, 17, 24, 28, 29.5, 31]) {
      const clock = { now: () => new Date(now + days * DAY * 1000) };
      await checkTokens({ ...switchboard.app, clock }, account);
    }
    const { body } = await request<AccountEventPage>(`${switchboard.url}/api/v1/health/events`, {
      token: owner.access_token,
    });
    expect(body.data.map((event) => event.title)).toEqual([
      'An access token has ended',
      'An access token ends within 1 day',
      'An access token ends within 3 days',
      'An access token ends within 7 days',
      'An access token ends within 14 days',
    ]);
  });
});

describe('who may look and mend', () => {
  test('an agent sees the findings and may neither check nor mend', async () => {
    const agent = await hire(switchboard, owner);
    const seen = await request<AccountHealthPage>(`${switchboard.url}/api/v1/health/accounts`, {
      token: agent.access_token,
    });
    expect(seen.body.data).toMatchObject([{ waba_id: number.wabaId }]);
    expect((await post('check', {}, agent)).status).toBe(403);
    expect((await post('fix', { check: 'subscription' }, agent)).status).toBe(403);
  });

  test('another organization’s owner gets 404', async () => {
    const stranger = await registerOwner(switchboard.url);
    expect((await post('check', {}, stranger)).status).toBe(404);
    expect((await post('fix', { check: 'subscription' }, stranger)).status).toBe(404);
  });

  test('what cannot be mended, or names nothing, is refused', async () => {
    expect((await post('fix', { check: 'traffic' })).status).toBe(400);
    expect((await post('fix', {})).status).toBe(400);
    expect((await post('fix', { check: 'registration' })).status).toBe(400);
    expect((await post('fix', { check: 'registration', phone_number_id: '42' })).status).toBe(404);
  });
});

describe('the doctor', () => {
  test('finds the address and every account of the install', async () => {
    const address = await examineAddress(switchboard.app);
    expect(address.map(({ check: name, severity }) => [name, severity])).toEqual([
      ['https', 'info'],
      ['address', 'good'],
      ['secret', 'good'],
    ]);
    const seen: number[] = [];
    const accounts = await examineAccounts(switchboard.app, (done) => seen.push(done));
    expect(accounts.map((account) => account.waba_id)).toContain(number.wabaId);
    expect(seen.length).toBe(accounts.length);
  });

  test.each([
    ['nothing answers', (url: string) => url.replace(/:\d+$/, ':9'), ['https', 'address']],
    ['something else answers', (url: string) => `${url}/elsewhere`, ['https', 'address']],
  ])('says when at the public address %s', async (_what, at, checks) => {
    const { app } = switchboard;
    const config = { ...app.config, publicUrl: at(switchboard.url) };
    const found = await examineAddress({ ...app, config });
    expect(found.map((one) => one.check)).toEqual(checks);
    expect(found.find((one) => one.check === 'address')).toMatchObject({ severity: 'critical' });
  });

  test('says when a signed delivery is refused', async () => {
    const { app } = switchboard;
    const install = { ...app.install, appSecret: 'the secret of another app' };
    const found = await examineAddress({ ...app, install });
    expect(found.find((one) => one.check === 'secret')).toMatchObject({ severity: 'critical' });
  });
});
