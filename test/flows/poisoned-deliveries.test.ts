/** What is broken, unknown or hostile inside a signed delivery: it is acknowledged and kept, and never hides what is good. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { request } from '../harness/api.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  newWamid,
  textChange,
  textMessage,
} from '../harness/deliveries.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

type Kept = { state: string; kind: string; field: string; error: string | null };
const newestItems = (most: number) =>
  queryAsAdmin<Kept>(
    switchboard.database,
    'SELECT state, kind, field, error FROM app.webhook_items ORDER BY id DESC LIMIT $1',
    [most],
  );
const newestDelivery = async () =>
  (
    await queryAsAdmin<{ state: string; error: string | null; bytes: number }>(
      switchboard.database,
      'SELECT state, error, length(body) AS bytes FROM app.webhook_deliveries ORDER BY id DESC LIMIT 1',
    )
  )[0];

const good = (phone: string, text: string) => textChange(number.phoneNumberId, { from: { phone }, text });
const isAlive = async () => (await request(`${switchboard.url}/healthz`)).status === 200;

test.each<[string, string]>([
  ['half a document', '{"object":"whatsapp_business_account","entry":[{'],
  ['nothing', ''],
  ['no JSON', 'hello'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no entries', '{"object":"whatsapp_business_account"}'],
  ['another product', '{"object":"page","entry":[]}'],
  ['bytes that are no text', '\u0000\u0001'],
  [
    'fifty thousand levels',
    `{"object":"whatsapp_business_account","entry":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  ],
  ['fifty thousand open brackets', '['.repeat(50_000)],
])('a signed delivery that is %s is acknowledged and kept as malformed', async (_what, body) => {
  expect((await deliver(switchboard.url, body)).status).toBe(200);
  await switchboard.settle();
  expect(await newestDelivery()).toMatchObject({ state: 'malformed', bytes: Buffer.byteLength(body) });
  expect((await newestDelivery())?.error).toBeTruthy();
  expect(await isAlive()).toBe(true);
});

/** Each stands between two good messages of the same delivery. */
const POISON: [string, (phone: string) => Record<string, unknown>][] = [
  [
    'a wamid of ten thousand characters',
    (phone) => ({ ...textMessage({ from: { phone }, text: 'long' }), id: `wamid.${'A'.repeat(10_000)}` }),
  ],
  ['no wamid', (phone) => ({ ...textMessage({ from: { phone }, text: 'none' }), id: undefined })],
  ['a wamid that is a number', (phone) => ({ ...textMessage({ from: { phone }, text: 'number' }), id: 42 })],
  ['no sender', () => ({ id: newWamid(), timestamp: '1790000000', type: 'text', text: { body: 'nobody' } })],
  [
    'a sender that is an object',
    () => ({ id: newWamid(), from: { $ne: '' }, type: 'text', text: { body: 'object' } }),
  ],
  [
    'a sender that is no number',
    () => ({ id: newWamid(), from: "'; DROP TABLE users; --", type: 'text', text: { body: 'drop' } }),
  ],
  [
    'a text that is a number',
    (phone) => ({ id: newWamid(), from: phone, timestamp: '1790000000', type: 'text', text: 5 }),
  ],
  [
    'a type that is a list',
    (phone) => ({ id: newWamid(), from: phone, type: ['text'], text: { body: 'list' } }),
  ],
  ['a type named like a prototype', (phone) => ({ id: newWamid(), from: phone, type: '__proto__' })],
  ['a type named constructor', (phone) => ({ id: newWamid(), from: phone, type: 'constructor' })],
  [
    'a time that is none',
    (phone) => ({ ...textMessage({ from: { phone }, text: 'when' }), timestamp: 'yesterday' }),
  ],
  [
    'a time beyond all calendars',
    (phone) => ({ ...textMessage({ from: { phone }, text: 'late' }), timestamp: '99999999999999' }),
  ],
  [
    'a time before the year 1',
    (phone) => ({ ...textMessage({ from: { phone }, text: 'early' }), timestamp: '-99999999999999' }),
  ],
  ['a megabyte of text', (phone) => textMessage({ from: { phone }, text: 'x'.repeat(1_000_000) })],
  [
    'NUL in every text',
    (phone) => ({ ...textMessage({ from: { phone }, text: 'a\u0000b' }), '\u0000key': '\u0000' }),
  ],
  ['half a character pair', (phone) => textMessage({ from: { phone }, text: '\ud83d and \udc00' })],
  [
    'NUL in the wamid',
    (phone) => textMessage({ from: { phone }, text: 'nul id', id: `wamid.\u0000${newWamid()}` }),
  ],
  [
    'a wamid of half a pair',
    (phone) => textMessage({ from: { phone }, text: 'half id', id: `wamid.\ud800${newWamid()}` }),
  ],
  [
    'a context of the wrong shape',
    (phone) => ({ ...textMessage({ from: { phone }, text: 'ctx' }), context: [[['x']]], referral: 7 }),
  ],
  [
    'a reaction to an id of ten thousand characters',
    (phone) => ({
      id: newWamid(),
      from: phone,
      type: 'reaction',
      reaction: { message_id: `wamid.${'A'.repeat(10_000)}`, emoji: '👍' },
    }),
  ],
  [
    'an edit of an edit',
    (phone) => ({
      id: newWamid(),
      from: phone,
      type: 'edit',
      edit: { original_message_id: newWamid(), message: { type: 'edit', edit: {} } },
    }),
  ],
  [
    'a reaction of half a character pair',
    (phone) => ({
      id: newWamid(),
      from: phone,
      type: 'reaction',
      reaction: { message_id: 'wamid.\u0000', emoji: '\ud83d' },
    }),
  ],
  [
    'a move to nobody',
    (phone) => ({
      id: newWamid(),
      from: phone,
      type: 'system',
      system: { type: 'user_changed_number', wa_id: {} },
    }),
  ],
  ['a hundred levels', (phone) => ({ id: newWamid(), from: phone, type: 'order', order: nested(100) })],
];

function nested(levels: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < levels; level += 1) value = { more: value };
  return value;
}

test.each(POISON)('a message with %s hides neither its neighbours nor later ones', async (_what, poison) => {
  const [before, hostile, after] = [newPhone(), newPhone(), newPhone()];
  const messages = [
    textMessage({ from: { phone: before }, text: 'Before' }),
    poison(hostile),
    textMessage({ from: { phone: hostile }, text: 'Same sender' }),
    textMessage({ from: { phone: after }, text: 'After' }),
  ];
  const people = [before, hostile, after].map((phone) => ({ phone }));
  expect(
    (await deliver(switchboard.url, envelope([messagesChange(number.phoneNumberId, messages, people)])))
      .status,
  ).toBe(200);
  await switchboard.settle();
  for (const [phone, text] of [
    [before, 'Before'],
    [hostile, 'Same sender'],
    [after, 'After'],
  ] as const) {
    const thread = await inbox.thread((await inbox.with(phone)).id);
    expect(thread.map((message) => message.text)).toContain(text);
  }
  const states = (await newestItems(4)).map(({ state }) => state);
  expect(states.filter((state) => state === 'waiting')).toEqual([]);
});

test('what is larger than anything Meta sends is set aside, so that nobody who lists a thread has to hold it', async () => {
  const phone = newPhone();
  const huge = textMessage({ from: { phone }, text: 'x'.repeat(3_000_000) });
  const fine = textMessage({ from: { phone }, text: 'Fine' });
  const notice = {
    field: 'account_alerts',
    value: { alert_info: { alert_description: 'x'.repeat(300_000) } },
  };
  const body = envelope([messagesChange(number.phoneNumberId, [huge, fine], [{ phone }]), notice]);
  expect((await deliver(switchboard.url, body)).status).toBe(200);
  await switchboard.settle();
  expect(await inbox.textsWith(phone)).toEqual(['Fine']);
  const aside = (await newestItems(3)).filter(({ state }) => state === 'quarantined');
  expect(aside.map(({ field }) => field).sort()).toEqual(['account_alerts', 'messages']);
  for (const { error } of aside) expect(error).toMatch(/^It has 3\d+ characters, more than Meta sends/);
});

test('a raw NUL and a raw half pair in the JSON reach the inbox as what can be shown', async () => {
  const phone = newPhone();
  const body = JSON.stringify(envelope([good(phone, 'a~b')])).replace('a~b', String.raw`a\u0000b\ud800c`);
  expect((await deliver(switchboard.url, body)).status).toBe(200);
  await switchboard.settle();
  expect((await inbox.thread((await inbox.with(phone)).id)).map(({ text }) => text)).toEqual([
    'a\ufffdb\ufffdc',
  ]);
});

test.each(['1e400000', '-1e400000', '0.1e-400000', '9'.repeat(400)])(
  'the number %s at any place of a message leaves the good one beside it alone',
  async (huge) => {
    const phone = newPhone();
    const odd = {
      ...textMessage({ from: { phone: newPhone() }, text: 'odd' }),
      type: 'location',
      location: { latitude: 'HUGE' },
      timestamp: 'HUGE',
    };
    const change = messagesChange(
      number.phoneNumberId,
      [odd, textMessage({ from: { phone }, text: 'fine' })],
      [{ phone }],
    );
    const body = JSON.stringify(envelope([change])).replaceAll('"HUGE"', huge);
    expect((await deliver(switchboard.url, body)).status).toBe(200);
    await switchboard.settle();
    expect(await inbox.textsWith(phone)).toEqual(['fine']);
  },
);

test('changes, entries and lists of the wrong type are kept, and the good ones beside them arrive', async () => {
  const phone = newPhone();
  const odd = [
    null,
    7,
    'text',
    [],
    {},
    { field: 5 },
    { field: 'messages' },
    { field: 'messages', value: { messages: {} } },
    { field: 'messages', value: { messages: [null, 3, 'x', []], statuses: 'all' } },
    { field: 'messages', value: { metadata: 'none', messages: [{}] } },
  ];
  const body = {
    object: 'whatsapp_business_account',
    entry: [null, 3, {}, { changes: 'x' }, { id: {}, changes: [...odd, good(phone, 'Still here')] }],
  };
  expect((await deliver(switchboard.url, body)).status).toBe(200);
  await switchboard.settle();
  expect((await inbox.thread((await inbox.with(phone)).id)).map(({ text }) => text)).toEqual(['Still here']);
});

describe('what is not known yet', () => {
  test('a field that no documentation names is kept whole', async () => {
    const value = {
      messaging_product: 'whatsapp',
      metadata: { phone_number_id: number.phoneNumberId },
      hologram: { size: 3 },
    };
    expect((await deliver(switchboard.url, envelope([{ field: 'hologram_update', value }]))).status).toBe(
      200,
    );
    await switchboard.settle();
    expect(await newestItems(1)).toMatchObject([
      { state: 'unhandled', field: 'hologram_update', kind: 'notice' },
    ]);
  });

  test('a message of a type that nobody knows is stored and shown as unsupported, and counts as unread', async () => {
    const phone = newPhone();
    const message = {
      from: phone,
      id: newWamid(),
      timestamp: '1790000000',
      type: 'hologram',
      hologram: { size: 3, label: 'ship' },
    };
    await deliver(switchboard.url, envelope([messagesChange(number.phoneNumberId, [message], [{ phone }])]));
    await switchboard.settle();
    const conversation = await inbox.with(phone);
    expect(conversation).toMatchObject({ unread_count: 1, last_message: { type: 'unsupported' } });
    expect(await inbox.thread(conversation.id)).toMatchObject([
      { type: 'unsupported', payload: { size: 3, label: 'ship', original_type: 'hologram' } },
    ]);
  });
});

test('keys that reach for prototypes change nothing in the process', async () => {
  const phone = newPhone();
  const body = JSON.stringify(envelope([good(phone, 'Polluted?')])).replace(
    '"text":{',
    '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"text":{"__proto__":{"polluted":true},',
  );
  expect((await deliver(switchboard.url, `{"__proto__":{"polluted":true},${body.slice(1)}`)).status).toBe(
    200,
  );
  await switchboard.settle();
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect((await inbox.thread((await inbox.with(phone)).id)).map(({ text }) => text)).toEqual(['Polluted?']);
});

test('any JSON at any place of a message leaves the good message beside it alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(
        'id',
        'from',
        'from_user_id',
        'timestamp',
        'type',
        'text',
        'context',
        'referral',
        'image',
        'system',
        'errors',
      ),
      fc.jsonValue({ maxDepth: 3 }),
      async (key, value) => {
        const phone = newPhone();
        const odd = { ...textMessage({ from: { phone: newPhone() }, text: 'odd' }), [key]: value };
        const fine = textMessage({ from: { phone }, text: 'fine' });
        const change = messagesChange(number.phoneNumberId, [odd, fine], [{ phone }]);
        expect((await deliver(switchboard.url, envelope([change]))).status).toBe(200);
        await switchboard.settle();
        expect(
          (await inbox.conversations(`?q=${phone}`)).map(({ last_message: last }) => last?.text),
        ).toEqual(['fine']);
      },
    ),
    { numRuns: 40 },
  );
});
