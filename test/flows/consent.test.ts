/** STOP and START: who is left alone, by whom, for how long, and what proves it. */
import { describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { kindsSentTo, sentTo } from '../harness/automatic.ts';
import {
  deliver,
  envelope,
  newPhone,
  newUserId,
  newWamid,
  textChange,
  type Sender,
} from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { anyMessage, changeOf, echo, edit, historyOf } from '../harness/webhook-kinds.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

const agoSeconds = (seconds: number) => new Date(Date.now() - seconds * 1000);

async function say(phoneNumberId: string, from: Sender, text: string, at = new Date()): Promise<string> {
  const id = newWamid();
  await deliver(switchboard.url, envelope([textChange(phoneNumberId, { from, text, id, at })]));
  await switchboard.settle();
  return id;
}

async function tell(field: string, value: Record<string, unknown>): Promise<void> {
  await deliver(switchboard.url, envelope([changeOf(desk.dedicated, field, value)]));
  await switchboard.settle();
}

const inbox = (session: SessionAnswer) => inboxOf(switchboard.url, session.access_token);

type Entry = { opted_in: boolean; category: string; method: string; identity_value: string; message: string };
const ledger = (organizationId: string) =>
  queryAsAdmin<Entry>(
    switchboard.database,
    `SELECT e.opted_in, e.category, e.method, e.identity_value, m.message FROM consent_events e
     LEFT JOIN messages m ON m.id = e.message_id WHERE e.organization_id = $1 AND e.subject = 'customer' ORDER BY e.id`,
    [organizationId],
  );

describe('a customer who writes STOP', () => {
  test('is confirmed once, stands in the ledger with the message, and nothing can be sent to them', async () => {
    const phone = newPhone();
    await say(desk.dedicated, { phone }, 'Hello', agoSeconds(60));
    const { id } = await inbox(desk.owner).with(phone);
    await say(desk.dedicated, { phone }, 'Stop!', agoSeconds(30));
    await say(desk.dedicated, { phone }, 'STOP', agoSeconds(20));
    expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual(['opted_out']);
    expect(await ledger(desk.owner.organization.id)).toEqual([
      { opted_in: false, category: 'all', method: 'keyword', identity_value: phone, message: 'Stop!' },
      { opted_in: false, category: 'all', method: 'keyword', identity_value: phone, message: 'STOP' },
    ]);
    const answer = await inbox(desk.owner).send(id, 'Are you sure?');
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'outbound.opted_out' });
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ refuses_messages: true });
  });

  test('is answered in the thread, and marked there as automatic', async () => {
    const phone = newPhone();
    switchboard.simulator.control.inbound({
      phone_number_id: desk.dedicated,
      from: phone,
      text: 'Abbestellen',
    });
    await switchboard.settle();
    const { id, opted_out_at } = await inbox(desk.owner).with(phone);
    expect(opted_out_at).not.toBeNull();
    const [confirmation] = await inbox(desk.owner).thread(id);
    expect(confirmation).toMatchObject({ automatic: 'opted_out', direction: 'outbound', status: 'read' });
    expect(confirmation?.text).toContain('keine Nachrichten mehr');
    expect(confirmation?.sender_name).toBeNull();
  });

  test('can be answered when they write again, and gets automatic messages only after START', async () => {
    const phone = newPhone();
    await say(desk.dedicated, { phone }, 'stop', agoSeconds(30));
    await say(desk.dedicated, { phone }, 'When does the plumber come?', agoSeconds(10));
    const { id, refuses_messages, opted_out_at } = await inbox(desk.owner).with(phone);
    expect(refuses_messages).toBe(false);
    expect(opted_out_at).not.toBeNull();
    expect((await inbox(desk.owner).send(id, 'On Tuesday.')).status).toBe(202);
    await say(desk.dedicated, { phone }, 'START');
    await say(desk.dedicated, { phone }, 'start');
    expect(await inbox(desk.owner).with(phone)).toMatchObject({
      refuses_messages: false,
      opted_out_at: null,
    });
    expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual(['opted_out', 'opted_in']);
  });

  test('does not stop what was only in a sentence', async () => {
    const phone = newPhone();
    await say(desk.dedicated, { phone }, 'Please stop the noise upstairs');
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ opted_out_at: null });
    expect(await ledger(desk.owner.organization.id)).toEqual([]);
  });

  test.each<[string, string, unknown]>([
    [
      'a button of a message',
      'interactive',
      { type: 'button_reply', button_reply: { id: '7', title: 'Stop' } },
    ],
    ['a button of a template', 'button', { payload: 'off', text: 'Stop promotions' }],
  ])('says so with %s as well', async (_, type, content) => {
    const phone = newPhone();
    await tell('messages', { messages: [anyMessage({ from: { phone } }, type, content)] });
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ refuses_messages: true });
    expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual(['opted_out']);
  });

  test('does not mean it when they choose a row, or send a form, of that name', async () => {
    const phone = newPhone();
    const row = { type: 'list_reply', list_reply: { id: '1', title: 'Stop' } };
    const form = { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Stop', response_json: '{' } };
    const messages = [row, form].map((content) => anyMessage({ from: { phone } }, 'interactive', content));
    await tell('messages', { messages });
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ opted_out_at: null });
  });

  test.each(['after', 'before'])(
    'into a message of before is left alone too; nothing is answered, and the edit may come %s the message',
    async (when) => {
      const phone = newPhone();
      const id = newWamid();
      const written = textChange(desk.dedicated, { from: { phone }, text: 'Stpo', id, at: agoSeconds(60) });
      const edited = edit({ from: { phone }, at: agoSeconds(30) }, id, 'STOP');
      const told = [written, changeOf(desk.dedicated, 'messages', { messages: [edited] })];
      for (const change of when === 'after' ? told : told.toReversed()) {
        await deliver(switchboard.url, envelope([change]));
        await switchboard.settle();
      }
      expect(await inbox(desk.owner).with(phone)).toMatchObject({ refuses_messages: true });
      expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual([]);
      expect(await ledger(desk.owner.organization.id)).toMatchObject([
        { identity_value: phone, message: null },
      ]);
    },
  );

  test('while another app answers is left alone from then on, and gets no confirmation from here', async () => {
    const phone = newPhone();
    const messages = [anyMessage({ from: { phone } }, 'text', { body: 'Stop' })];
    await tell('standby', { standby: { messages } });
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ refuses_messages: true });
    expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual([]);
  });

  test('in the past of a phone, or by the business itself, is no wish of now', async () => {
    const phone = newPhone();
    const old = {
      id: newWamid(),
      from: phone,
      timestamp: '1770000000',
      type: 'text',
      text: { body: 'STOP' },
    };
    const ours = echo({ from: { phone } }, 'text', { body: 'STOP' });
    await deliver(switchboard.url, envelope([historyOf(desk.dedicated, phone, [old])]));
    await tell('smb_message_echoes', { message_echoes: [ours] });
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ opted_out_at: null });
  });

  test('counts once, however often Meta delivers it', async () => {
    const phone = newPhone();
    const body = envelope([textChange(desk.dedicated, { from: { phone }, text: 'STOP' })]);
    await Promise.all([1, 2, 3].map(() => deliver(switchboard.url, body)));
    await switchboard.settle();
    expect(await ledger(desk.owner.organization.id)).toHaveLength(1);
    expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual(['opted_out']);
  });

  test('is known by a user id alone as well', async () => {
    const userId = newUserId();
    await say(desk.dedicated, { userId }, 'ARRÊT');
    expect(await sentTo(switchboard, desk.dedicated, userId)).toMatchObject([
      { kind: 'opted_out', state: 'accepted', request: { recipient: userId } },
    ]);
  });

  test('an old STOP that comes late does not undo a newer START, and is not confirmed', async () => {
    const phone = newPhone();
    await say(desk.dedicated, { phone }, 'START', agoSeconds(60));
    await say(desk.dedicated, { phone }, 'STOP', agoSeconds(3600));
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ opted_out_at: null });
    expect(await kindsSentTo(switchboard, desk.dedicated, phone)).toEqual([]);
    expect(await ledger(desk.owner.organization.id)).toHaveLength(2);
  });
});

test('a message that was queued before STOP is not sent after it', async () => {
  const phone = newPhone();
  await say(desk.dedicated, { phone }, 'Hello', agoSeconds(60));
  const { id } = await inbox(desk.owner).with(phone);
  await queryAsAdmin(switchboard.database, 'UPDATE waba_accounts SET connected = false WHERE user_id = $1', [
    desk.owner.user.id,
  ]);
  expect((await inbox(desk.owner).send(id, 'Too late')).status).toBe(202);
  await switchboard.settle();
  await say(desk.dedicated, { phone }, 'STOP', agoSeconds(5));
  await queryAsAdmin(switchboard.database, 'UPDATE waba_accounts SET connected = true WHERE user_id = $1', [
    desk.owner.user.id,
  ]);
  await queryAsAdmin(
    switchboard.database,
    'UPDATE outbox SET held_at = NULL, run_at = now() WHERE conversation_id = $1',
    [id],
  );
  await queryAsAdmin(switchboard.database, `SELECT pg_notify('switchboard_outbox', '')`, []);
  await switchboard.settle();
  const message = (await inbox(desk.owner).thread(id)).find(({ text }) => text === 'Too late');
  expect(message).toMatchObject({ status: 'failed', error: { code: 'outbound.opted_out' } });
});

test('STOP to one landlord on a central number counts for every landlord, and for no other business', async () => {
  const central = await desk.addCentralNumber();
  const lou = await hire(switchboard, desk.owner, 'Lou First');
  const sam = await hire(switchboard, desk.owner, 'Sam Second');
  const phone = newPhone();
  for (const landlord of [lou, sam]) await letTo(switchboard, landlord, phone);
  await takePart(switchboard, sam);
  await say(central, { phone }, 'To Sam', agoSeconds(60));
  await desk.disable(sam);
  await takePart(switchboard, lou);
  await say(central, { phone }, 'To Lou', agoSeconds(50));
  await queryAsAdmin(switchboard.database, 'UPDATE users SET disabled_at = NULL WHERE id = $1', [
    sam.user.id,
  ]);
  const elsewhere = await openRoutingDesk(switchboard);
  await say(elsewhere.dedicated, { phone }, 'To another business', agoSeconds(40));
  await say(central, { phone }, 'STOP', agoSeconds(10));
  expect(await desk.textsOf(lou)).toEqual(['To Lou', 'STOP', expect.stringContaining('START')]);
  expect(await desk.textsOf(sam)).toEqual(['To Sam']);
  for (const session of [lou, sam]) {
    const { id, refuses_messages } = await inbox(session).with(phone);
    expect(refuses_messages).toBe(true);
    expect((await inbox(session).send(id, 'But')).body).toMatchObject({ code: 'outbound.opted_out' });
  }
  expect(await inbox(elsewhere.owner).with(phone)).toMatchObject({ opted_out_at: null });
});

describe('the organization’s own words', () => {
  const path = '/api/v1/automatic-messages';
  const settings = {
    language: 'de',
    notice: { enabled: true, texts: {} },
    stop_words: ['Schluss jetzt'],
    start_words: ['Weiter'],
  };
  const put = (session: SessionAnswer, body: unknown) =>
    request(`${switchboard.url}${path}`, { method: 'PUT', token: session.access_token, body });

  test('count as STOP and START, in its language', async () => {
    expect((await put(desk.owner, settings)).status).toBe(200);
    const phone = newPhone();
    await say(desk.dedicated, { phone }, 'schluss jetzt!', agoSeconds(20));
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ refuses_messages: true });
    await say(desk.dedicated, { phone }, 'WEITER', agoSeconds(10));
    expect(await inbox(desk.owner).with(phone)).toMatchObject({ opted_out_at: null });
    expect((await sentTo(switchboard, desk.dedicated, phone)).map(({ text }) => text)).toEqual([
      expect.stringContaining('START'),
      expect.stringContaining('STOPP'),
    ]);
  });

  test('are the owner’s to change, everybody’s to read, and no other organization’s', async () => {
    const colleague = await hire(switchboard, desk.owner);
    expect((await put(colleague, settings)).status).toBe(403);
    await put(desk.owner, settings);
    const stranger = await registerOwner(switchboard.url);
    for (const [session, language] of [
      [colleague, 'de'],
      [stranger, 'en'],
    ] as const) {
      const { body } = await request(`${switchboard.url}${path}`, { token: session.access_token });
      expect(body).toMatchObject({ language });
    }
  });

  test.each([
    ['an unknown language', { ...settings, language: 'xx' }],
    ['an empty word', { ...settings, stop_words: [' '] }],
    ['a text in an unknown language', { ...settings, notice: { enabled: true, texts: { xx: 'Hm' } } }],
    ['a field that nobody knows', { ...settings, more: 1 }],
    ['too little', { language: 'de' }],
  ])('refuse %s', async (_, body) => expect((await put(desk.owner, body)).status).toBe(400));
});
