import { expect, test } from 'vitest';

import { MARA, errorOf, startScene, wamidOf } from '../test-support/business.ts';
import type { Scene } from '../test-support/business.ts';

async function afterInbound(options?: Parameters<typeof startScene>[0]): Promise<Scene> {
  const scene = await startScene(options);
  scene.simulator.control.inbound({
    phone_number_id: scene.account.phone_number_id,
    from: MARA,
    name: 'Mara',
    text: 'hi',
  });
  return scene;
}

test('accepts a text and then tells sent, delivered and read, each with the callback data', async () => {
  await using scene = await afterInbound();
  const answer = await scene.sendText('Hello', { biz_opaque_callback_data: 'outbox-17' });
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    messaging_product: 'whatsapp',
    contacts: [{ input: MARA, wa_id: '4915155501234' }],
    messages: [{ id: expect.stringMatching(/^wamid\./) }],
  });
  await scene.simulator.idle();
  expect(scene.statuses()).toEqual(['sent', 'delivered', 'read']);
  for (const status of scene.business.values().flatMap((value) => value.statuses ?? []))
    expect(status).toMatchObject({
      id: wamidOf(answer),
      recipient_id: '4915155501234',
      biz_opaque_callback_data: 'outbox-17',
      timestamp: expect.stringMatching(/^\d{10}$/),
    });
  const [entry] = scene.simulator.control.messages();
  expect(entry).toMatchObject({ id: wamidOf(answer), status: 'read', body: { text: { body: 'Hello' } } });
});

test('lays the wamid out as real ones are', async () => {
  await using scene = await afterInbound();
  const bytes = Buffer.from(wamidOf(await scene.sendText('x')).slice('wamid.'.length), 'base64');
  expect([...bytes.subarray(0, 3)]).toEqual([0x1c, 0x18, 13]);
  expect(bytes.subarray(3, 16).toString()).toBe('4915155501234');
  expect([...bytes.subarray(16, 21)]).toEqual([0x15, 0x02, 0x00, 0x11, 0x18]);
  expect(bytes.at(-1)).toBe(0);
});

test('accepts free text outside the window and fails it later with 131047', async () => {
  await using scene = await startScene();
  expect((await scene.sendText('too late')).status).toBe(200);
  await scene.simulator.idle();
  const [failed] = scene.business.values().flatMap((value) => value.statuses ?? []);
  expect(failed).toMatchObject({
    status: 'failed',
    errors: [{ code: 131047, title: 'Re-engagement message' }],
  });
  expect(scene.business.values()[0]).not.toHaveProperty('contacts');
});

test('closes the window 24 hours after the last message of the customer', async () => {
  let now = Date.now();
  await using scene = await afterInbound({ clock: { now: () => new Date(now) } });
  now += 24 * 3_600_000 - 1;
  await scene.sendText('in time');
  await scene.simulator.idle();
  now += 1;
  await scene.sendText('too late');
  await scene.simulator.idle();
  expect(scene.statuses()).toEqual(['sent', 'delivered', 'read', 'failed']);
});

test('sends templates at any time, and checks name and parameters', async () => {
  await using scene = await startScene();
  const send = (template: object) =>
    scene.graph(`${scene.account.phone_number_id}/messages`, {
      method: 'POST',
      body: { messaging_product: 'whatsapp', to: MARA, type: 'template', template },
    });
  const language = { code: 'en' };
  const body = { type: 'body', parameters: [{ type: 'text', text: 'Mara' }] };
  const good = await send({ name: 'pick_up_conversation', language, components: [body] });
  expect(good.json['messages']).toEqual([{ id: expect.any(String), message_status: 'accepted' }]);
  const unknown = await send({ name: 'no_such_template', language });
  expect([unknown.status, errorOf(unknown)['code']]).toEqual([404, 132001]);
  const few = await send({ name: 'pick_up_conversation', language });
  expect(errorOf(few)).toMatchObject({
    code: 132000,
    error_data: {
      details: 'body: number of localizable_params (0) does not match the expected number of params (1)',
    },
  });
});

test('answers a person by user id, without a number', async () => {
  await using scene = await startScene();
  const { control } = scene.simulator;
  control.inbound({
    phone_number_id: scene.account.phone_number_id,
    from: 'DE.4711',
    name: 'Ole',
    text: 'hi',
  });
  const answer = await scene.sendText('Hello Ole', { to: undefined, recipient: 'DE.4711' });
  expect(answer.json['contacts']).toEqual([{ input: 'DE.4711', user_id: 'DE.4711' }]);
  await scene.simulator.idle();
  const sent = scene.business.values().find((value) => value.statuses)?.statuses?.[0];
  expect(sent).toMatchObject({ recipient_user_id: 'DE.4711' });
  expect(Object.keys(sent ?? {})).not.toContain('recipient_id');
});

const button = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
const buttons = (...list: object[]) => ({
  type: 'interactive',
  interactive: { type: 'button', body: { text: 'Choose' }, action: { buttons: list } },
});

test.each<[string, Record<string, unknown>, number]>([
  ['a missing product', { messaging_product: undefined }, 100],
  ['a missing recipient', { to: undefined }, 100],
  ['an impossible recipient', { to: 'nobody' }, 131009],
  ['an unknown type', { type: 'telegram' }, 100],
  ['a missing body', { text: undefined }, 131008],
  ['an empty text', { text: { body: ' ' } }, 100],
  ['a text of 4,097 characters', { text: { body: 'x'.repeat(4097) } }, 100],
  ['callback data of 513 characters', { biz_opaque_callback_data: 'x'.repeat(513) }, 100],
  ['a medium without id and link', { type: 'image', image: {} }, 100],
  ['a medium of nobody', { type: 'image', image: { id: '1234' } }, 100],
  ['four buttons', buttons(...['a', 'b', 'c', 'd'].map((id) => button(id, id))), 131009],
  ['a button title of 21 characters', buttons(button('a', 'x'.repeat(21))), 131009],
  ['equal button titles', buttons(button('a', 'Same'), button('b', 'Same')), 131009],
])('refuses %s', async (_name, change, code) => {
  await using scene = await afterInbound();
  const answer = await scene.sendText('Hello', change);
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toMatchObject({ code, type: 'OAuthException', fbtrace_id: expect.any(String) });
  expect(scene.simulator.control.messages()).toEqual([]);
});

test('refuses to write to itself', async () => {
  await using scene = await startScene();
  const answer = await scene.sendText('me', { to: `+${scene.account.display_phone_number}` });
  expect(errorOf(answer)['code']).toBe(131021);
});

test('marks as read, with the earlier messages, and shows typing to the phone', async () => {
  await using scene = await afterInbound();
  const last = scene.simulator.control.inbound({
    phone_number_id: scene.account.phone_number_id,
    from: MARA,
    text: 'hello?',
  });
  await scene.simulator.idle();
  const seen: unknown[] = [];
  scene.simulator.control.watch((event) => {
    if (event.type === 'typing') seen.push(event.data);
  });
  const answer = await scene.graph(`${scene.account.phone_number_id}/messages`, {
    method: 'POST',
    body: {
      messaging_product: 'whatsapp',
      status: 'read',
      message_id: last.id,
      typing_indicator: { type: 'text' },
    },
  });
  expect(answer.json).toEqual({ success: true });
  const chat = scene.simulator.control.chat(scene.account.phone_number_id, '4915155501234');
  expect(chat.map((message) => message['status'])).toEqual(['read', 'read']);
  expect(seen).toEqual([
    { phone_number_id: scene.account.phone_number_id, customer: '4915155501234', typing: true },
  ]);
});

test('is read as soon as the phone shows the chat, even when nothing is read by itself', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({ auto_read: false });
  await scene.sendText('look');
  await scene.simulator.idle();
  expect(scene.statuses()).toEqual(['sent', 'delivered']);
  scene.simulator.control.readChat(scene.account.phone_number_id, '4915155501234');
  await scene.simulator.idle();
  expect(scene.statuses()).toEqual(['sent', 'delivered', 'read']);
});
