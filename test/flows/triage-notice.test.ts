/** People whose message waits for an owner are told so: politely, in the organization's words, and rarely. */
import { beforeEach, expect, test } from 'vitest';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import { kindsSentTo, passHours, sentTo } from '../harness/automatic.ts';
import {
  deliver,
  envelope,
  newPhone,
  newUserId,
  newWamid,
  textChange,
  type Sender,
} from '../harness/deliveries.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let phone: string;
beforeEach(async () => {
  phone = newPhone();
  // Nobody answers on any number, so whatever comes waits; what is written in reply still finds a token.
  await desk.answersOn(desk.owner, null);
  await queryAsAdmin(switchboard.database, 'UPDATE users SET verified = false WHERE id = $1', [
    desk.owner.user.id,
  ]);
});

const organizationId = () => desk.owner.organization.id;

async function say(
  text: string,
  { from = { phone }, to = desk.dedicated, at = new Date() }: { from?: Sender; to?: string; at?: Date } = {},
) {
  await deliver(switchboard.url, envelope([textChange(to, { from, text, at })]));
  await switchboard.settle();
}

function set(body: Record<string, unknown>) {
  return request(`${switchboard.url}/api/v1/automatic-messages`, {
    method: 'PUT',
    token: desk.owner.access_token,
    body: { language: 'en', notice: { enabled: true, texts: {} }, stop_words: [], start_words: [], ...body },
  });
}

test('a notice goes to who waits, once in 24 hours, whatever they write and on whichever number', async () => {
  const second = await desk.addNumber();
  await desk.answersOn(desk.owner, null);
  await say('Hello');
  await say('Anybody?');
  await say('And here?', { to: second });
  expect(await sentTo(switchboard, desk.dedicated, phone)).toMatchObject([
    { kind: 'notice', state: 'accepted', text: expect.stringContaining('as soon as possible') as string },
  ]);
  await passHours(switchboard, organizationId(), 23);
  await say('Still nobody?');
  expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual(['notice']);
  await passHours(switchboard, organizationId(), 1);
  await say('A day later');
  expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual(['notice', 'notice']);
  expect(await kindsSentTo(switchboard, second, phone)).toEqual([]);
});

test('of messages that come at once, and twice, one is answered', async () => {
  const deliveries = ['One', 'Two', 'Three'].map((text) =>
    envelope([textChange(desk.dedicated, { from: { phone }, text, id: newWamid() })]),
  );
  await Promise.all([...deliveries, ...deliveries].map((body) => deliver(switchboard.url, body)));
  await switchboard.settle();
  expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual(['notice']);
});

test('another person gets their own, by a user id as well', async () => {
  const userId = newUserId();
  await say('Hello');
  await say('Hello', { from: { userId } });
  expect(await kindsSentTo(switchboard, desk.dedicated, userId)).toEqual(['notice']);
});

test('it speaks the organization’s language and its own words', async () => {
  await set({ language: 'de' });
  await say('Hallo');
  await set({ language: 'fr', notice: { enabled: true, texts: { fr: 'Un instant — {brand} $& {brand}' } } });
  const other = newPhone();
  await say('Bonjour', { from: { phone: other } });
  expect((await sentTo(switchboard, desk.dedicated, phone))[0]?.text).toContain('Danke');
  const brand = 'Switchboard';
  expect((await sentTo(switchboard, desk.dedicated, other))[0]?.text).toBe(
    `Un instant — ${brand} $& ${brand}`,
  );
});

test('an organization can switch it off', async () => {
  expect((await set({ notice: { enabled: false, texts: {} } })).status).toBe(200);
  await say('Hello');
  expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual([]);
});

test('what comes late is not answered', async () => {
  await say('Yesterday', { at: new Date(Date.now() - 24 * 3_600_000 - 60_000) });
  expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual([]);
});

test('who is blocked in triage gets none', async () => {
  await say('Hello');
  await passHours(switchboard, organizationId(), 48);
  await queryAsAdmin(
    switchboard.database,
    `UPDATE triage_items SET state = 'blocked' WHERE organization_id = $1`,
    [organizationId()],
  );
  await say('Me again');
  expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual(['notice']);
});

test('what the business itself wrote, and reactions, are not answered', async () => {
  const echo = {
    field: 'smb_message_echoes',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: '15550001122', phone_number_id: desk.dedicated },
      message_echoes: [
        {
          from: '15550001122',
          to: phone,
          id: newWamid(),
          timestamp: String(Math.floor(Date.now() / 1000)),
          type: 'text',
          text: { body: 'From the app' },
        },
      ],
    },
  };
  await deliver(switchboard.url, envelope([echo]));
  await switchboard.settle();
  expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual([]);
});
