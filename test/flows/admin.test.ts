/** The admin area: what whoever runs the install sees and does across organizations, and that nobody else can. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ConfigPage, InstallOverview, OrganizationPage } from '../../src/modules/admin/contract.ts';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { TenantConfig } from '../../src/modules/credentials/contract.ts';
import type { AuditEvent } from '../../src/modules/organizations/contract-audit.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request, type Answer } from '../harness/api.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let admin: SessionAnswer;
let north: SessionAnswer;
let south: SessionAnswer;
beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  // The first user of an install runs it.
  admin = await registerOwner(switchboard.url, 'Avery Root');
  north = await registerOwner(switchboard.url);
  south = await registerOwner(switchboard.url);
});
afterAll(() => switchboard.stop());

function call<T>(who: SessionAnswer, method: string, path: string, body?: unknown): Promise<Answer<T>> {
  return request<T>(`${switchboard.url}/api/v1${path}`, {
    method,
    token: who.access_token,
    ...(body === undefined ? {} : { body }),
  });
}

const CONFIGS = '/tenant/admin/configs';
const WORDS = { confirm: 'delete all configurations' };
const secretOf = (who: SessionAnswer) => `canary-secret-${who.organization.id}`;

const enter = (who: SessionAnswer) =>
  call(who, 'POST', '/tenant/config', { fb_app_id: '940001', fb_app_secret: secretOf(who) });
const auditOf = async (who: SessionAnswer): Promise<AuditEvent[]> =>
  (await call<{ data: AuditEvent[] }>(who, 'GET', '/organization/audit')).body.data;

/** Every column of every configuration, to tell whether anything became another. */
async function dump(): Promise<unknown[]> {
  return queryAsAdmin(switchboard.database, 'SELECT t::text FROM tenant_configs t ORDER BY id');
}

function ageSignIn(who: SessionAnswer): Promise<unknown> {
  return queryAsAdmin(
    switchboard.database,
    `UPDATE sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = $1`,
    [who.user.id],
  );
}

test('an owner who is no admin gets nowhere in it, and nothing happens', async () => {
  await enter(north);
  const before = await dump();
  for (const [method, path, body] of [
    ['GET', '/admin/overview'],
    ['GET', '/admin/organizations'],
    ['GET', '/admin/audit'],
    ['GET', '/admin/audit/check'],
    ['POST', '/admin/webhook/reveal'],
    ['GET', `${CONFIGS}/all`],
    ['GET', `${CONFIGS}/stats`],
    ['DELETE', `${CONFIGS}/delete-all`, WORDS],
    ['DELETE', `${CONFIGS}/delete-tenant/${north.organization.id}`],
    ['POST', `${CONFIGS}/restore/1`],
  ] as const)
    expect((await call(north, method, path, body)).status, `${method} ${path}`).toBe(403);
  expect(await dump()).toEqual(before);
});

test('organizations are listed page by page, with counts and no word of what is in them', async () => {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query = `?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`;
    const page: Answer<OrganizationPage> = await call(admin, 'GET', `/admin/organizations${query}`);
    seen.push(...page.body.data.map(({ id }) => id));
    cursor = page.body.next_cursor;
  } while (cursor !== null);
  expect(seen).toEqual([south, north, admin].map(({ organization }) => organization.id));
  const { body } = await call<OrganizationPage>(admin, 'GET', '/admin/organizations');
  expect(body.data.find(({ id }) => id === north.organization.id)).toMatchObject({
    name: north.organization.name,
    people: 1,
    disabled_people: 0,
    numbers: 0,
    has_configuration: true,
  });
});

test('all configurations are listed without anything of their secrets, and counted', async () => {
  await enter(south);
  const { body } = await call<ConfigPage>(admin, 'GET', `${CONFIGS}/all?limit=1`);
  expect(body.data).toHaveLength(1);
  const rest = await call<ConfigPage>(admin, 'GET', `${CONFIGS}/all?cursor=${body.next_cursor ?? ''}`);
  const all = [...body.data, ...rest.body.data];
  expect(new Set(all.map((one) => one.tenant_id))).toEqual(
    new Set([north.organization.id, south.organization.id]),
  );
  for (const one of all)
    expect(one).toMatchObject({ fb_app_id: '940001', fb_app_secret: '••••••••', access_token: null });
  expect((await call(admin, 'GET', `${CONFIGS}/stats`)).body).toMatchObject({
    total: 2,
    active: 2,
    inactive: 0,
    with_app: 2,
  });
  const overview = await call<InstallOverview>(admin, 'GET', '/admin/overview');
  expect(overview.body).toMatchObject({ organizations: 3, people: 3, queue: { items: 0, quarantined: 0 } });
});

describe('T33: deleting all configurations', () => {
  test('is never a GET, and wants the words and a recent sign-in', async () => {
    const before = await dump();
    expect((await call(admin, 'GET', `${CONFIGS}/delete-all`)).status).toBe(405);
    for (const body of [undefined, {}, { confirm: 'yes' }, { confirm: 'Delete all configurations' }])
      expect((await call(admin, 'DELETE', `${CONFIGS}/delete-all`, body)).status).toBe(400);
    await ageSignIn(admin);
    const stale = await call(admin, 'DELETE', `${CONFIGS}/delete-all`, WORDS);
    expect(stale).toMatchObject({ status: 401, body: { code: 'auth.sign_in_again' } });
    expect((await call(admin, 'DELETE', `${CONFIGS}/delete-tenant/${north.organization.id}`)).status).toBe(
      401,
    );
    expect(await dump()).toEqual(before);
    await call(admin, 'POST', '/auth/reauthenticate', { password: 'a long enough password' });
  });

  test('can be undone to the last byte, and everybody finds it in their audit', async () => {
    const before = await dump();
    const deleted = await call(admin, 'DELETE', `${CONFIGS}/delete-all`, WORDS);
    expect(deleted).toMatchObject({ status: 200, body: { deleted: 2 } });
    expect((await call(north, 'GET', '/tenant/config')).status).toBe(404);
    expect((await call<ConfigPage>(admin, 'GET', `${CONFIGS}/all`)).body.data).toEqual([]);
    const waiting = await call<ConfigPage>(admin, 'GET', `${CONFIGS}/all?deleted=true`);
    expect(waiting.body.data).toHaveLength(2);
    for (const { id } of waiting.body.data)
      expect((await call(admin, 'POST', `${CONFIGS}/restore/${String(id)}`)).status).toBe(200);
    expect(await dump()).toEqual(before);
    expect((await call<TenantConfig>(north, 'GET', '/tenant/config/full')).body.fb_app_secret).toBe(
      secretOf(north),
    );
    const told = (await auditOf(north)).filter(({ actor }) => actor === 'admin');
    expect(told.map(({ action }) => action)).toEqual(['configuration.restored', 'configuration.deleted']);
    // Who runs the install is not an organization's to know.
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`${admin.user.id}|Avery`));
    expect((await auditOf(admin)).map(({ action }) => action)).toContain('install.configurations-deleted');
  });

  test('one alone is deleted and restored, unless the organization has entered another', async () => {
    const path = `${CONFIGS}/delete-tenant/${south.organization.id}`;
    expect((await call(admin, 'DELETE', path)).body).toMatchObject({ deleted: 1 });
    expect((await call(admin, 'DELETE', path)).status).toBe(404);
    expect((await call(admin, 'DELETE', `${CONFIGS}/delete-tenant/org_nobody`)).status).toBe(404);
    expect((await call(north, 'GET', '/tenant/config')).status).toBe(200);
    const [gone] = (await call<ConfigPage>(admin, 'GET', `${CONFIGS}/all?deleted=true`)).body.data;
    await enter(south);
    const taken = await call(admin, 'POST', `${CONFIGS}/restore/${String(gone?.id)}`);
    expect(taken).toMatchObject({ status: 409, body: { code: 'admin.config_exists' } });
    for (const id of ['999999', 'x', '1e3', '-1'])
      expect((await call(admin, 'POST', `${CONFIGS}/restore/${id}`)).status).toBe(404);
  });
});

test('the install’s verify token is shown after a recent sign-in alone', async () => {
  const shown = await call(admin, 'POST', '/admin/webhook/reveal');
  expect(shown.body).toEqual({
    callback_url: `${switchboard.url}/webhooks/whatsapp`,
    verify_token: 'a verify token for tests',
  });
  await ageSignIn(admin);
  expect((await call(admin, 'POST', '/admin/webhook/reveal')).status).toBe(401);
});
