/** T27: five hundred sign-ins at once cost memory and cores; the webhooks must not notice. */
import { expect, test } from 'vitest';
import { newPhone, newWamid } from '../harness/deliveries.ts';
import { request } from '../harness/api.ts';
import { printFigure } from '../harness/print-figure.ts';
import { deliveryOf, postDelivery } from '../harness/signed-delivery.ts';
import { number, switchboard } from '../harness/with-number.ts';

const DELIVERIES = 150;

/** Milliseconds that each of some deliveries took, one after the other. */
async function timeDeliveries(while_: () => boolean): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < DELIVERIES || while_(); n += 1) {
    const text = {
      wamid: newWamid(),
      from: newPhone(),
      text: 'hello',
      timestamp: Math.floor(Date.now() / 1000),
    };
    const started = performance.now();
    const { status } = await postDelivery(switchboard.url, deliveryOf(number, [text]));
    times.push(performance.now() - started);
    expect(status).toBe(200);
  }
  return times.sort((one, other) => one - other);
}

const at = (times: number[], share: number) => times[Math.floor(times.length * share)] ?? 0;

test('T27: five hundred sign-ins at once are turned away or served, and every delivery is taken as quickly as Meta wishes', async () => {
  const { url } = switchboard;
  await timeDeliveries(() => false);
  const calm = await timeDeliveries(() => false);
  let running = 500;
  const storm = Promise.all(
    Array.from({ length: 500 }, async (_, n) => {
      const answer = await request(`${url}/api/v1/auth/login`, {
        body: { email: `storm-${String(n)}@example.test`, password: 'a wrong guess' },
      });
      running -= 1;
      return answer;
    }),
  );
  const stormy = await timeDeliveries(() => running > 0);
  const answers = await storm;
  for (const { status, headers } of answers) {
    expect([401, 429]).toContain(status);
    if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  const busy = answers.filter(({ status }) => status === 429).length;
  expect(busy).toBeGreaterThan(300);
  printFigure(
    `Deliveries, p50 / p99: ${at(calm, 0.5).toFixed(1)} / ${at(calm, 0.99).toFixed(1)} ms when calm, ` +
      `${at(stormy, 0.5).toFixed(1)} / ${at(stormy, 0.99).toFixed(1)} ms while 500 sign in (${String(busy)} turned away).`,
  );
  // Meta wishes a median under 250 ms and less than one in a hundred over a second.
  expect(at(stormy, 0.5)).toBeLessThan(250);
  expect(at(stormy, 0.99)).toBeLessThan(1_000);
}, 120_000);
