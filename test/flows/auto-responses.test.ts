/** What goes out in a person's name without them: a greeting to a first message, and that they are away. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { request } from '../harness/api.ts';
import { kindsSentTo, passHours } from '../harness/automatic.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  newWamid,
  textChange,
  type Sender,
} from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let phone: string;
beforeEach(async () => {
  phone = newPhone();
});

const welcome = { enabled: true, text: 'Welcome!' };
const never = { enabled: true, text: 'I am away.', time_zone: 'Europe/Berlin', hours: [] };
const always = { ...never, hours: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '23:59' }] };

function set(session: SessionAnswer, auto_responses: unknown, enabled = false) {
  return request(`${switchboard.url}/api/v1/whatsapp/opt-in`, {
    method: 'PUT',
    token: session.access_token,
    body: { enabled, auto_responses },
  });
}

async function say(
  text: string,
  { from = { phone }, to = desk.dedicated, at = new Date() }: { from?: Sender; to?: string; at?: Date } = {},
) {
  await deliver(switchboard.url, envelope([textChange(to, { from, text, at })]));
  await switchboard.settle();
}

const kinds = (to = desk.dedicated) => kindsSentTo(switchboard, to, phone);

test('a greeting goes to a first message on a number, once for ever', async () => {
  await set(desk.owner, { welcome });
  await say('Hello');
  await say('Again');
  await passHours(switchboard, desk.owner.organization.id, 10_000);
  await say('Much later');
  expect(await kinds()).toEqual(['welcome']);
  const { id } = await inboxOf(switchboard.url, desk.owner.access_token).with(phone);
  const greeting = (await inboxOf(switchboard.url, desk.owner.access_token).thread(id)).find(
    ({ text }) => text === 'Welcome!',
  );
  expect(greeting).toMatchObject({ automatic: 'welcome', direction: 'outbound', sender_name: null });
});

test('who wrote before the greeting was set gets none', async () => {
  await say('Hello');
  await set(desk.owner, { welcome });
  await say('Again');
  expect(await kinds()).toEqual([]);
});

test('that somebody is away is said at most once in 12 hours a conversation', async () => {
  await set(desk.owner, { away: never });
  await say('Hello');
  await say('Anybody?');
  await passHours(switchboard, desk.owner.organization.id, 11);
  await say('Still away?');
  expect(await kinds()).toEqual(['away']);
  await passHours(switchboard, desk.owner.organization.id, 1);
  await say('And now?');
  expect(await kinds()).toEqual(['away', 'away']);
});

test('of messages that come at once, and twice, one is answered', async () => {
  await set(desk.owner, { welcome, away: never });
  const deliveries = ['One', 'Two', 'Three'].map((text) =>
    envelope([textChange(desk.dedicated, { from: { phone }, text, id: newWamid() })]),
  );
  await Promise.all([...deliveries, ...deliveries].map((body) => deliver(switchboard.url, body)));
  await switchboard.settle();
  expect(await kinds()).toEqual(['welcome', 'away']);
});

describe('nothing goes out', () => {
  test('within the hours, or when it is switched off', async () => {
    // Half past some hour lies within them in every zone of whole hours; what counts is when the customer wrote.
    const halfPast = new Date();
    halfPast.setUTCHours(halfPast.getUTCHours() - 1, 30, 0, 0);
    await set(desk.owner, { away: always });
    await say('At an hour', { at: halfPast });
    await set(desk.owner, { welcome: { ...welcome, enabled: false }, away: { ...never, enabled: false } });
    await say('Later');
    expect(await kinds()).toEqual([]);
  });

  test('to who opted out, who is blocked, what is late, and what is no message of its own', async () => {
    await set(desk.owner, { away: never });
    await say('Late', { at: new Date(Date.now() - 25 * 3_600_000) });
    const reaction = {
      id: newWamid(),
      from: phone,
      timestamp: String(Math.floor(Date.now() / 1000)),
      type: 'reaction',
      reaction: { message_id: newWamid(), emoji: '👍' },
    };
    await deliver(switchboard.url, envelope([messagesChange(desk.dedicated, [reaction], [{ phone }])]));
    await switchboard.settle();
    expect(await kinds()).toEqual([]);
    await say('STOP', { at: new Date(Date.now() - 5000) });
    await say('A question');
    expect(await kinds()).toEqual(['opted_out']);
    await say('START');
    const inbox = inboxOf(switchboard.url, desk.owner.access_token);
    await inbox.patch((await inbox.with(phone)).id, { status: 'blocked' });
    await say('From a blocked one');
    expect(await kinds()).toEqual(['opted_out', 'opted_in']);
  });
});

test('on a central number it is signed as the person’s own words are', async () => {
  const central = await desk.addCentralNumber();
  const lou = await hire(switchboard, desk.owner, 'Lou First');
  await letTo(switchboard, lou, phone);
  await takePart(switchboard, lou);
  await set(lou, { welcome }, true);
  await say('The tap drips', { to: central });
  const inbox = inboxOf(switchboard.url, lou.access_token);
  const [greeting] = await inbox.thread((await inbox.with(phone)).id);
  expect(greeting).toMatchObject({ text: 'Welcome!', automatic: 'welcome' });
  expect(greeting?.signature).toMatch(/^From Lou First via /);
});

test('each answers for themselves, and nobody for another organization', async () => {
  const other = await openRoutingDesk(switchboard);
  await set(desk.owner, { welcome });
  await say('Hello', { to: other.dedicated });
  expect(await kinds(other.dedicated)).toEqual([]);
});

test.each([
  ['a zone that nobody knows', { away: { ...never, time_zone: 'Europe/Atlantis' } }],
  [
    'hours that end before they begin',
    { away: { ...never, hours: [{ days: [1], from: '17:00', to: '09:00' }] } },
  ],
  ['an hour that is none', { away: { ...never, hours: [{ days: [1], from: '9', to: '25:00' }] } }],
  ['a day that is none', { away: { ...never, hours: [{ days: [8], from: '09:00', to: '17:00' }] } }],
  ['an empty text', { welcome: { enabled: true, text: ' ' } }],
  ['an occasion that nobody knows', { birthday: { enabled: true, text: 'Happy birthday' } }],
])('refuses %s', async (_, responses) => expect((await set(desk.owner, responses)).status).toBe(400));
