import fastify from 'fastify';
import { request } from 'node:http';
import { expect, test } from 'vitest';

import { createSimulator } from '../create-simulator.ts';
import { MARA, startScene } from '../test-support/business.ts';
import type { Scene } from '../test-support/business.ts';

async function control(
  scene: Scene,
  path: string,
  body?: unknown,
  method = 'POST',
): Promise<Record<string, unknown>> {
  const options = body === undefined ? {} : { method, body: JSON.stringify(body) };
  const answer = await fetch(`${scene.simulator.url}/control/${path}`, options);
  return (await answer.json()) as Record<string, unknown>;
}

const DEMO = {
  waba_id: '700100200300',
  phone_number_id: '700100200301',
  display_phone_number: '+49 40 5550 0177',
  name: 'Elbe Rentals',
  access_token: 'EAAdemoTokenThatStays',
};

test('declares an account; the same declaration again changes nothing', async () => {
  await using scene = await startScene();
  const made = await control(scene, 'accounts', DEMO);
  expect(made).toEqual({
    waba_id: DEMO.waba_id,
    phone_number_id: DEMO.phone_number_id,
    display_phone_number: '494055500177',
    access_token: DEMO.access_token,
    business_id: expect.stringMatching(/^\d+$/),
  });
  const before = await control(scene, 'accounts');
  expect(await control(scene, 'accounts', DEMO)).toEqual(made);
  expect(await control(scene, 'accounts')).toEqual(before);
  expect((await scene.graph(DEMO.waba_id, { token: DEMO.access_token })).status).toBe(200);
});

test('adds a second number to an account', async () => {
  await using scene = await startScene();
  await control(scene, 'accounts', DEMO);
  const { phone_number_id: second } = await control(scene, 'accounts', {
    ...DEMO,
    phone_number_id: '700100200302',
    display_phone_number: '+49 40 5550 0178',
  });
  const listed = await scene.graph(`${DEMO.waba_id}/phone_numbers`, { token: DEMO.access_token });
  expect(listed.json['data']).toMatchObject([{ id: DEMO.phone_number_id }, { id: second }]);
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['text', { text: 'hi' }, { text: { body: 'hi' } }],
  [
    'location',
    { latitude: 54.3, longitude: 10.1, place: 'Kiel' },
    { location: { latitude: 54.3, longitude: 10.1, name: 'Kiel' } },
  ],
  ['reaction', { emoji: '👍', reply_to: 'wamid.X' }, { reaction: { message_id: 'wamid.X', emoji: '👍' } }],
  ['button', { text: 'Yes', reply_id: 'yes' }, { button: { payload: 'yes', text: 'Yes' } }],
  [
    'button_reply',
    { text: 'Yes', reply_id: 'y', reply_to: 'wamid.X' },
    {
      type: 'interactive',
      context: { id: 'wamid.X' },
      interactive: { type: 'button_reply', button_reply: { id: 'y', title: 'Yes' } },
    },
  ],
  [
    'list_reply',
    { text: 'Small', reply_id: 's' },
    { type: 'interactive', interactive: { type: 'list_reply', list_reply: { id: 's', title: 'Small' } } },
  ],
  [
    'contacts',
    { message: { contacts: [{ name: { formatted_name: 'Ole' } }] } },
    { type: 'contacts', contacts: [{ name: { formatted_name: 'Ole' } }] },
  ],
  ['unsupported', {}, { type: 'unsupported', errors: [{ code: 131051 }] }],
  [
    'order',
    { message: { order: { catalog_id: '5', product_items: [] } } },
    { type: 'order', order: { catalog_id: '5' } },
  ],
])('sends an inbound %s in the shape of its type', async (type, input, expected) => {
  await using scene = await startScene();
  await control(scene, 'inbound', {
    phone_number_id: scene.account.phone_number_id,
    from: MARA,
    type,
    ...input,
  });
  await scene.simulator.idle();
  expect(scene.business.values()[0]?.messages?.[0]).toMatchObject(expected);
});

test('puts a past onto the phone once, without webhooks, with the window that it leaves open', async () => {
  await using scene = await startScene();
  const { control: simulator } = scene.simulator;
  const past = (hoursAgo: number) => ({
    phone_number_id: scene.account.phone_number_id,
    customer: MARA,
    messages: [
      {
        id: `wamid.past${hoursAgo}`,
        direction: 'inbound' as const,
        text: 'long ago',
        at: Date.now() - hoursAgo * 3_600_000,
        status: 'read' as const,
      },
    ],
  });
  expect(simulator.importChat(past(25))).toBe(1);
  await scene.sendText('closed');
  expect(simulator.importChat(past(1))).toBe(1);
  expect(simulator.importChat(past(1))).toBe(0);
  await scene.sendText('open');
  await scene.simulator.idle();
  expect(scene.statuses().toSorted()).toEqual(['delivered', 'failed', 'read', 'sent']);
  expect(scene.business.values().every((value) => value.messages === undefined)).toBe(true);
});

test('tells what is wrong with a request', async () => {
  await using scene = await startScene();
  expect(await control(scene, 'inbound', { phone_number_id: '1', from: MARA, text: 'x' })).toEqual({
    error: 'There is no number 1.',
  });
  expect(await control(scene, 'inbound', { phone_number_id: '1', text: 'x' })).toMatchObject({
    error: expect.stringContaining('`from`'),
  });
});

test('lists acceptances with their status history, and deliveries with their answers', async () => {
  await using scene = await startScene();
  await control(scene, 'inbound', { phone_number_id: scene.account.phone_number_id, from: MARA, text: 'hi' });
  await scene.sendText('Hello', { biz_opaque_callback_data: 'row-9' });
  await scene.simulator.idle();
  const ledger = await control(scene, `messages?phone_number_id=${scene.account.phone_number_id}`);
  expect(ledger['data']).toMatchObject([
    {
      id: expect.stringMatching(/^wamid\./),
      biz_opaque_callback_data: 'row-9',
      body: { text: { body: 'Hello' } },
      accepted_at: expect.stringMatching(/Z$/),
      statuses: [{ status: 'accepted' }, { status: 'sent' }, { status: 'delivered' }, { status: 'read' }],
    },
  ]);
  const deliveries = await control(scene, 'deliveries?limit=2');
  expect(deliveries['data']).toMatchObject([
    { about: 'status delivered', status: 200, try: 1 },
    { about: 'status read', status: 200, try: 1 },
  ]);
});

test('streams what happens to watchers', async () => {
  await using scene = await startScene();
  const stop = new AbortController();
  const stream = await fetch(`${scene.simulator.url}/control/events`, { signal: stop.signal });
  expect(stream.headers.get('content-type')).toContain('text/event-stream');
  await control(scene, 'inbound', {
    phone_number_id: scene.account.phone_number_id,
    from: MARA,
    text: 'live',
  });
  let text = '';
  for await (const chunk of stream.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('event: delivery')) break;
  }
  stop.abort();
  expect(text).toContain('event: ready');
  expect(text).toMatch(/event: message\ndata: .*"live"/);
});

test('forgets messages but keeps accounts, or forgets all', async () => {
  await using scene = await startScene();
  await control(scene, 'inbound', { phone_number_id: scene.account.phone_number_id, from: MARA, text: 'hi' });
  await control(scene, 'reset', {});
  expect(await control(scene, 'messages?direction=all')).toEqual({ data: [] });
  expect((await control(scene, 'accounts'))['data']).toHaveLength(1);
  await control(scene, 'reset', { all: true });
  expect(await control(scene, 'accounts')).toEqual({ data: [] });
});

test('shows no message on the phone that never reached it', async () => {
  await using scene = await startScene();
  await scene.sendText('outside the window');
  await scene.simulator.idle();
  expect(scene.simulator.control.chats({})).toEqual([]);
});

test('serves the phone under a strict policy, and nothing beside its files', async () => {
  await using scene = await startScene();
  for (const path of ['phone', 'phone/', 'phone/phone.js', 'phone/phone.css']) {
    const answer = await fetch(`${scene.simulator.url}/${path}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
  }
  const html = await (await fetch(`${scene.simulator.url}/phone`)).text();
  expect(html).toContain('src="/simulator/phone/phone.js"');
  expect(html).not.toMatch(/<script>|<style|style=|onclick=/);
  expect((await fetch(`${scene.simulator.url}/phone/..%2foptions.ts`)).status).toBe(404);
});

test('refuses what a page of another site asks for', async () => {
  await using scene = await startScene();
  const answer = await fetch(`${scene.simulator.url}/control/reset`, {
    method: 'POST',
    headers: { 'sec-fetch-site': 'cross-site' },
    body: '{"all":true}',
  });
  expect(answer.status).toBe(403);
  expect(scene.simulator.control.accounts()).toHaveLength(1);
});

/** fetch sets the Host header itself; only a request by hand can send another. */
function statusUnder(scene: Scene, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${scene.simulator.url}/control/accounts`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test("refuses a stranger's name that was pointed at this machine, also for reading", async () => {
  await using scene = await startScene({ publicHosts: ['desk.example.test'] });
  for (const host of ['localhost:3000', '127.0.0.1', '[::1]:3000', 'switchboard', 'Desk.example.test'])
    expect([host, await statusUnder(scene, host)]).toEqual([host, 200]);
  for (const host of ['rebind.example', 'desk.example.test.evil.example', '127.0.0.1.evil.example:3000'])
    expect([host, await statusUnder(scene, host)]).toEqual([host, 403]);
});

test('declares its routes as public and hidden, and leaves the JSON parser of its host alone', async () => {
  const simulator = createSimulator({
    appId: '1',
    appSecret: 's',
    verifyToken: 'v',
    webhookUrl: 'http://127.0.0.1:9/none',
    stateFile: null,
  });
  const host = fastify();
  const routes: { url: string; config?: object; schema?: object }[] = [];
  host.addHook('onRoute', (route) => void routes.push(route));
  await host.register(simulator.plugin, { prefix: '/simulator' });
  host.post('/echo', (request) => request.body);
  const echo = await host.inject({ method: 'POST', url: '/echo', payload: { a: 1 } });
  expect(echo.json()).toEqual({ a: 1 });
  const own = routes.filter((route) => route.url.startsWith('/simulator'));
  expect(own.length).toBeGreaterThan(20);
  for (const route of own) {
    expect(route.config).toMatchObject({ access: 'public' });
    expect(route.schema).toMatchObject({ hide: true });
  }
  await host.close();
});

test('where others reach it, it wants its token: as a header, or as the cookie that the phone page is given', async () => {
  await using scene = await startScene({ controlToken: 'the-token-of-this-simulator' });
  const { url } = scene.simulator;
  const ask = async (path: string, headers: Record<string, string> = {}) =>
    (await fetch(`${url}/control/${path}`, { headers, signal: AbortSignal.timeout(5_000) })).status;
  for (const path of ['accounts', 'chats', 'events', 'media/1', 'deliveries'])
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { cookie: 'simulator_control=wrong' }])
      expect(await ask(path, headers), path).toBe(401);
  expect((await fetch(`${url}/%63ontrol/accounts`)).status).toBe(401);
  const enter = (body: string) => fetch(`${url}/control/session`, { method: 'POST', body });
  for (const body of ['', '{}', 'null', '{"token":7}', '{"token":"wrong"}'])
    expect((await enter(body)).status, body).toBe(401);
  const entered = await enter(JSON.stringify({ token: 'the-token-of-this-simulator' }));
  const cookie = entered.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/; Path=\/simulator\/control\/; HttpOnly; SameSite=Strict$/);
  expect(await ask('accounts', { cookie: cookie.split(';', 1)[0] ?? '' })).toBe(200);
  expect(await ask('accounts', { authorization: 'Bearer the-token-of-this-simulator' })).toBe(200);
  // The page itself holds nothing, and Graph has tokens of its own.
  expect((await fetch(`${url}/phone`)).status).toBe(200);
  expect((await scene.graph(scene.account.waba_id, { token: scene.account.access_token })).status).toBe(200);
});
