import { expect, test, vi } from 'vitest';

import { MARA, errorOf, startScene } from '../test-support/business.ts';
import type { Scene } from '../test-support/business.ts';

async function afterInbound(): Promise<Scene> {
  const scene = await startScene();
  scene.simulator.control.inbound({ phone_number_id: scene.account.phone_number_id, from: MARA, text: 'hi' });
  await scene.simulator.idle();
  return scene;
}

test('answers the next sends with the ordered error, and then is well again', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({ sends: [{ kind: 'graph_error', code: 131056, times: 2 }] });
  const answers = [await scene.sendText('a'), await scene.sendText('b'), await scene.sendText('c')];
  expect(answers.map((one) => errorOf(one)['code'])).toEqual([131056, 131056, undefined]);
  expect(scene.simulator.control.messages()).toHaveLength(1);
});

test('drops the connection after it has accepted, so that the sender cannot know', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({ sends: [{ kind: 'drop' }] });
  await expect(scene.sendText('gone', { biz_opaque_callback_data: 'find-me' })).rejects.toThrow();
  await scene.simulator.idle();
  expect(scene.simulator.control.messages({ biz_opaque_callback_data: 'find-me' })).toHaveLength(1);
  expect(scene.statuses()).toEqual(['sent', 'delivered', 'read']);
});

test('drops the connection before it has accepted', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({ sends: [{ kind: 'drop_before' }] });
  await expect(scene.sendText('gone')).rejects.toThrow();
  expect(scene.simulator.control.messages()).toEqual([]);
});

test('answers 200 without an id, HTML, or any status', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({
    sends: [{ kind: 'no_id' }, { kind: 'html' }, { kind: 'http', http_status: 503, body: { odd: true } }],
  });
  const noId = await scene.sendText('a');
  expect([noId.status, noId.json['messages']]).toEqual([200, []]);
  const html = await scene.sendText('b');
  expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
  const plain = await scene.sendText('c');
  expect([plain.status, plain.json]).toEqual([503, { odd: true }]);
});

test('posts the status before it answers the send', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({ sends: [{ kind: 'status_first' }] });
  await scene.sendText('quick');
  expect(scene.statuses()).toContain('sent');
});

test('accepts at once and answers when it was told to', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({ sends: [{ kind: 'answer_late', delay_ms: 300 }] });
  const sent = scene.sendText('slow');
  await vi.waitUntil(() => scene.simulator.control.messages({}).length === 1);
  expect(scene.statuses()).toEqual([]);
  expect((await sent).status).toBe(200);
});

test('accepts and fails later with the ordered code', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({ sends: [{ kind: 'fail_later', code: 131026 }] });
  expect((await scene.sendText('x')).status).toBe(200);
  await scene.simulator.idle();
  const failed = scene.business.values().flatMap((value) => value.statuses ?? []);
  expect(failed).toMatchObject([{ status: 'failed', errors: [{ code: 131026 }] }]);
});

test('keeps the limits per pair and per number that were switched on', async () => {
  await using scene = await afterInbound();
  scene.simulator.control.setFaults({ pair_burst: 2 });
  const codes = [];
  for (const text of ['a', 'b', 'c']) codes.push(errorOf(await scene.sendText(text))['code']);
  expect(codes).toEqual([undefined, undefined, 131056]);
  scene.simulator.control.setFaults({ pair_burst: null, throughput: 0 });
  expect(errorOf(await scene.sendText('d'))['code']).toBe(130429);
});

test('tells a typing error in a fault instead of ignoring it', async () => {
  await using scene = await startScene();
  const answer = await fetch(`${scene.simulator.url}/control/faults`, {
    method: 'PUT',
    body: JSON.stringify({ webhooks: { duplicates: 1 } }),
  });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: expect.stringContaining('webhooks.duplicates') });
});
