import { expect, test } from 'vitest';

import { MARA, errorOf, startScene } from '../test-support/business.ts';

const DAY_MS = 86_400_000;

test('sends the contacts and chats of the WhatsApp Business app once each, and only of a number that is there', async () => {
  await using scene = await startScene();
  const { account, simulator, business } = scene;
  const { phone_number_id: phone } = account;
  const ask = (sync_type: string) =>
    scene.graph(`${phone}/smb_app_data`, {
      method: 'POST',
      body: { messaging_product: 'whatsapp', sync_type },
    });
  expect(errorOf(await ask('history'))['code']).toBe(100);
  simulator.control.declareAccount({ phone_number_id: phone, on_biz_app: true });
  simulator.control.inbound({ phone_number_id: phone, from: MARA, name: 'Mara', text: 'From before' });
  expect((await ask('smb_app_state_sync')).json).toMatchObject({ messaging_product: 'whatsapp' });
  expect((await ask('history')).json).toMatchObject({ request_id: expect.any(String) as string });
  expect(errorOf(await ask('history'))['code']).toBe(2593107);
  expect(errorOf(await ask('everything'))['code']).toBe(100);
  await simulator.idle();
  const told = business.deliveries.flatMap(({ json }) => json.entry.flatMap(({ changes }) => changes));
  const of = (field: string) => told.filter((change) => change.field === field).map(({ value }) => value);
  expect(of('smb_app_state_sync')).toMatchObject([
    { state_sync: [{ type: 'contact', action: 'add', contact: { full_name: 'Mara' } }] },
  ]);
  expect(of('history')).toMatchObject([
    { history: [{ threads: [{ messages: [{ type: 'text', text: { body: 'From before' } }] }] }] },
  ]);
});

test('is too late a day after onboarding', async () => {
  let now = Date.now();
  await using scene = await startScene({ clock: { now: () => new Date(now) } });
  const { phone_number_id: phone } = scene.account;
  scene.simulator.control.declareAccount({ phone_number_id: phone, on_biz_app: true });
  now += DAY_MS + 1_000;
  const body = { messaging_product: 'whatsapp', sync_type: 'history' };
  const late = await scene.graph(`${phone}/smb_app_data`, { method: 'POST', body });
  expect(errorOf(late)['code']).toBe(2593108);
});
