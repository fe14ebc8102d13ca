/** What is delivered arrives: once, whoever repeats it, in whatever batch and order, from whomever WhatsApp lets write. */
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  newWamid,
  signatureOf,
  statusesChange,
  textChange,
  textMessage,
} from '../harness/deliveries.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

const send = (...changes: Parameters<typeof envelope>) => deliver(switchboard.url, envelope(...changes));

function shuffled<T>(list: T[]): T[] {
  return list
    .map((item) => ({ item, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

test('a message is stored once, however often it is delivered', async () => {
  const phone = newPhone();
  const body = JSON.stringify(
    envelope([textChange(number.phoneNumberId, { from: { phone }, text: 'Just once' })]),
  );
  for (let time = 0; time < 10; time += 1) expect((await deliver(switchboard.url, body)).status).toBe(200);
  const atOnce = await Promise.all(Array.from({ length: 10 }, () => deliver(switchboard.url, body)));
  expect(atOnce.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  await switchboard.settle();

  expect(await inbox.textsWith(phone)).toEqual(['Just once']);
  expect(await inbox.with(phone)).toMatchObject({ unread_count: 1 });
});

test('a history that comes again in other batches and another order changes nothing', async () => {
  const people = Array.from({ length: 4 }, () => ({ phone: newPhone() }));
  const written = people.flatMap((from) =>
    Array.from({ length: 5 }, (_, index) => ({
      from,
      text: `Line ${String(index + 1)}`,
      id: newWamid(),
      at: new Date(Date.now() - (60 - index) * 1000),
    })),
  );
  await send(written.map((one) => textChange(number.phoneNumberId, one)));
  await switchboard.settle();
  const state = () =>
    inbox
      .conversations()
      .then(async (all) => Promise.all(all.map(async (one) => [one, await inbox.thread(one.id)])));
  const once = await state();

  for (const size of [1, 3, 20]) {
    const order = shuffled(written);
    const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, index) =>
      order.slice(index * size, (index + 1) * size),
    );
    await Promise.all(
      batches.map((batch) =>
        send([
          messagesChange(
            number.phoneNumberId,
            batch.map(textMessage),
            batch.map(({ from }) => from),
          ),
        ]),
      ),
    );
    await switchboard.settle();
    expect(await state()).toEqual(once);
  }
  expect(await inbox.textsWith(people[0]?.phone ?? '')).toEqual([
    'Line 1',
    'Line 2',
    'Line 3',
    'Line 4',
    'Line 5',
  ]);
});

test('everything in one delivery arrives: entries, changes, messages and statuses', async () => {
  const [ada, ben, cleo] = [newPhone(), newPhone(), newPhone()];
  const places = number.phoneNumberId;
  const two = messagesChange(
    places,
    [textMessage({ from: { phone: ada }, text: 'One' }), textMessage({ from: { phone: ben }, text: 'Two' })],
    [
      { phone: ben, name: 'Ben' },
      { phone: ada, name: 'Ada' },
    ],
  );
  const three = textChange(places, { from: { phone: ada }, text: 'Three' });
  const four = textChange(places, { from: { phone: cleo, name: 'Cleo' }, text: 'Four' });
  expect(
    (await send([two, three], [statusesChange(places, [{ id: newWamid(), status: 'read' }]), four])).status,
  ).toBe(200);
  await switchboard.settle();

  expect(await inbox.textsWith(ada)).toEqual(['One', 'Three']);
  expect(await inbox.textsWith(ben)).toEqual(['Two']);
  expect(await inbox.textsWith(cleo)).toEqual(['Four']);
  expect((await inbox.with(ben)).customer.name).toBe('Ben');
});

test('a thousand updates in one delivery of more than a megabyte all arrive, each person’s in order', async () => {
  const people = Array.from({ length: 20 }, () => ({ phone: newPhone() }));
  const start = Date.now() - 3_600_000;
  const messages = Array.from({ length: 1000 }, (_, index) =>
    textMessage({
      from: people[index % 20] ?? {},
      text: `${String(index).padStart(4, '0')} ${'x'.repeat(1200)}`,
      at: new Date(start + index * 1000),
    }),
  );
  const body = JSON.stringify(envelope([messagesChange(number.phoneNumberId, messages, people)]));
  expect(body.length).toBeGreaterThan(1_200_000);
  expect((await deliver(switchboard.url, body)).status).toBe(200);
  await switchboard.settle();

  for (const [person, { phone }] of people.entries()) {
    expect((await inbox.with(phone)).unread_count).toBe(50);
    expect((await inbox.textsWith(phone)).map((text) => text.slice(0, 4))).toEqual(
      Array.from({ length: 50 }, (_, line) => String(line * 20 + person).padStart(4, '0')),
    );
  }
}, 180_000);

test('a delivery that no batch of Meta could be is too large', async () => {
  const answer = await deliver(
    switchboard.url,
    JSON.stringify({ object: 'whatsapp_business_account', entry: [], more: 'x'.repeat(9_000_000) }),
  );
  expect(answer.status).toBe(413);
  expect(answer.body).toMatchObject({ code: 'platform.body_too_large' });
});

describe('a compressed delivery', () => {
  const packing = { headers: { 'content-encoding': 'gzip' } };

  test.each(['packed', 'plain'])('arrives when the signature covers its %s bytes', async (signed) => {
    const phone = newPhone();
    const plain = JSON.stringify(
      envelope([textChange(number.phoneNumberId, { from: { phone }, text: 'Packed' })]),
    );
    const packed = gzipSync(plain);
    const signature = signatureOf(signed === 'plain' ? plain : packed);
    expect((await deliver(switchboard.url, packed, { ...packing, signature })).status).toBe(200);
    await switchboard.settle();
    expect(await inbox.textsWith(phone)).toEqual(['Packed']);
  });

  test('is refused when nobody signed it, when it is none, and when it is packed in another way', async () => {
    const body = gzipSync(JSON.stringify(envelope([])));
    const answers = [
      await deliver(switchboard.url, body, { ...packing, signature: null }),
      await deliver(switchboard.url, body.subarray(0, 20), packing),
      await deliver(switchboard.url, body, { headers: { 'content-encoding': 'br' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 400, 415]);
  });

  test('of a gigabyte takes neither memory nor time, whoever signed it', async () => {
    // Packed pieces one behind the other hold what the pieces hold.
    const bomb = Buffer.concat(Array<Buffer>(64).fill(gzipSync(Buffer.alloc(1024 ** 2 * 16))));
    const before = process.memoryUsage().rss;
    for (const signature of [signatureOf(bomb), signatureOf('something else')]) {
      const { status } = await fetch(`${switchboard.url}/webhooks/whatsapp`, {
        method: 'POST',
        headers: { ...packing.headers, 'x-hub-signature-256': signature },
        body: bomb,
      });
      expect(status).toBe(413);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });
});

test('numbers that are nobody’s here are acknowledged, kept and shown as such', async () => {
  const dashboardTest = {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '0',
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: { display_phone_number: '16505551111', phone_number_id: '123456123' },
              contacts: [{ profile: { name: 'test user name' }, wa_id: '16315551181' }],
              messages: [
                {
                  from: '16315551181',
                  id: 'ABGGFlA5Fpa',
                  timestamp: '1504902988',
                  type: 'text',
                  text: { body: 'this is a text message' },
                },
              ],
            },
          },
        ],
      },
    ],
  };
  expect((await deliver(switchboard.url, dashboardTest)).status).toBe(200);
  await switchboard.settle();
  expect(
    await queryAsAdmin(
      switchboard.database,
      `SELECT state FROM app.webhook_items WHERE phone_number_id = '123456123'`,
    ),
  ).toEqual([{ state: 'unowned' }]);
  expect(await inbox.texts()).not.toContain('this is a text message');
});

test('the simulated Meta, shuffled, doubled and batched, is answered with nothing but 200', async () => {
  const { control } = switchboard.simulator;
  control.setFaults({
    webhooks: {
      duplicate: 2,
      reorder: true,
      batch_size: 7,
      unknown_fields: true,
      escape_unicode: true,
      ordered: false,
    },
  });
  const phone = newPhone();
  for (let index = 0; index < 20; index += 1)
    control.inbound({
      phone_number_id: number.phoneNumberId,
      from: phone,
      text: `Tür ${String(index)}`,
      timestamp: 1_790_000_000 + index,
    });
  await switchboard.settle();
  control.setFaults(null);
  expect(await inbox.textsWith(phone)).toEqual(
    Array.from({ length: 20 }, (_, index) => `Tür ${String(index)}`),
  );
  expect(control.deliveries().filter(({ status }) => status !== 200)).toEqual([]);
  expect((await request<string>(`${switchboard.url}/metrics`)).body).toContain(
    'switchboard_webhook_deliveries_total{outcome="stored"}',
  );
});
