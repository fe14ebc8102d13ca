/** The organization's settings: read by everybody in it, changed by its owners. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { OrganizationSettings } from '../../src/modules/organizations/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { peopleCallsOf } from '../harness/people-calls.ts';
import { hire } from '../harness/people.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let agent: SessionAnswer;

beforeAll(async () => {
  switchboard = await startTestSwitchboard({ BRAND_NAME: 'House Line' });
  owner = await registerOwner(switchboard.url);
  agent = await hire(switchboard, owner);
});
afterAll(() => switchboard.stop());

const callsOf = ({ access_token }: SessionAnswer) => {
  const { call } = peopleCallsOf(switchboard.url, access_token);
  return {
    read: () => call<OrganizationSettings>('GET', 'organization'),
    change: (body: unknown) => call<OrganizationSettings>('PATCH', 'organization', body),
  };
};

test('everybody reads the settings of their own organization, an owner changes them', async () => {
  expect((await callsOf(agent).read()).body).toMatchObject({
    id: owner.organization.id,
    name: owner.organization.name,
    brand_name: null,
    install_brand_name: 'House Line',
    single_user_mode: false,
  });
  const changed = await callsOf(owner).change({ name: ' Blythe & Co ', brand_name: ' Blythe ' });
  expect([changed.status, changed.body.name, changed.body.brand_name]).toEqual([
    200,
    'Blythe & Co',
    'Blythe',
  ]);
  expect((await callsOf(agent).read()).body).toEqual(changed.body);
  expect((await callsOf(owner).change({ brand_name: null })).body.brand_name).toBeNull();
  const audited = await queryAsAdmin<{ details: unknown }>(
    switchboard.database,
    "SELECT details FROM audit_events WHERE action = 'organization.changed' ORDER BY id",
  );
  expect(audited.map(({ details }) => details)).toEqual([
    { name: 'Blythe & Co', brand_name: 'Blythe' },
    { brand_name: null },
  ]);
});

test('automatic messages that another owner has saved since are not overwritten unseen, however both save', async () => {
  const owner = await registerOwner(switchboard.url);
  const url = `${switchboard.url}/api/v1/automatic-messages`;
  const read = await request<{ stop_words: string[] }>(url, { token: owner.access_token });
  const tag = read.headers.get('etag') ?? '';
  const save = (word: string, ifMatch?: string) =>
    request<{ code: string }>(url, {
      method: 'PUT',
      token: owner.access_token,
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
      body: { ...read.body, stop_words: [word] },
    });
  const both = await Promise.all([save('genug', tag), save('schluss', tag)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual([200, 412]);
  const [saved, refused] = both.toSorted((a, b) => a.status - b.status);
  expect(refused?.body.code).toBe('platform.changed_meanwhile');
  const now = await request(url, { token: owner.access_token });
  expect(now.headers.get('etag')).toBe(saved?.headers.get('etag'));
  expect((await save('ende')).status).toBe(200);
});

test('an agent changes nothing, and another organization is neither seen nor touched', async () => {
  expect((await callsOf(agent).change({ name: 'Mine' })).status).toBe(403);
  const stranger = await registerOwner(switchboard.url);
  expect((await callsOf(stranger).read()).body.id).toBe(stranger.organization.id);
  await callsOf(stranger).change({ name: 'Theirs' });
  expect((await callsOf(owner).read()).body.name).not.toBe('Theirs');
});

test('single-user mode sends what no rule places to the first person, and off again it waits', async () => {
  const desk = await openRoutingDesk(switchboard);
  await desk.answersOn(desk.owner, null);
  await queryAsAdmin(switchboard.database, 'UPDATE users SET verified = false WHERE id = $1', [
    desk.owner.user.id,
  ]);
  expect((await desk.write(desk.dedicated, { phone: newPhone() })).rule).toBe('triage');
  await callsOf(desk.owner).change({ single_user_mode: true });
  expect((await desk.write(desk.dedicated, { phone: newPhone() })).rule).toBe('first_registered');
  await callsOf(desk.owner).change({ single_user_mode: false });
  expect((await desk.write(desk.dedicated, { phone: newPhone() })).rule).toBe('triage');
});

test.each([
  {},
  { name: '' },
  { name: ' ' },
  { name: null },
  { brand_name: '' },
  { brand_name: 'With {name}' },
  { brand_name: 'two\nlines' },
  { single_user_mode: 'on' },
  { name: 'x', id: 'org_other' },
  { name: 'x', organization_id: 'org_other' },
  { name: 'x', created_at: '2020-01-01T00:00:00Z' },
])('settings of another shape are refused and change nothing: %j', async (body) => {
  const before = (await callsOf(owner).read()).body;
  expect((await callsOf(owner).change(body)).status).toBe(400);
  expect((await callsOf(owner).read()).body).toEqual(before);
});
