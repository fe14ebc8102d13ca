import { expect, test } from 'vitest';

import { MARA, errorOf, startBusiness, startScene } from '../test-support/business.ts';
import type { Scene } from '../test-support/business.ts';

const write = (scene: Scene) =>
  scene.simulator.control.inbound({ phone_number_id: scene.account.phone_number_id, from: MARA, text: 'hi' });

test('sends messages to the override of the number, else of the account, else to the app', async () => {
  await using scene = await startScene();
  const elsewhere = await startBusiness();
  const subscribe = (body: object) =>
    scene.graph(`${scene.account.waba_id}/subscribed_apps`, { method: 'POST', body });
  const address = (path: string) => elsewhere.url.replace('/webhook', path);
  expect(
    (await subscribe({ override_callback_uri: address('/account'), verify_token: 'verify-me' })).json,
  ).toEqual({ success: true });
  write(scene);
  await scene.simulator.idle();
  await scene.graph(scene.account.phone_number_id, {
    method: 'POST',
    body: { webhook_configuration: { override_callback_uri: address('/number'), verify_token: 'verify-me' } },
  });
  write(scene);
  await scene.simulator.idle();
  expect(elsewhere.deliveries.map((one) => one.path)).toEqual(['/account', '/number']);
  const shown = await scene.graph(`${scene.account.phone_number_id}?fields=webhook_configuration`);
  expect(shown.json['webhook_configuration']).toEqual({
    phone_number: address('/number'),
    whatsapp_business_account: address('/account'),
    application: scene.business.url,
  });
  await scene.graph(scene.account.phone_number_id, {
    method: 'POST',
    body: { webhook_configuration: { override_callback_uri: '' } },
  });
  await subscribe({});
  write(scene);
  await scene.simulator.idle();
  expect(scene.business.deliveries).toHaveLength(1);
  await elsewhere.close();
});

test('sends account fields to the app even when the account has an override', async () => {
  await using scene = await startScene();
  const elsewhere = await startBusiness();
  await scene.graph(`${scene.account.waba_id}/subscribed_apps`, {
    method: 'POST',
    body: { override_callback_uri: elsewhere.url, verify_token: 'verify-me' },
  });
  scene.simulator.control.accountEvent({
    waba_id: scene.account.waba_id,
    field: 'account_review_update',
    value: { decision: 'APPROVED' },
  });
  await scene.simulator.idle();
  expect(elsewhere.deliveries).toEqual([]);
  expect(scene.business.deliveries[0]?.json.entry[0]).toMatchObject({
    id: scene.account.waba_id,
    time: expect.any(Number),
    changes: [{ field: 'account_review_update', value: { decision: 'APPROVED' } }],
  });
  await elsewhere.close();
});

test('refuses an override whose handshake fails, or that leads to another machine', async () => {
  await using scene = await startScene();
  for (const [uri, token] of [
    [scene.business.url, 'not the token'],
    ['https://other.example/hook', 'verify-me'],
  ]) {
    const answer = await scene.graph(`${scene.account.waba_id}/subscribed_apps`, {
      method: 'POST',
      body: { override_callback_uri: uri, verify_token: token },
    });
    expect([answer.status, errorOf(answer)['code']]).toEqual([400, 100]);
  }
  expect(scene.business.deliveries).toEqual([]);
});

test('is silent while no app is subscribed', async () => {
  await using scene = await startScene();
  const path = `${scene.account.waba_id}/subscribed_apps`;
  expect((await scene.graph(path)).json['data']).toHaveLength(1);
  await scene.graph(path, { method: 'DELETE' });
  expect((await scene.graph(path)).json['data']).toEqual([]);
  write(scene);
  await scene.simulator.idle();
  expect(scene.business.deliveries).toEqual([]);
});
