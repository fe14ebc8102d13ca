/** Registering numbers, their PINs, and onboarding in one call. */
import { beforeEach, expect, test } from 'vitest';
import type { AccountInput } from '../../simulator/control/accounts.ts';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type {
  NumberPin,
  NumberSettingsPage,
  Onboarded,
  PhoneNumber,
} from '../../src/modules/waba/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { connectByConsent } from '../harness/consent.ts';
import { hire } from '../harness/people.ts';
import { switchboard } from '../harness/with-switchboard.ts';

let owner: SessionAnswer;
beforeEach(async () => {
  switchboard.simulator.control.setFaults(null);
  owner = await registerOwner(switchboard.url);
});

async function connectNumber(input: AccountInput) {
  const account = switchboard.simulator.control.declareAccount({ subscribed: false, ...input });
  const connection = await connectByConsent(switchboard, owner.access_token, [account.waba_id]);
  const path = `${switchboard.url}/api/waba/${account.waba_id}/phone-numbers/${account.phone_number_id}`;
  return { ...account, connection, path };
}
const register = (path: string, body: object = {}, token = owner.access_token) =>
  request<PhoneNumber & { code: string; detail: string }>(`${path}/register`, {
    token,
    method: 'POST',
    body,
  });

test('a number that has a PIN already waits for it; with the right one it is registered', async () => {
  const { connection, path } = await connectNumber({ registered: false, pin: '424242' });
  expect(connection).toMatchObject({
    status: 'done',
    numbers: [{ outcome: 'needs_attention', code: 'waba.pin_wrong' }],
  });
  const wrong = await register(path, { pin: '000001' });
  expect(wrong).toMatchObject({ status: 422, body: { code: 'waba.pin_wrong' } });
  expect(wrong.body.detail).toMatch(/WhatsApp Manager/);
  expect(await register(path, { pin: '424242' })).toMatchObject({
    status: 200,
    body: { status: 'CONNECTED' },
  });
});

test('a wrong PIN that somebody tries does not take the place of the one that is kept', async () => {
  const { path, phone_number_id: id } = await connectNumber({ registered: false });
  const kept = () => request<NumberPin>(`${path}/pin`, { token: owner.access_token });
  const before = await kept();
  switchboard.simulator.control.changeNumber(id, { status: 'DISCONNECTED' });
  const wrong = before.body.pin === '000001' ? '000002' : '000001';
  expect((await register(path, { pin: wrong })).body.code).toBe('waba.pin_wrong');
  expect(await kept()).toMatchObject({ body: { pin: before.body.pin, confirmed: true } });
  expect((await register(path)).status).toBe(200);
});

test('a kept PIN that Meta refuses is shown as refused since then, until Meta takes one', async () => {
  const { path, phone_number_id: id } = await connectNumber({ registered: false });
  const { control } = switchboard.simulator;
  const token = owner.access_token;
  const settings = async () =>
    (await request<NumberSettingsPage>(`${switchboard.url}/api/v1/phone-numbers`, { token })).body.data[0];
  const kept = await request<NumberPin>(`${path}/pin`, { token });
  expect(kept.body.refused_at).toBeNull();
  expect(await settings()).toMatchObject({ pin_state: 'kept', pin_refused_at: null });
  // Somebody set another one in WhatsApp Manager.
  const elsewhere = kept.body.pin === '525252' ? '535353' : '525252';
  control.changeNumber(id, { status: 'DISCONNECTED' });
  control.declareAccount({ phone_number_id: id, pin: elsewhere });
  for (const body of [{}, { pin: kept.body.pin }]) {
    expect((await register(path, body)).body.code).toBe('waba.pin_wrong');
    const refused = await settings();
    expect(refused).toMatchObject({ pin_state: 'refused' });
    expect(Date.parse(refused?.pin_refused_at ?? '')).toBeGreaterThan(Date.now() - 60_000);
  }
  const shown = await request<NumberPin>(`${path}/pin`, { token });
  expect(shown.body).toMatchObject({ pin: kept.body.pin, confirmed: false });
  expect(shown.body.refused_at).not.toBeNull();
  expect((await register(path, { pin: elsewhere })).status).toBe(200);
  expect(await settings()).toMatchObject({ pin_state: 'kept', pin_refused_at: null });
});

test('a refusal that is not about the PIN says nothing of the one that is kept', async () => {
  const { path } = await connectNumber({ registered: false });
  switchboard.simulator.control.setFaults({
    calls: [{ call: 'POST number/register', kind: 'graph_error', code: 133016 }],
  });
  expect((await register(path)).body.code).toBe('waba.registered_too_often');
  const numbers = await request<NumberSettingsPage>(`${switchboard.url}/api/v1/phone-numbers`, {
    token: owner.access_token,
  });
  expect(numbers.body.data[0]).toMatchObject({ pin_state: 'kept', pin_refused_at: null });
});

test('of a refused PIN nothing is kept when none was known', async () => {
  const { path } = await connectNumber({ registered: false, pin: '424242' });
  expect((await register(path, { pin: '000001' })).body.code).toBe('waba.pin_wrong');
  expect((await request(`${path}/pin`, { token: owner.access_token })).status).toBe(404);
});

test('Meta’s refusals are told with what to do', async () => {
  const { path } = await connectNumber({ registered: false, verified: false });
  expect(await register(path)).toMatchObject({ status: 422, body: { code: 'waba.verification_needed' } });
  const { control } = switchboard.simulator;
  for (const [code, name] of [
    [133016, 'waba.registered_too_often'],
    [133008, 'waba.pin_guessed_too_often'],
    [133015, 'waba.registered_too_soon'],
  ] as const) {
    control.setFaults({ calls: [{ call: 'POST number/register', kind: 'graph_error', code }] });
    const answer = await register(path);
    expect(answer).toMatchObject({ status: 429, body: { code: name } });
    expect(answer.body.detail).toMatch(/Wait/);
  }
  control.setFaults({ calls: [{ call: 'POST number/register', kind: 'http', http_status: 503 }] });
  expect((await register(path)).status).toBe(502);
  expect((await register(path, { pin: '12345' })).status).toBe(400);
});

test('a PIN that may have been set before an answer was lost is used again', async () => {
  const { control } = switchboard.simulator;
  const { path } = await connectNumber({ registered: false, verified: false });
  control.declareAccount({ phone_number_id: path.split('/').at(-1) ?? '', verified: true });
  control.setFaults({ calls: [{ call: 'POST number/register', kind: 'drop' }] });
  expect((await register(path)).status).toBe(502);
  // Another PIN would be refused now.
  expect((await register(path)).status).toBe(200);
});

test('the PIN is kept encrypted and shown to an owner who has just signed in, to nobody else', async () => {
  const { path } = await connectNumber({ registered: false });
  const pin = await request<NumberPin>(`${path}/pin`, { token: owner.access_token });
  expect(pin).toMatchObject({
    status: 200,
    body: { pin: expect.stringMatching(/^\d{6}$/) as string, confirmed: true },
  });
  expect(pin.headers.get('cache-control')).toBe('no-store');
  expect(
    await countRows(
      switchboard.database,
      'number_pins',
      `organization_id = '${owner.organization.id}' AND pin LIKE 'enc_v1:%'`,
    ),
  ).toBe(1);
  const agent = await hire(switchboard, owner);
  expect((await request(`${path}/pin`, { token: agent.access_token })).status).toBe(403);
  const stranger = await registerOwner(switchboard.url);
  expect((await request(`${path}/pin`, { token: stranger.access_token })).status).toBe(404);
  await queryAsAdmin(
    switchboard.database,
    `UPDATE sessions SET authenticated_at = now() - interval '6 minutes'`,
  );
  expect((await request(`${path}/pin`, { token: owner.access_token })).status).toBe(401);
});

test('an owner changes the PIN soon after signing in; what Meta refuses leaves the one before', async () => {
  const { path, phone_number_id: id } = await connectNumber({ registered: false });
  const { control } = switchboard.simulator;
  const change = (pin: string, token = owner.access_token) =>
    request<{ code: string; detail: string }>(`${path}/pin`, { method: 'PUT', token, body: { pin } });
  const kept = async () => (await request<NumberPin>(`${path}/pin`, { token: owner.access_token })).body;
  const before = await kept();
  expect((await change('271828')).status).toBe(204);
  expect(await kept()).toMatchObject({ pin: '271828', confirmed: true });
  expect(before.pin).not.toBe('271828');
  control.changeNumber(id, { status: 'DISCONNECTED' });
  expect((await register(path)).status).toBe(200);
  expect((await change('27182')).status).toBe(400);
  control.setFaults({ calls: [{ call: 'POST number', kind: 'graph_error', code: 133009 }] });
  expect(await change('314159')).toMatchObject({ status: 429, body: { code: 'waba.pin_guessed_too_often' } });
  control.changeNumber(id, { status: 'DISCONNECTED' });
  const refused = await change('314159');
  expect(refused).toMatchObject({ status: 422, body: { code: 'waba.pin_refused' } });
  expect(refused.body.detail).toMatch(/[Rr]egister/);
  expect(await kept()).toMatchObject({ pin: '271828', confirmed: true });
  const agent = await hire(switchboard, owner);
  expect((await change('161803', agent.access_token)).status).toBe(403);
  expect((await change('161803', (await registerOwner(switchboard.url)).access_token)).status).toBe(404);
  await queryAsAdmin(
    switchboard.database,
    `UPDATE sessions SET authenticated_at = now() - interval '6 minutes'`,
  );
  expect((await change('161803')).body.code).toBe('auth.sign_in_again');
});

test('a PIN of which nobody knows whether Meta took it is kept as not confirmed', async () => {
  const { path } = await connectNumber({ registered: false });
  switchboard.simulator.control.setFaults({ calls: [{ call: 'POST number', kind: 'drop' }] });
  const change = { method: 'PUT', token: owner.access_token, body: { pin: '271828' } };
  expect((await request(`${path}/pin`, change)).status).toBe(502);
  const numbers = await request<NumberSettingsPage>(`${switchboard.url}/api/v1/phone-numbers`, {
    token: owner.access_token,
  });
  expect(numbers.body.data[0]?.pin_state).toBe('unconfirmed');
  expect((await request(`${path}/pin`, change)).status).toBe(204);
});

test('a number of the WhatsApp Business app is not registered by hand either, and Meta is not asked to', async () => {
  const { path, connection } = await connectNumber({ on_biz_app: true });
  expect(connection).toMatchObject({ numbers: [{ outcome: 'whatsapp_business_app' }] });
  const refused = await register(path, { pin: '123456' });
  expect(refused).toMatchObject({ status: 422, body: { code: 'waba.number_in_business_app' } });
  expect(refused.body.detail).toMatch(/needs no registration/);
  expect((await request(`${path}/pin`, { token: owner.access_token })).status).toBe(404);
});

test('nobody registers a number of another organization, or of an account that is not theirs', async () => {
  const { path } = await connectNumber({});
  for (const person of [await hire(switchboard, owner), await registerOwner(switchboard.url)])
    expect((await register(path, {}, person.access_token)).status).toBe(404);
});

test('onboarding in one call connects the account and completes the configuration', async () => {
  const { control } = switchboard.simulator;
  const account = control.declareAccount({ subscribed: false, registered: false });
  const redirect_uri = 'https://portal.example.test/callback';
  const { code } = control.issueCode({ waba_ids: [account.waba_id], redirect_uri, token_type: 'USER' });
  const body = {
    code,
    waba_id: account.waba_id,
    phone_number_id: account.phone_number_id,
    redirect_uri,
  };
  const post = (sent: object, token = owner.access_token) =>
    request<Onboarded>(`${switchboard.url}/api/v1/tenant/onboard/whatsapp-client`, { token, body: sent });
  const answer = await post(body);
  expect(answer).toMatchObject({
    status: 200,
    body: {
      waba_id: account.waba_id,
      phone_number_id: account.phone_number_id,
      onboarding_completed: true,
      account: { connected: true },
    },
  });
  expect(JSON.stringify(answer.body)).not.toMatch(/EAA[A-Za-z0-9]{10,}/);
  const [row] = await queryAsAdmin<{ access_token: string; onboarding_completed: boolean }>(
    switchboard.database,
    'SELECT access_token, onboarding_completed FROM tenant_configs WHERE tenant_id = $1',
    [owner.organization.id],
  );
  expect(row).toMatchObject({
    onboarding_completed: true,
    access_token: expect.stringMatching(/^enc_v1:/) as string,
  });
  // The code is used up; another address, or an agent, gets nowhere.
  expect((await post(body)).status).toBe(422);
  const other = control.issueCode({ waba_ids: [account.waba_id], redirect_uri }).code;
  expect((await post({ ...body, code: other, redirect_uri: `${redirect_uri}/other` })).status).toBe(422);
  const agent = await hire(switchboard, owner);
  expect((await post(body, agent.access_token)).status).toBe(403);
});
