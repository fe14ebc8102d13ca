import { expect, test } from 'vitest';

import { MARA, errorOf, startScene } from '../test-support/business.ts';
import type { GraphAnswer } from '../test-support/business.ts';

type Page = { data: { id: string }[]; paging?: { cursors: { after: string }; next?: string } };

test('pages through the numbers of an account without losing or repeating one', async () => {
  await using scene = await startScene();
  const { waba_id: waba } = scene.account;
  for (let index = 0; index < 6; index += 1)
    await scene.graph(`${waba}/phone_numbers`, {
      method: 'POST',
      body: { cc: '49', phone_number: `30555501${index}0`, verified_name: 'More' },
    });
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const page = (await scene.graph(`${waba}/phone_numbers?fields=id,status&limit=3&after=${after}`))
      .json as unknown as Page;
    seen.push(...page.data.map((row) => row.id));
    if (!page.paging?.next) break;
    after = page.paging.cursors.after;
  }
  expect(seen).toHaveLength(7);
  expect(new Set(seen).size).toBe(7);
  expect(errorOf(await scene.graph(`${waba}/phone_numbers?after=nonsense`))['code']).toBe(131059);
});

test('shows the number formatted, and only the fields asked for', async () => {
  await using scene = await startScene();
  const answer = await scene.graph(
    `${scene.account.phone_number_id}?fields=display_phone_number,quality_rating`,
  );
  expect(answer.json).toEqual({
    display_phone_number: expect.stringMatching(/^\+49 \d+/),
    quality_rating: 'GREEN',
    id: scene.account.phone_number_id,
  });
});

test('works under any version and without one', async () => {
  await using scene = await startScene();
  const headers = { authorization: `Bearer ${scene.account.access_token}` };
  for (const prefix of ['', '/v19.0', '/v26.0']) {
    const answer = await fetch(`${scene.simulator.graphUrl}${prefix}/${scene.account.waba_id}`, { headers });
    expect(((await answer.json()) as { id: string }).id).toBe(scene.account.waba_id);
  }
});

test('registers a number with its PIN only, and lets it send only then', async () => {
  await using scene = await startScene();
  const { phone_number_id: phone } = scene.account;
  const post = (edge: string, body: object = {}) => scene.graph(`${phone}/${edge}`, { method: 'POST', body });
  const register = (pin: string) => post('register', { messaging_product: 'whatsapp', pin });
  expect((await register('123456')).json).toEqual({ success: true });
  expect((await post('deregister')).json).toEqual({ success: true });
  expect(errorOf(await scene.sendText('hi'))['code']).toBe(133010);
  expect(errorOf(await register('654321'))['code']).toBe(133005);
  expect(errorOf(await register('12'))['code']).toBe(100);
  await register('123456');
  expect((await scene.sendText('hi')).status).toBe(200);
});

test('lists the accounts that were shared with the app', async () => {
  await using scene = await startScene();
  const answer = await scene.graph(`${scene.account.business_id}/client_whatsapp_business_accounts`);
  expect(answer.json['data']).toEqual([expect.objectContaining({ id: scene.account.waba_id })]);
});

function upload(bytes: Uint8Array<ArrayBuffer>, type: string): FormData {
  const form = new FormData();
  form.set('messaging_product', 'whatsapp');
  form.set('file', new Blob([bytes], { type }), 'bike.png');
  return form;
}

test('takes a medium, gives it back for five minutes to whoever has the token, and deletes it', async () => {
  let now = Date.now();
  await using scene = await startScene({ clock: { now: () => new Date(now) } });
  const bytes = Uint8Array.from({ length: 3_000 }, (_, index) => index % 251);
  const made = await scene.graph(`${scene.account.phone_number_id}/media`, {
    method: 'POST',
    body: upload(bytes, 'image/png'),
  });
  const id = String(made.json['id']);
  const shown = await scene.graph(id);
  expect(shown.json).toMatchObject({
    messaging_product: 'whatsapp',
    mime_type: 'image/png',
    file_size: '3000',
    id,
  });
  const url = String(shown.json['url']);
  const authorization = `Bearer ${scene.account.access_token}`;
  const good = await fetch(url, { headers: { authorization } });
  expect(Buffer.from(await good.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
  expect((await fetch(url)).status).toBe(401);
  now += 300_000;
  expect((await fetch(url, { headers: { authorization } })).status).toBe(404);
  expect((await scene.graph(id, { method: 'DELETE' })).json).toEqual({ success: true });
  expect(errorOf(await scene.graph(id))).toMatchObject({ code: 100, error_subcode: 33 });
});

test('refuses media of a foreign type or size', async () => {
  await using scene = await startScene();
  const post = (body: FormData): Promise<GraphAnswer> =>
    scene.graph(`${scene.account.phone_number_id}/media`, { method: 'POST', body });
  expect(errorOf(await post(upload(new Uint8Array(10), 'image/tiff')))['code']).toBe(100);
  expect(errorOf(await post(upload(new Uint8Array(5 * 1024 * 1024 + 1), 'image/png')))['code']).toBe(100);
});

test('puts media of a customer into the webhook with an address to fetch them from', async () => {
  await using scene = await startScene();
  const { control, url } = scene.simulator;
  const { phone_number_id: phone } = scene.account;
  const posted = await fetch(`${url}/control/media?phone_number_id=${phone}&filename=a.png`, {
    method: 'POST',
    headers: { 'content-type': 'image/png' },
    body: 'png bytes',
  });
  const { id } = (await posted.json()) as { id: string };
  control.inbound({ phone_number_id: phone, from: MARA, type: 'image', media_id: id, text: 'look' });
  await scene.simulator.idle();
  const image = scene.business.values()[0]?.messages?.[0]?.['image'] as Record<string, string>;
  expect(image).toMatchObject({ id, mime_type: 'image/png', caption: 'look' });
  const headers = { authorization: `Bearer ${scene.account.access_token}` };
  expect(await (await fetch(image['url'] ?? '', { headers })).text()).toBe('png bytes');
});

test('reviews a new template, tells so, and lists it', async () => {
  await using scene = await startScene();
  const path = `${scene.account.waba_id}/message_templates`;
  const body = {
    name: 'rent_due',
    language: 'en',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Your rent of {{1}} is due.' }],
  };
  const decided = new Promise<void>((resolve) => {
    scene.simulator.control.watch((event) => event.type === 'delivery' && resolve());
  });
  const made = await scene.graph(path, { method: 'POST', body });
  expect(made.json).toEqual({ id: expect.any(String), status: 'PENDING', category: 'UTILITY' });
  await decided;
  const change = scene.business.deliveries[0]?.json.entry[0]?.changes[0];
  expect(change).toMatchObject({
    field: 'message_template_status_update',
    value: { event: 'APPROVED', message_template_name: 'rent_due' },
  });
  const listed = await scene.graph(`${path}?name=rent_due`);
  expect(listed.json['data']).toMatchObject([{ name: 'rent_due', status: 'APPROVED' }]);
  expect(errorOf(await scene.graph(path, { method: 'POST', body }))['error_subcode']).toBe(2388024);
  expect((await scene.graph(`${path}?name=rent_due`, { method: 'DELETE' })).json).toEqual({ success: true });
});
