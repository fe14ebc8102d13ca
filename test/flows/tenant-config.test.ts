/** An organization's own Meta app over HTTP: entering, masking, revealing, changing, switching, deleting and restoring. */
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { ConfigCheck, ConfigOverview, TenantConfig } from '../../src/modules/credentials/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request, type Answer } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { hire } from '../harness/people.ts';
import { switchboard } from '../harness/with-switchboard.ts';

let owner: SessionAnswer;
beforeEach(async () => {
  owner = await registerOwner(switchboard.url);
});

const SECRET = 'canary-app-secret-0123456789abcdef';
const TOKEN = 'EAACanaryAccessToken0123456789wxyz';
const VERIFY = 'canary-verify-token-of-this-firm';
const filled = {
  waba_id: '920001',
  phone_number_id: '930001',
  access_token: TOKEN,
  fb_app_id: '940001',
  fb_app_secret: SECRET,
  callback_url: 'https://firm.example.com/hook',
  redirect_url: 'http://localhost:8080/callback',
  verify_token: VERIFY,
};

function call<T = TenantConfig>(
  method: string,
  path = '',
  body?: unknown,
  who: SessionAnswer = owner,
): Promise<Answer<T>> {
  return request<T>(`${switchboard.url}/api/v1/tenant/config${path}`, {
    method,
    token: who.access_token,
    ...(body === undefined ? {} : { body }),
  });
}

/** As if the owner had signed in longer ago than counts as recent. */
function ageSignIn(who: SessionAnswer): Promise<unknown> {
  return queryAsAdmin(
    switchboard.database,
    `UPDATE sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = $1`,
    [who.user.id],
  );
}

test('what is entered comes back masked, and in full only from /config/full', async () => {
  const created = await call('POST', '', filled);
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({
    tenant_id: owner.organization.id,
    user_id: owner.user.id,
    waba_id: '920001',
    phone_number_id: '930001',
    fb_app_id: '940001',
    access_token: '••••••••wxyz',
    fb_app_secret: '••••••••cdef',
    verify_token: '••••••••firm',
    callback_url: 'https://firm.example.com/hook',
    is_active: true,
    onboarding_completed: false,
    last_verified_at: null,
  });
  const masked = await call('GET');
  expect(masked.body).toEqual(created.body);
  expect(masked.headers.get('cache-control')).toBe('no-store');
  const full = await call('GET', '/full');
  expect(full.status).toBe(200);
  expect(full.headers.get('cache-control')).toBe('no-store');
  expect(full.body).toMatchObject({ access_token: TOKEN, fb_app_secret: SECRET, verify_token: VERIFY });
});

test('the secrets are nowhere in the database, and a ciphertext moved to another organization does not open', async () => {
  await call('POST', '', filled);
  const other = await registerOwner(switchboard.url);
  await call('POST', '', { ...filled, access_token: 'EAAAnotherOrganizationsToken0000' }, other);
  const dump = await queryAsAdmin<{ row: string }>(
    switchboard.database,
    `SELECT t::text AS row FROM tenant_configs t UNION ALL SELECT e::text FROM audit_events e`,
  );
  expect(dump.length).toBeGreaterThan(3);
  for (const secret of [SECRET, TOKEN, VERIFY]) expect(JSON.stringify(dump)).not.toContain(secret);
  await queryAsAdmin(
    switchboard.database,
    `UPDATE tenant_configs SET access_token = (SELECT access_token FROM tenant_configs WHERE tenant_id = $1) WHERE tenant_id = $2`,
    [owner.organization.id, other.organization.id],
  );
  expect((await call('GET', '/full', undefined, other)).status).toBe(500);
  expect((await call('GET')).status).toBe(200);
});

test('a short secret shows none of its characters', async () => {
  const { body } = await call('POST', '', { fb_app_secret: 'abcd1234', verify_token: '12345678' });
  expect(body).toMatchObject({ fb_app_secret: '••••••••', verify_token: '••••••••' });
});

test('without a configuration there is nothing to read, change, switch or delete', async () => {
  for (const [method, path, body] of [
    ['GET', ''],
    ['GET', '/full'],
    ['PUT', '', {}],
    ['DELETE', ''],
    ['POST', '/activate'],
    ['POST', '/deactivate'],
    ['POST', '/restore'],
  ] as const)
    expect((await call(method, path, body)).status, `${method} ${path}`).toBe(404);
});

test('a second one is refused, also when both come at once', async () => {
  const answers = await Promise.all([
    call('POST', '', filled),
    call('POST', '', filled),
    call('POST', '', {}),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409]);
  expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'waba.config_exists' });
});

test('a change touches what is given, keeps what is masked and removes what is empty', async () => {
  const { body: before } = await call('POST', '', filled);
  const changed = await call('PUT', '', {
    phone_number_id: '930002',
    access_token: before.access_token,
    verify_token: '',
    callback_url: '',
  });
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({
    phone_number_id: '930002',
    waba_id: '920001',
    verify_token: null,
    callback_url: null,
  });
  expect((await call('GET', '/full')).body).toMatchObject({ access_token: TOKEN, fb_app_secret: SECRET });
});

test('a change of what somebody else has changed since is refused, and one that does not say of what goes through', async () => {
  await call('POST', '', filled);
  const read = await call('GET');
  const tag = read.headers.get('etag') ?? '';
  expect(tag).not.toBe('');
  expect((await call('GET', '/overview')).headers.get('etag')).toBe(tag);
  const put = (body: object, ifMatch: string) =>
    request<TenantConfig & { code: string; detail: string }>(`${switchboard.url}/api/v1/tenant/config`, {
      method: 'PUT',
      token: owner.access_token,
      headers: { 'if-match': ifMatch },
      body,
    });
  const first = await put({ fb_app_id: '940002' }, tag);
  expect(first.status).toBe(200);
  expect(first.headers.get('etag')).not.toBe(tag);
  const second = await put({ fb_app_id: '940003' }, tag);
  expect(second).toMatchObject({ status: 412, body: { code: 'platform.changed_meanwhile' } });
  expect(second.body.detail).toMatch(/Load it again/);
  expect((await call('GET')).body.fb_app_id).toBe('940002');
  expect((await put({ fb_app_id: '940003' }, first.headers.get('etag') ?? '')).status).toBe(200);
  expect((await call('PUT', '', { fb_app_id: '940004' })).status).toBe(200);
});

test('every faulty field is named at once, and nothing is stored', async () => {
  const { status, body } = await call<{ errors: { path: string }[] }>('POST', '', {
    waba_id: 'not digits',
    phone_number_id: '12 34',
    access_token: 'two words here',
    fb_app_id: 'x',
    fb_app_secret: 'short',
    callback_url: 'http://firm.example.com/hook',
    redirect_url: 'https://10.0.0.7/in',
    verify_token: 'tab\tinside it',
    unknown: 'field',
  });
  expect(status).toBe(400);
  expect(new Set(body.errors.map(({ path }) => path))).toEqual(
    new Set([
      '/waba_id',
      '/phone_number_id',
      '/access_token',
      '/fb_app_id',
      '/fb_app_secret',
      '/callback_url',
      '/redirect_url',
      '/verify_token',
      '/unknown',
    ]),
  );
  expect((await call('GET')).status).toBe(404);
});

test.each([
  'https://192.168.1.4/x',
  'https://169.254.169.254/latest',
  'https://[fd00::1]/x',
  'https://[::ffff:10.0.0.1]/x',
  'https://100.64.0.1/x',
  'https://0xa000001/x',
  'https://metadata.internal/x',
  'https://intranet/x',
  'https://user:pw@firm.example.com/x',
  'ftp://firm.example.com/x',
  'javascript:alert(1)',
])('the address %s is refused', async (address) => {
  expect((await call('POST', '', { callback_url: address })).status).toBe(400);
});

test('switched off it does not count; switched on it does again', async () => {
  await call('POST', '', filled);
  expect((await call('POST', '/deactivate')).body).toMatchObject({ is_active: false });
  const off = await call<ConfigOverview>('GET', '/overview');
  expect(off.body.values.find(({ name }) => name === 'phone_id')).toEqual({
    name: 'phone_id',
    source: null,
    value: null,
  });
  expect((await call('POST', '/activate')).body).toMatchObject({ is_active: true });
  const on = await call<ConfigOverview>('GET', '/overview');
  expect(on.body.values.find(({ name }) => name === 'phone_id')).toEqual({
    name: 'phone_id',
    source: 'database',
    value: '930001',
  });
});

test('what is deleted comes back exactly as it went, unless another was entered since', async () => {
  await call('POST', '', filled);
  const before = (await call('GET', '/full')).body;
  const deleted = await call<{ id: number; restorable_until: string }>('DELETE');
  expect(deleted.status).toBe(200);
  expect(Date.parse(deleted.body.restorable_until)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
  expect((await call('GET')).status).toBe(404);
  expect((await call('POST', '/restore')).status).toBe(200);
  expect((await call('GET', '/full')).body).toEqual(before);
  await call('DELETE');
  await call('POST', '', { fb_app_id: '940009' });
  expect((await call('POST', '/restore')).body).toMatchObject({ code: 'waba.config_exists' });
});

test('after 30 days a deleted one is gone for good', async () => {
  await call('POST', '', filled);
  await call('DELETE');
  const move = (days: number) =>
    queryAsAdmin(
      switchboard.database,
      `UPDATE tenant_configs SET deleted_at = now() - make_interval(days => $2) WHERE tenant_id = $1`,
      [owner.organization.id, days],
    );
  const purge = () =>
    queryAsAdmin(switchboard.database, `SELECT app.purge_deleted_configurations('30 days')`);
  const left = () =>
    countRows(switchboard.database, 'tenant_configs', `tenant_id = '${owner.organization.id}'`);
  await move(29);
  await purge();
  expect(await left()).toBe(1);
  await move(31);
  expect((await call('POST', '/restore')).status).toBe(404);
  await purge();
  expect(await left()).toBe(0);
});

describe('who may', () => {
  test('an agent may not, a stranger finds their own organization’s alone', async () => {
    await call('POST', '', filled);
    const agent = await hire(switchboard, owner);
    const stranger = await registerOwner(switchboard.url);
    for (const path of ['', '/full', '/overview'])
      expect((await call('GET', path, undefined, agent)).status).toBe(403);
    for (const [method, path] of [
      ['POST', ''],
      ['PUT', ''],
    ] as const)
      expect((await call(method, path, {}, agent)).status).toBe(403);
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/activate'],
      ['POST', '/check'],
    ] as const)
      expect((await call(method, path, undefined, agent)).status).toBe(403);
    expect((await call('GET', '', undefined, stranger)).status).toBe(404);
    const overview = await call<ConfigOverview>('GET', '/overview', undefined, stranger);
    expect(overview.body).toMatchObject({ config: null, deleted: null });
  });

  test('in full only within five minutes of a sign-in, and every look is audited', async () => {
    await call('POST', '', filled);
    await ageSignIn(owner);
    const stale = await call('GET', '/full');
    expect(stale.status).toBe(401);
    expect(stale.body).toMatchObject({ code: 'auth.sign_in_again' });
    await request(`${switchboard.url}/api/v1/auth/reauthenticate`, {
      token: owner.access_token,
      body: { password: 'a long enough password' },
    });
    expect((await call('GET', '/full')).status).toBe(200);
    const looks = `organization_id = '${owner.organization.id}' AND action = 'configuration.revealed'`;
    expect(await countRows(switchboard.database, 'audit_events', looks)).toBe(1);
  });

  test('deleted only within five minutes of a sign-in', async () => {
    await call('POST', '', filled);
    await ageSignIn(owner);
    expect(await call('DELETE')).toMatchObject({ status: 401, body: { code: 'auth.sign_in_again' } });
    expect((await call('GET')).status).toBe(200);
    await request(`${switchboard.url}/api/v1/auth/reauthenticate`, {
      token: owner.access_token,
      body: { password: 'a long enough password' },
    });
    expect((await call('DELETE')).status).toBe(200);
  });
});

test('the screen learns where each value comes from, and nothing of the operator’s secrets', async () => {
  await call('POST', '', { fb_app_id: '940001', phone_number_id: '930001' });
  const { body } = await call<ConfigOverview>('GET', '/overview');
  expect(body.webhook_url).toBe(`${switchboard.url}/webhooks/whatsapp/${owner.organization.id}`);
  expect(Object.fromEntries(body.values.map(({ name, source, value }) => [name, [source, value]]))).toEqual({
    phone_id: ['database', '930001'],
    access_token: [null, null],
    waba_id: [null, null],
    app_id: ['database', '940001'],
    // The install's secret belongs to another app.
    app_secret: [null, null],
    verify_token: ['simulator', null],
    callback_url: [null, null],
    redirect_url: [null, null],
  });
});

test('a message leaves with the configuration’s token where nobody holds a grant any more', async () => {
  const number = await connectNumber(switchboard, owner.access_token);
  const phone = newPhone();
  switchboard.simulator.control.inbound({
    phone_number_id: number.phoneNumberId,
    from: phone,
    text: 'Hello',
  });
  await switchboard.settle();
  await queryAsAdmin(switchboard.database, 'UPDATE waba_accounts SET connected = false WHERE waba_id = $1', [
    number.wabaId,
  ]);
  const inbox = inboxOf(switchboard.url, owner.access_token);
  const { id } = await inbox.with(phone);
  await inbox.send(id, 'It waits for a token');
  await switchboard.settle();
  expect((await inbox.thread(id))[0]?.status).toBe('queued');
  switchboard.simulator.control.setFaults({ require_proof: true });
  onTestFinished(() => void switchboard.simulator.control.setFaults(null));
  await call('POST', '', { phone_number_id: number.phoneNumberId, access_token: number.token });
  await switchboard.settle();
  expect((await inbox.thread(id))[0]).toMatchObject({ text: 'It waits for a token', status: 'read' });
});

test('tested against Meta, it says what is right and what is not, and notes when all of it was', async () => {
  const number = await connectNumber(switchboard, owner.access_token);
  const check = async () =>
    Object.fromEntries(
      (await call<ConfigCheck>('POST', '/check')).body.findings.map(({ part, result }) => [part, result]),
    );
  await call('POST', '', {
    waba_id: number.wabaId,
    phone_number_id: number.phoneNumberId,
    access_token: number.token,
  });
  expect(await check()).toEqual({ app: 'ok', token: 'ok', account: 'ok', number: 'ok' });
  expect((await call('GET')).body.last_verified_at).toEqual(expect.any(String));
  await call('PUT', '', { phone_number_id: '1' });
  expect((await call('GET')).body.last_verified_at).toBeNull();
  expect(await check()).toEqual({ app: 'ok', token: 'ok', account: 'ok', number: 'failed' });
  await call('PUT', '', { phone_number_id: number.phoneNumberId, access_token: 'EAAnobodysTokenAtAll' });
  expect(await check()).toMatchObject({ token: 'failed', account: 'failed' });
  await call('PUT', '', {
    access_token: number.token,
    fb_app_id: '1',
    fb_app_secret: 'not the secret'.replaceAll(' ', '-'),
  });
  expect(await check()).toMatchObject({ app: 'failed', token: 'skipped' });
});

test('a number of another organization is not confirmed by a test', async () => {
  const number = await connectNumber(switchboard, owner.access_token);
  const other = await registerOwner(switchboard.url);
  await call(
    'POST',
    '',
    { waba_id: number.wabaId, phone_number_id: number.phoneNumberId, access_token: number.token },
    other,
  );
  const { body } = await call<ConfigCheck>('POST', '/check', undefined, other);
  expect(body.ok).toBe(false);
  expect(body.findings.find(({ part }) => part === 'number')).toMatchObject({ result: 'failed' });
});
