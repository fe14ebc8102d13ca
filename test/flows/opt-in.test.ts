/** Taking part in a central number: the ledger of consent, the routing that follows it, and the signature that customers see. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { OptIn } from '../../src/modules/rentals/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { peopleCallsOf } from '../harness/people-calls.ts';
import { hire } from '../harness/people.ts';
import { letTo } from '../harness/rentals.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;

beforeAll(async () => {
  switchboard = await startTestSwitchboard({ BRAND_NAME: 'House Line' });
});
afterAll(() => switchboard.stop());

const as = ({ access_token }: SessionAnswer) => peopleCallsOf(switchboard.url, access_token);
const optIn = (session: SessionAnswer) => as(session).call<OptIn>('GET', 'whatsapp/opt-in');
const say = (session: SessionAnswer, body: unknown) =>
  as(session).call<OptIn>('PUT', 'whatsapp/opt-in', body);
const ledgerOf = ({ user }: SessionAnswer) =>
  queryAsAdmin<{ opted_in: boolean; method: string; recorded_by: string }>(
    switchboard.database,
    'SELECT opted_in, method, recorded_by FROM consent_events WHERE user_id = $1 ORDER BY id',
    [user.id],
  );

test('nobody takes part until they say so, and each yes and no is added to the ledger', async () => {
  const landlord = await registerOwner(switchboard.url, 'Lena Lord');
  expect((await optIn(landlord)).body).toEqual({
    enabled: false,
    opted_in_at: null,
    notifications_enabled: true,
    signature: null,
    auto_responses: null,
    preview: 'From Lena Lord via House Line:',
  });
  const yes = (await say(landlord, { enabled: true })).body;
  expect([yes.enabled, yes.opted_in_at !== null]).toEqual([true, true]);
  // Said again it is nothing new.
  expect((await say(landlord, { enabled: true, notifications_enabled: false })).body.opted_in_at).toBe(
    yes.opted_in_at,
  );
  const no = (await say(landlord, { enabled: false })).body;
  expect([no.enabled, no.opted_in_at, no.notifications_enabled]).toEqual([false, null, false]);
  const { key } = (await as(landlord).makeKey({ name: 'k', scopes: ['profile:update'] })).body;
  await peopleCallsOf(switchboard.url, key).call('PUT', 'whatsapp/opt-in', { enabled: true });
  expect(await ledgerOf(landlord)).toEqual([
    { opted_in: true, method: 'settings', recorded_by: landlord.user.id },
    { opted_in: false, method: 'settings', recorded_by: landlord.user.id },
    { opted_in: true, method: 'api', recorded_by: landlord.user.id },
  ]);
});

test('a renter’s message on a central number comes to the landlord from the opt-in on, and waits after the opt-out', async () => {
  const desk = await openRoutingDesk(switchboard);
  const central = await desk.addCentralNumber();
  const landlord = await hire(switchboard, desk.owner, 'Lars Lord');
  const renters = [newPhone(), newPhone(), newPhone()] as const;
  for (const phone of renters) await letTo(switchboard, landlord, phone);
  const reasons: string[] = [];
  reasons.push((await desk.write(central, { phone: renters[0] })).reason);
  await say(landlord, { enabled: true });
  reasons.push((await desk.write(central, { phone: renters[1] })).rule);
  await say(landlord, { enabled: false });
  reasons.push((await desk.write(central, { phone: renters[2] })).reason);
  expect(reasons).toEqual(['landlord_not_opted_in', 'lease', 'landlord_not_opted_in']);
});

test('the signature names person and brand as they are now, and customers get it as the preview shows', async () => {
  const desk = await openRoutingDesk(switchboard);
  const central = await desk.addCentralNumber();
  const landlord = await hire(switchboard, desk.owner, 'Lia Lord');
  const renter = newPhone();
  await letTo(switchboard, landlord, renter);
  await say(landlord, { enabled: true, signature: '{name}, {brand}' });
  await as(landlord).call('PATCH', 'auth/me', { name: ' Lia L. Lord ' });
  await as(desk.owner).call('PATCH', 'organization', { brand_name: 'Harbour Homes' });
  const { preview } = (await optIn(landlord)).body;
  expect(preview).toBe('Lia L. Lord, Harbour Homes');
  await desk.write(central, { phone: renter });
  const inbox = inboxOf(switchboard.url, landlord.access_token);
  const sent = await inbox.send((await inbox.with(renter)).id, 'Good morning');
  expect(sent.body.signature).toBe(preview);
  await switchboard.settle();
  const bodies = switchboard.simulator.control.messages().map((message) => JSON.stringify(message));
  expect(bodies.some((body) => body.includes('Lia L. Lord, Harbour Homes\\nGood morning'))).toBe(true);
  expect((await say(landlord, { enabled: true, signature: null })).body.preview).toBe(
    'From Lia L. Lord via Harbour Homes:',
  );
});

test.each([
  {},
  { enabled: 'yes' },
  { enabled: true, signature: '' },
  { enabled: true, signature: 'two\nlines' },
  { enabled: true, signature: 'x'.repeat(201) },
  { enabled: true, user_id: '00000000-0000-4000-8000-000000000000' },
  { enabled: true, whatsapp_opted_in_at: '2020-01-01T00:00:00Z' },
  { enabled: true, organization_id: 'org_other' },
  { enabled: true, auto_responses: { away: 7 } },
])('an answer of another shape is refused and changes nothing: %j', async (body) => {
  const landlord = await registerOwner(switchboard.url);
  const before = (await optIn(landlord)).body;
  expect((await say(landlord, body)).status).toBe(400);
  expect((await optIn(landlord)).body).toEqual(before);
  expect(await ledgerOf(landlord)).toEqual([]);
});

test('texts for automatic answers are kept as they were given', async () => {
  const landlord = await registerOwner(switchboard.url);
  const texts = { welcome: { enabled: false, text: 'Good day' } };
  await say(landlord, { enabled: false, auto_responses: texts });
  expect((await optIn(landlord)).body.auto_responses).toEqual(texts);
});

test.each(['Tom\nPay here', 'Tom\u2028Pay here', 'Tom\u202eyap', 'Tom\u0007'])(
  '%j is no name: it would not be read as it is written',
  async (name) => {
    const me = await registerOwner(switchboard.url, 'Tom');
    expect((await as(me).call('PATCH', 'auth/me', { name })).status).toBe(400);
    expect((await as(me).call('PATCH', 'organization', { name })).status).toBe(400);
  },
);

test.each(['Zoë  O’Neil-Šimić', '王秀英', 'שרה \u200fלוי', 'Team 👩🏽‍🔧'])('%j is one', async (name) => {
  const me = await registerOwner(switchboard.url, 'Tom');
  const renamed = await as(me).call<{ user: { name: string } }>('PATCH', 'auth/me', { name });
  expect(renamed.body.user.name).toBe(name);
});

test('one’s own name changes, and nothing else does', async () => {
  const me = await registerOwner(switchboard.url, 'Before');
  const renamed = await as(me).call<{ user: { name: string } }>('PATCH', 'auth/me', { name: ' After ' });
  expect([renamed.status, renamed.body.user.name]).toEqual([200, 'After']);
  for (const body of [
    {},
    { name: ' ' },
    { name: 'x', is_owner: true },
    { name: 'x', role: 'admin' },
    { email: 'n@e.test' },
  ])
    expect((await as(me).call('PATCH', 'auth/me', body)).status).toBe(400);
  expect((await as(me).me()).body.user).toMatchObject({ name: 'After', email: me.user.email });
});
