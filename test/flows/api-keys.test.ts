/** Keys of programs: what they may, what they never may, and when they stop. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { openEventStream } from '../harness/event-stream.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { peopleCallsOf } from '../harness/people-calls.ts';
import { hire } from '../harness/people.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';
import { newApiKey } from '../../src/modules/auth/api-key.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let agent: SessionAnswer;
let number: string;

beforeAll(async () => {
  switchboard = await startTestSwitchboard({ TRUSTED_PROXIES: '127.0.0.1' });
  owner = await registerOwner(switchboard.url, 'Olga Owner');
  agent = await hire(switchboard, owner, 'Arno Agent');
  number = (await connectNumber(switchboard, owner.access_token)).phoneNumberId;
});
afterAll(() => switchboard.stop());

const withToken = (token: string) => peopleCallsOf(switchboard.url, token);
const as = ({ access_token }: SessionAnswer) => withToken(access_token);
const make = async (session: SessionAnswer, scopes: string[], more: object = {}) =>
  (await as(session).makeKey({ name: 'A script', scopes, ...more })).body;
const everything = [
  'self:read',
  'profile:update',
  'people:read',
  'conversations:read',
  'conversations:update',
  'messages:send',
  'waba:read',
  'waba:connect',
  'organization:manage',
  'install:manage',
];

test('a key acts as its person behind the same walls, within its scopes', async () => {
  await queryAsAdmin(switchboard.database, 'UPDATE whatsapp_configuration SET user_id = $1', [agent.user.id]);
  const phone = newPhone();
  switchboard.simulator.control.inbound({ phone_number_id: number, from: phone, text: 'For the agent' });
  await switchboard.settle();
  const { key } = await make(agent, ['conversations:read', 'messages:send']);
  const inbox = inboxOf(switchboard.url, key);
  expect(await inbox.texts()).toEqual(['For the agent']);
  const sent = await inbox.send((await inbox.with(phone)).id, 'From a script');
  expect(sent.status).toBe(202);
  expect((await inbox.patch((await inbox.with(phone)).id, { status: 'archived' })).status).toBe(403);
  const bystander = await make(await hire(switchboard, owner), ['conversations:read']);
  expect(await inboxOf(switchboard.url, bystander.key).conversations()).toEqual([]);
});

test('it is shown once, and kept as a hash with its ends', async () => {
  const made = await make(owner, ['self:read'], { name: ' Nightly report ' });
  expect(made.key).toMatch(/^sb_[0-9A-Za-z]{49}$/);
  expect(made.api_key.name).toBe('Nightly report');
  const listed = await as(owner).keys();
  expect(JSON.stringify(listed.body)).not.toContain(made.key);
  expect(listed.body.data[0]).toMatchObject({
    hint: `${made.key.slice(0, 7)}…${made.key.slice(-4)}`,
    last_used_at: null,
  });
  const [stored] = await queryAsAdmin(
    switchboard.database,
    'SELECT k::text AS row FROM api_keys k WHERE id = $1',
    [made.api_key.id],
  );
  expect(JSON.stringify(stored)).not.toContain(made.key.slice(10, 40));
  await withToken(made.key).me();
  expect(switchboard.logLines.join('\n')).not.toContain(made.key);
});

test('its use is noted, and not more than once a minute', async () => {
  const { key, api_key } = await make(owner, ['self:read']);
  const lastUse = async () =>
    (await as(owner).keys()).body.data.find(({ id }) => id === api_key.id)?.last_used_at;
  await withToken(key).me();
  const first = await lastUse();
  expect(first).not.toBeNull();
  await withToken(key).me();
  expect(await lastUse()).toBe(first);
  await queryAsAdmin(
    switchboard.database,
    "UPDATE api_keys SET last_used_at = now() - interval '2 minutes' WHERE id = $1",
    [api_key.id],
  );
  await withToken(key).me();
  expect((await lastUse()) ?? '').toSatisfy((at: string) => at >= (first ?? ''));
});

test('it may at most what its maker may, and loses what they lose', async () => {
  const tooMuch = await as(agent).makeKey({ name: 'x', scopes: ['self:read', 'organization:manage'] });
  expect([tooMuch.status, tooMuch.body.code]).toEqual([403, 'auth.scope_not_yours']);
  const mate = await hire(switchboard, owner, 'Mate');
  await as(owner).change(mate.user.id, { is_owner: true });
  const { key } = await make(mate, ['self:read', 'organization:manage']);
  expect((await withToken(key).call('PATCH', 'organization', { brand_name: 'By key' })).status).toBe(200);
  await as(owner).change(mate.user.id, { is_owner: false });
  expect((await withToken(key).call('PATCH', 'organization', { brand_name: 'No more' })).status).toBe(403);
  expect((await withToken(key).me()).body.permissions).toEqual(['self:read']);
});

test('no key signs in, manages keys, people or accounts, or passes for a fresh sign-in', async () => {
  const { key, api_key } = await make(owner, everything);
  const mine = withToken(key);
  const answers = [
    await mine.keys(),
    await mine.makeKey({ name: 'another', scopes: ['self:read'] }),
    await mine.revokeKey(api_key.id),
    await mine.invite({ email: 'a@example.test', name: 'A' }),
    await mine.change(agent.user.id, { is_owner: true }),
    await mine.remove(agent.user.id),
    await mine.call('POST', 'auth/logout', {}),
    await mine.call('GET', 'auth/sessions'),
    await mine.call('POST', 'auth/reauthenticate', { password: 'a long enough password' }),
  ];
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 403));
  expect((await mine.call('POST', 'auth/refresh', { refresh_token: key })).status).toBe(401);
  for (const scope of ['self:manage', 'people:manage', 'people:invite', 'everything'])
    expect((await as(owner).makeKey({ name: 'x', scopes: [scope] })).status).toBe(400);
});

test('making one wants a recent sign-in', async () => {
  const tired = await hire(switchboard, owner);
  await queryAsAdmin(
    switchboard.database,
    "UPDATE sessions SET authenticated_at = now() - interval '6 minutes' WHERE user_id = $1",
    [tired.user.id],
  );
  const refused = await as(tired).makeKey({ name: 'x', scopes: ['self:read'] });
  expect([refused.status, refused.body.code]).toEqual([401, 'auth.sign_in_again']);
});

test('revoking counts with the next request and ends an open stream; an owner may revoke a colleague’s', async () => {
  const { key, api_key } = await make(agent, ['self:read', 'conversations:read']);
  const stream = await openEventStream(switchboard.url, key);
  await stream.next('ready');
  const listed = (await as(owner).keys()).body.data.find(({ id }) => id === api_key.id);
  expect(listed?.user.name).toBe('Arno Agent');
  const begun = Date.now();
  expect((await as(owner).revokeKey(api_key.id)).status).toBe(204);
  const refused = await withToken(key).me();
  expect([refused.status, refused.body.code]).toEqual([401, 'auth.api_key_refused']);
  await stream.ended;
  expect(Date.now() - begun).toBeLessThan(2_000);
  expect((await as(owner).revokeKey(api_key.id)).status).toBe(404);
});

test('nobody sees or revokes another’s key: not a colleague, not another organization', async () => {
  const { api_key } = await make(owner, ['self:read']);
  const stranger = await registerOwner(switchboard.url);
  for (const other of [agent, stranger]) {
    expect((await as(other).keys()).body.data.map(({ id }) => id)).not.toContain(api_key.id);
    expect((await as(other).revokeKey(api_key.id)).status).toBe(404);
  }
  expect((await as(owner).revokeKey('not-an-id')).status).toBe(404);
});

test('an expired key stops; one that would have expired already is not made', async () => {
  const { key, api_key } = await make(owner, ['self:read'], {
    expires_at: new Date(Date.now() + 60_000).toISOString(),
  });
  expect((await withToken(key).me()).status).toBe(200);
  await queryAsAdmin(switchboard.database, 'UPDATE api_keys SET expires_at = now() WHERE id = $1', [
    api_key.id,
  ]);
  expect((await withToken(key).me()).status).toBe(401);
  const past = await as(owner).makeKey({
    name: 'x',
    scopes: ['self:read'],
    expires_at: '2020-01-01T00:00:00Z',
  });
  expect([past.status, past.body.code]).toEqual([400, 'auth.key_expires_in_the_past']);
});

test.each([
  { scopes: ['self:read'] },
  { name: '', scopes: ['self:read'] },
  { name: 'x', scopes: [] },
  { name: 'x', scopes: ['self:read', 'self:read'] },
  { name: 'x', scopes: ['self:read'], user_id: '00000000-0000-4000-8000-000000000000' },
  { name: 'x', scopes: ['self:read'], organization_id: 'org_other' },
  { name: 'x', scopes: ['self:read'], key_hash: 'mine' },
  { name: 'x', scopes: ['self:read'], expires_at: 'tomorrow' },
])('a key of another shape is refused: %j', async (body) => {
  const before = await countRows(switchboard.database, 'api_keys');
  expect((await as(owner).makeKey(body)).status).toBe(400);
  expect(await countRows(switchboard.database, 'api_keys')).toBe(before);
});

test('whoever tries many keys has to wait, and a good key from the same address does not', async () => {
  const { key } = await make(owner, ['self:read']);
  const statuses: number[] = [];
  for (let n = 0; n < 34; n++) statuses.push((await withToken(newApiKey()).me()).status);
  expect([statuses[0], statuses.at(-1)]).toEqual([401, 429]);
  expect((await withToken(key).me()).status).toBe(200);
});
