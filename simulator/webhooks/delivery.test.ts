import { expect, test } from 'vitest';

import { APP_SECRET, MARA, startScene } from '../test-support/business.ts';
import type { Scene } from '../test-support/business.ts';
import { signBody } from './sign.ts';

function write(scene: Scene, text: string, from = MARA): void {
  scene.simulator.control.inbound({
    phone_number_id: scene.account.phone_number_id,
    from,
    name: 'Mara',
    text,
  });
}

const textsOf = (scene: Scene): unknown[] =>
  scene.business
    .values()
    .flatMap((value) => value.messages ?? [])
    .map((message) => (message['text'] as { body: string }).body);

test('delivers an inbound text in the documented envelope, signed over its raw bytes', async () => {
  await using scene = await startScene();
  write(scene, 'Grüße aus Kiel');
  await scene.simulator.idle();
  const [delivery] = scene.business.deliveries;
  expect(delivery?.signature).toBe(signBody(delivery?.body ?? '', APP_SECRET));
  expect(delivery?.json).toEqual({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: scene.account.waba_id,
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: {
                display_phone_number: scene.account.display_phone_number,
                phone_number_id: scene.account.phone_number_id,
              },
              contacts: [
                {
                  profile: { name: 'Mara' },
                  wa_id: '4915155501234',
                  user_id: expect.stringMatching(/^DE\.\d+$/),
                },
              ],
              messages: [
                {
                  from: '4915155501234',
                  from_user_id: expect.stringMatching(/^DE\.\d+$/),
                  id: expect.stringMatching(/^wamid\./),
                  timestamp: expect.stringMatching(/^\d{10}$/),
                  type: 'text',
                  text: { body: 'Grüße aus Kiel' },
                },
              ],
            },
          },
        ],
      },
    ],
  });
});

test('tries again after 503 with the same bytes until it hears 200', async () => {
  await using scene = await startScene();
  scene.business.answers.push(503, 500, 302);
  write(scene, 'still there?');
  await scene.simulator.idle();
  const bodies = scene.business.deliveries.map((one) => one.body.toString());
  expect(bodies).toHaveLength(4);
  expect(new Set(bodies).size).toBe(1);
  expect(scene.simulator.control.deliveries().map((one) => [one.try, one.status])).toEqual([
    [1, 503],
    [2, 500],
    [3, 302],
    [4, 200],
  ]);
});

test('gives up after its time', async () => {
  await using scene = await startScene({ timing: { giveUpAfter: 0 } });
  scene.business.answers.push(500);
  write(scene, 'lost');
  await scene.simulator.idle();
  expect(scene.business.deliveries).toHaveLength(1);
});

test('keeps the order of one number even when the business is slow to answer', async () => {
  await using scene = await startScene();
  const texts = Array.from({ length: 40 }, (_, index) => `message ${index}`);
  for (const text of texts) write(scene, text);
  await scene.simulator.idle();
  expect(textsOf(scene)).toEqual(texts);
});

test('delivers twice when told to', async () => {
  await using scene = await startScene();
  scene.simulator.control.setFaults({ webhooks: { duplicate: 1 } });
  write(scene, 'twice');
  await scene.simulator.idle();
  expect(textsOf(scene)).toEqual(['twice', 'twice']);
});

test('holds, turns the order round, and batches many updates of several accounts into one POST', async () => {
  await using scene = await startScene();
  const other = scene.simulator.control.declareAccount({ name: 'Lindenhof' });
  scene.simulator.control.setFaults({ webhooks: { hold: true, reorder: true, batch_size: 1000 } });
  for (const text of ['one', 'two', 'three']) write(scene, text);
  scene.simulator.control.inbound({ phone_number_id: other.phone_number_id, from: MARA, text: 'elsewhere' });
  await scene.simulator.idle();
  expect(scene.business.deliveries).toHaveLength(0);
  scene.simulator.control.setFaults({ webhooks: { hold: false } });
  await scene.simulator.idle();
  expect(scene.business.deliveries).toHaveLength(1);
  expect(textsOf(scene)).toEqual(['three', 'two', 'one', 'elsewhere']);
  expect(scene.business.deliveries[0]?.json.entry.map((entry) => entry.id)).toEqual([
    scene.account.waba_id,
    other.waba_id,
  ]);
});

test('escapes and adds unknown fields when told to, still signed over what is sent', async () => {
  await using scene = await startScene();
  scene.simulator.control.setFaults({ webhooks: { escape_unicode: true, unknown_fields: true } });
  write(scene, 'Grüße');
  await scene.simulator.idle();
  const [delivery] = scene.business.deliveries;
  expect(delivery?.body.toString()).toContain('Gr\\u00fc\\u00dfe');
  expect(delivery?.body.toString()).toContain('tomorrow');
  expect(delivery?.signature).toBe(signBody(delivery?.body ?? '', APP_SECRET));
});

test('leaves the number out for people known by username only', async () => {
  await using scene = await startScene();
  scene.simulator.control.inbound({
    phone_number_id: scene.account.phone_number_id,
    from: MARA,
    name: 'Mara',
    username: 'mara.l',
    hide_phone: true,
    text: 'hi',
  });
  await scene.simulator.idle();
  const [value] = scene.business.values();
  expect(Object.keys(value?.messages?.[0] ?? {})).not.toContain('from');
  expect(Object.keys(value?.contacts?.[0] ?? {})).not.toContain('wa_id');
  expect(value?.contacts?.[0]?.['profile']).toEqual({ name: 'Mara', username: 'mara.l' });
});

test('posts a raw body once, with a wrong or missing signature on demand', async () => {
  await using scene = await startScene();
  const body = '{"object": "whatsapp_business_account", "entry": []}';
  await scene.simulator.control.webhook({ body });
  await scene.simulator.control.webhook({ body, signature: 'wrong' });
  const none = await scene.simulator.control.webhook({ body, signature: 'none' });
  const [valid, wrong, missing] = scene.business.deliveries;
  expect(valid?.body.toString()).toBe(body);
  expect(valid?.signature).toBe(signBody(body, APP_SECRET));
  expect(wrong?.signature).not.toBe(valid?.signature);
  expect(missing?.signature).toBe('undefined');
  expect(none.status).toBe(200);
});
