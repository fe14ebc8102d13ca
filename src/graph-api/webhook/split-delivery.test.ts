import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bakery,
  changeOf,
  delivery,
  entryOf,
  jonas,
  messagesDelivery,
  metadata,
  mira,
} from '../fixtures/deliveries.ts';
import { echoes, notices, partnerAddedEntry, statuses } from '../fixtures/events.ts';
import { inboundMessages } from '../fixtures/messages.ts';
import type { Json, JsonObject } from '../json.ts';
import { splitDelivery } from './split-delivery.ts';
import type { WebhookItem } from './split-delivery.ts';

function itemsOf(rawBody: Uint8Array): WebhookItem[] {
  const split = splitDelivery(rawBody);
  if ('malformed' in split) throw new Error(`malformed: ${split.malformed}`);
  return split.items;
}

function onlyItemOf(rawBody: Uint8Array): WebhookItem {
  const [item, ...others] = itemsOf(rawBody);
  expect(others).toEqual([]);
  if (item === undefined) throw new Error('no item');
  return item;
}

const messages = Object.values(inboundMessages);
const { text, textFromHiddenPhone } = inboundMessages;

describe('splitDelivery', () => {
  it('makes an item of a message, with its number, contact, sender and time', () => {
    const item = onlyItemOf(messagesDelivery({ messages: [text] }));
    expect(item).toEqual({
      position: 0,
      field: 'messages',
      kind: 'message',
      part: 'messages',
      entryId: bakery.wabaId,
      wabaId: bakery.wabaId,
      phoneNumberId: bakery.phoneNumberId,
      displayPhoneNumber: bakery.displayPhoneNumber,
      contact: mira.contact,
      value: text,
      dedupeKey: expect.stringMatching(/^message:[\w-]{43}$/) as string,
      senderKey: mira.userId,
      occurredAt: new Date(1785000000_000),
    });
  });

  it('splits every type of message', () => {
    const items = itemsOf(messagesDelivery({ messages }));
    expect(items.map((item) => item.value)).toEqual(messages);
    expect(items.map((item) => item.position)).toEqual(messages.map((_, index) => index));
    expect(new Set(items.map((item) => item.dedupeKey)).size).toBe(messages.length);
  });

  it.each(Object.entries(notices))('makes one notice of %s', (_name, change) => {
    const item = onlyItemOf(delivery({ ...entryOf(change), time: 1785000050 }));
    expect(item).toMatchObject({ kind: 'notice', field: change.field, wabaId: bakery.wabaId });
    expect(item.occurredAt).toBeInstanceOf(Date);
  });

  it('takes every entry and every change, with messages before statuses', () => {
    const items = itemsOf(
      delivery(
        entryOf(
          changeOf('messages', { statuses: Object.values(statuses) }),
          changeOf('messages', { messages: [text] }),
        ),
        partnerAddedEntry,
        {
          id: 'another account',
          changes: [changeOf('smb_message_echoes', { message_echoes: Object.values(echoes) })],
        },
      ),
    );
    expect(items.map((item) => item.kind)).toEqual([
      'message',
      'echo',
      'echo',
      'notice',
      ...Object.values(statuses).map(() => 'status'),
    ]);
    expect(items[1]?.wabaId).toBe('another account');
  });

  it('finds the account of a partner event in its content, never in the entry', () => {
    expect(onlyItemOf(delivery(partnerAddedEntry)).wabaId).toBe(bakery.wabaId);
    const certification = {
      id: bakery.portfolioId,
      changes: [{ field: 'account_update', value: { event: 'PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE' } }],
    };
    expect(onlyItemOf(delivery(certification)).wabaId).toBeNull();
    const solution = {
      id: bakery.portfolioId,
      changes: [{ field: 'partner_solutions', value: { solution_id: '1' } }],
    };
    expect(onlyItemOf(delivery(solution)).wabaId).toBeNull();
  });

  it('finds the number of fields that have no metadata', () => {
    for (const name of ['handover', 'accountSettings'])
      expect(onlyItemOf(delivery(entryOf(notices[name] ?? null))).phoneNumberId).toBe(bakery.phoneNumberId);
  });

  it('splits what another app handles, one level deeper', () => {
    const value = {
      messaging_product: 'whatsapp',
      metadata,
      standby: { contacts: [mira.contact], messages: [text], statuses: [statuses.read] },
    };
    const items = itemsOf(delivery(entryOf({ field: 'standby', value })));
    expect(items.map((item) => [item.field, item.kind])).toEqual([
      ['standby', 'message'],
      ['standby', 'status'],
    ]);
    expect(items[0]).toMatchObject({ contact: mira.contact, phoneNumberId: bakery.phoneNumberId });
    expect(items[0]?.dedupeKey).toBe(onlyItemOf(messagesDelivery({ messages: [text] })).dedupeKey);
  });

  it('keeps errors, and whatever Meta may add beside messages, as notices of their own', () => {
    const items = itemsOf(
      messagesDelivery({
        messages: [inboundMessages.interactiveWithoutContent],
        errors: [{ code: 131000, title: 'Something went wrong' }],
        new_things: [{ a: 1 }, { b: 2 }],
      }),
    );
    expect(items.map((item) => [item.kind, item.field, item.part])).toEqual([
      ['message', 'messages', 'messages'],
      ['notice', 'messages', 'errors'],
      ['notice', 'messages', 'new_things'],
    ]);
    expect(items[2]?.value).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it('keeps a change of messages that has nothing known in it', () => {
    const item = onlyItemOf(messagesDelivery({}));
    expect(item).toMatchObject({ kind: 'notice', field: 'messages', part: 'value' });
  });

  it('has no items for a delivery without updates', () => {
    expect(itemsOf(delivery())).toEqual([]);
    expect(itemsOf(delivery(entryOf()))).toEqual([]);
    expect(itemsOf(messagesDelivery({ messages: [] }))).toEqual([]);
  });

  it('accepts the test delivery of Meta’s dashboard, for a number nobody has', () => {
    const change = {
      field: 'messages',
      value: {
        metadata: { display_phone_number: '4930555999999', phone_number_id: '123456123' },
        contacts: [{ profile: { name: 'Nobody Known' }, wa_id: '4915550000077' }],
        messages: [
          {
            from: '4915550000077',
            id: 'wamid.REFTSEJPQVJE',
            timestamp: '1785000060',
            type: 'text',
            text: { body: 'Only a test' },
          },
        ],
      },
    };
    expect(onlyItemOf(delivery({ id: '0', changes: [change] }))).toMatchObject({
      kind: 'message',
      wabaId: '0',
      phoneNumberId: '123456123',
    });
  });
});

describe('the contact of an item', () => {
  it('is matched by user id or phone, whatever the order of contacts', () => {
    const items = itemsOf(messagesDelivery({ messages: [text, textFromHiddenPhone] }));
    expect(items.map((item) => item.contact)).toEqual([mira.contact, jonas.contact]);
    expect(items.map((item) => item.senderKey)).toEqual([mira.userId, jonas.userId]);
  });

  it('is matched by phone alone and then gives the user id for the order', () => {
    const { from_user_id: _hidden, ...byPhone } = text;
    const item = onlyItemOf(messagesDelivery({ messages: [byPhone] }));
    expect(item).toMatchObject({ contact: mira.contact, senderKey: mira.userId });
  });

  it('is the same customer with and without a plus before the phone', () => {
    const bare = { id: 'wamid.X', from: mira.phone };
    const change = {
      field: 'messages',
      value: { metadata, messages: [bare, { ...bare, from: `+${mira.phone}` }] },
    };
    expect(itemsOf(delivery(entryOf(change))).map((item) => item.senderKey)).toEqual([
      mira.phone,
      mira.phone,
    ]);
  });

  it('is none when the only contact is somebody else', () => {
    const stranger = { ...text, from: '4915559999999', from_user_id: 'DE.404' };
    expect(onlyItemOf(messagesDelivery({ messages: [stranger] }))).toMatchObject({
      contact: null,
      senderKey: 'DE.404',
    });
  });

  it('is none when a contact has the phone but another user id', () => {
    const stranger = { ...text, from_user_id: 'DE.404' };
    expect(onlyItemOf(messagesDelivery({ messages: [stranger] })).contact).toBeNull();
  });

  it('is found for statuses, echoes and preferences too', () => {
    const items = itemsOf(
      delivery(
        entryOf(
          changeOf('messages', { statuses: [statuses.delivered, statuses.failed, statuses.readInGroup] }),
          changeOf('smb_message_echoes', { message_echoes: [echoes.text, echoes.revoke] }),
          notices['userPreference'] ?? null,
        ),
      ),
    );
    expect(items.map((item) => [item.kind, item.contact, item.senderKey])).toEqual([
      ['echo', mira.contact, mira.userId],
      ['echo', jonas.contact, jonas.userId],
      ['notice', mira.contact, mira.userId],
      ['status', mira.contact, mira.userId],
      ['status', mira.contact, mira.userId],
      ['status', mira.contact, 'Gruppe-77'],
    ]);
  });

  it('keeps the order of a customer whose user id changes under the old one', () => {
    const change = { field: 'messages', value: { metadata, messages: [inboundMessages.systemNewUserId] } };
    expect(onlyItemOf(delivery(entryOf(change)))).toMatchObject({ contact: null, senderKey: jonas.userId });
  });

  it('keeps the order of a group under the group', () => {
    expect(onlyItemOf(messagesDelivery({ messages: [inboundMessages.textInGroup] })).senderKey).toBe(
      'Gruppe-77',
    );
  });
});

describe('dedupe keys', () => {
  const keys = (raw: Uint8Array): string[] => itemsOf(raw).map((item) => item.dedupeKey);

  it('are the same for a repetition with other order of keys, entries and batches', () => {
    const reversed = Object.fromEntries(Object.entries(text).reverse());
    expect(keys(messagesDelivery({ messages: [reversed] }))).toEqual(
      keys(messagesDelivery({ messages: [text] })),
    );
    const alert = notices['accountAlert'] as { field: string; value: JsonObject };
    const turned = { value: Object.fromEntries(Object.entries(alert.value).reverse()), field: alert.field };
    expect(keys(delivery(entryOf(turned)))).toEqual(keys(delivery(entryOf(alert))));
  });

  it('differ by number, by status, by recipient and by participant', () => {
    const other = { metadata: { ...metadata, phone_number_id: '2' } };
    const variants = [
      statuses.sent,
      { ...statuses.sent, status: 'read' },
      { ...statuses.sent, id: 'wamid.X' },
      { ...statuses.sent, recipient_id: '4915550000012' },
      statuses.readInGroup,
      { ...statuses.readInGroup, recipient_participant_id: '4915550000012' },
    ];
    const all = [
      ...keys(messagesDelivery({ statuses: variants })),
      ...keys(delivery(entryOf({ field: 'messages', value: { ...other, statuses: variants } }))),
      ...keys(delivery(entryOf({ field: 'messages', value: { ...other, messages: [text] } }))),
      ...keys(messagesDelivery({ messages: [text] })),
    ];
    expect(new Set(all).size).toBe(14);
  });

  it('are the same for a status that comes again with a later time or without its price', () => {
    const again = { ...statuses.sent, timestamp: '1785000099', pricing: {} };
    expect(keys(messagesDelivery({ statuses: [again] }))).toEqual(
      keys(messagesDelivery({ statuses: [statuses.sent] })),
    );
  });

  it('differ for the events of one call', () => {
    const call = { id: 'wacid.Q0FMTDAx', event: 'connect' };
    const calls = [call, { ...call, event: 'terminate' }];
    expect(new Set(keys(delivery(entryOf(changeOf('calls', { calls }))))).size).toBe(2);
  });

  it('of account events differ by entry, time and content', () => {
    const change = { field: 'account_review_update', value: { decision: 'APPROVED' } };
    const entries = [
      { id: '1', time: 5, changes: [change] },
      { id: '2', time: 5, changes: [change] },
      { id: '1', time: 6, changes: [change] },
      { id: '1', time: 5, changes: [{ ...change, value: { decision: 'PENDING' } }] },
      { id: '1', time: 5, changes: [{ ...change, field: 'account_alerts' }] },
    ];
    expect(new Set(keys(delivery(...entries))).size).toBe(5);
  });
});

describe('malformed deliveries', () => {
  const malformed = (raw: Uint8Array | string): string => {
    const split = splitDelivery(Buffer.from(raw));
    return 'malformed' in split ? split.malformed : '';
  };

  it.each([
    ['', 'not JSON'],
    ['hello', 'not JSON'],
    ['{"object":"whatsapp_business_account","entry":[', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['7', 'not a JSON object'],
    ['{}', 'no list of entries'],
    ['{"entry":{}}', 'no list of entries'],
    ['{"object":"page","entry":[]}', 'not about a WhatsApp Business Account'],
  ])('are named: %s', (raw, reason) => {
    expect(malformed(raw)).toBe(reason);
  });

  it('are refused when nested too deep, before anything walks them', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = `{"entry":[${open.repeat(100_000)}0${close.repeat(100_000)}]}`;
      expect(malformed(deep)).toBe('nested deeper than 200 levels');
    }
    expect(malformed('['.repeat(5_000_000))).toBe('nested deeper than 200 levels');
  });

  it('do not include brackets inside texts', () => {
    const body = `"${'[{'.repeat(500)}"${'\\'.repeat(3)}"${'[{'.repeat(500)}`;
    const item = onlyItemOf(messagesDelivery({ messages: [{ ...text, text: { body } }] }));
    expect(item.value).toMatchObject({ text: { body } });
  });

  it('are refused when too large or of too many parts', () => {
    expect(malformed(Buffer.alloc(8 * 1024 * 1024 + 1, ' '))).toBe('larger than 8388608 bytes');
    expect(malformed(delivery(...Array.from({ length: 20_001 }, () => 0)))).toBe('more than 20000 updates');
    const crowd = Array.from({ length: 20_001 }, () => ({}));
    expect(malformed(messagesDelivery({ messages: crowd }))).toBe('more than 20000 updates');
    expect(malformed(delivery(entryOf(...crowd)))).toBe('more than 20000 updates');
  });

  it('may begin with a byte order mark', () => {
    const raw = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), messagesDelivery({ messages: [text] })]);
    expect(onlyItemOf(raw).kind).toBe('message');
  });
});

/** Each was made to take minutes, or to grow a thousandfold; a bound of seconds leaves room for a busy machine. */
describe('a delivery made to be costly', () => {
  const SECONDS = 5;
  const timed = (raw: Buffer) => {
    const begun = performance.now();
    const items = itemsOf(raw);
    expect((performance.now() - begun) / 1000).toBeLessThan(SECONDS);
    return items;
  };
  const from = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: `wamid.${String(n)}`, from: '49' }));
  const size = (items: WebhookItem[]) => items.reduce((sum, item) => sum + JSON.stringify(item).length, 0);

  it.each<[string, (n: number) => JsonObject]>([
    ['that name nobody', () => ({})],
    ['that name somebody else', (n) => ({ wa_id: `1${String(n)}` })],
    ['that name the sender and contradict', () => ({ wa_id: '49', user_id: 'DE.1' })],
  ])('may have a hundred thousand contacts %s', (_what, contact) => {
    const messages = from(10_000).map((message) => ({ ...message, from_user_id: 'DE.2' }));
    const contacts = Array.from({ length: 100_000 }, (_, n) => contact(n));
    expect(timed(messagesDelivery({ messages, contacts }))).toHaveLength(10_000);
  });

  it('may have millions of numbers, and one that no double holds', () => {
    const raw = Buffer.from(`{"entry":[],"huge":1e400,"many":[${'0,'.repeat(3_900_000)}0]}`);
    expect(timed(raw)).toEqual([]);
  });

  it('does not repeat what is long with every message', () => {
    const long = 'x'.repeat(1_000_000);
    const spoken = { wa_id: '49', profile: { name: 'Ada', about: long } };
    const raws = [
      messagesDelivery({ messages: from(1_000), contacts: [spoken] }),
      delivery({ id: long, time: long, changes: [changeOf('messages', { messages: from(1_000) })] }),
      delivery(entryOf(changeOf('messages', { metadata: { phone_number_id: long }, messages: from(1_000) }))),
      delivery(
        entryOf(
          changeOf('history', { history: [{ threads: [{ id: '49', about: long, messages: from(1_000) }] }] }),
        ),
      ),
    ];
    for (const raw of raws) expect(size(timed(raw))).toBeLessThan(3 * raw.length);
  });
});

describe('bad parts', () => {
  it.each<[string, JsonObject]>([
    ['a message that is no object', { messages: ['hi'] }],
    ['a message that is null', { messages: [null] }],
    ['a message without id', { messages: [{ type: 'text' }] }],
    ['a message with a numeric id', { messages: [{ id: 5 }] }],
    ['a message with an empty id', { messages: [{ id: '' }] }],
    ['a message with an id no index takes', { messages: [{ id: 'w'.repeat(10_240) }] }],
    ['messages that are no list', { messages: { id: 'wamid.X' } }],
    ['messages that are null', { messages: null }],
    ['a status without status', { statuses: [{ id: 'wamid.X' }] }],
    ['a status without id', { statuses: [{ status: 'read' }] }],
    ['errors that are a text', { errors: 'broken' }],
    ['an error that is a list', { errors: [[]] }],
  ])('become a malformed notice and hide nothing: %s', (_name, parts) => {
    const bad = changeOf('messages', parts);
    const good = changeOf('messages', { messages: [text], statuses: [statuses.read] });
    const items = itemsOf(delivery(entryOf(good, bad, good)));
    expect(items.map((item) => item.kind)).toEqual(['message', 'message', 'notice', 'status', 'status']);
    const found = Object.values(parts).flat()[0];
    expect(items[2]).toMatchObject({
      field: 'malformed',
      wabaId: bakery.wabaId,
      phoneNumberId: bakery.phoneNumberId,
      value: { field: 'messages', where: expect.stringContaining('entry[0].changes[1]') as string },
    });
    expect(JSON.stringify(items[2]?.value)).toContain(JSON.stringify(found));
  });

  it.each<[string, Json]>([
    ['an entry that is a text', 'entry'],
    ['an entry without changes', { id: '1', messaging: [] }],
    ['changes that are no list', { id: '1', changes: {} }],
    ['a change that is null', { id: '1', changes: [null] }],
    ['a change without field', { id: '1', changes: [{ value: {} }] }],
    ['a field that is a number', { id: '1', changes: [{ field: 5, value: {} }] }],
    ['a field of absurd length', { id: '1', changes: [{ field: 'f'.repeat(5000), value: {} }] }],
    ['messages without a value', { id: '1', changes: [{ field: 'messages' }] }],
    ['a value that is a list', { id: '1', changes: [{ field: 'messages', value: [] }] }],
    ['standby that is a text', { id: '1', changes: [{ field: 'standby', value: 'x' }] }],
  ])('become a malformed notice beside good entries: %s', (_name, bad) => {
    const good = entryOf(changeOf('messages', { messages: [text] }));
    const items = itemsOf(delivery(good, bad, good));
    expect(items.map((item) => [item.kind, item.field])).toEqual([
      ['message', 'messages'],
      ['message', 'messages'],
      ['notice', 'malformed'],
    ]);
  });

  it('survive wrong types of everything around a message', () => {
    const change = {
      field: 'messages',
      value: {
        metadata: 'x',
        contacts: { wa_id: 1 },
        messages: [{ ...text, from: {}, timestamp: [], from_user_id: 7 }],
      },
    };
    expect(onlyItemOf(delivery({ id: 5, time: 'soon', changes: [change] }))).toMatchObject({
      kind: 'message',
      wabaId: '5',
      phoneNumberId: null,
      displayPhoneNumber: null,
      contact: null,
      senderKey: '7',
      occurredAt: null,
    });
  });

  it('keep NUL and lone surrogates as they are, in JSON that can be written', () => {
    const raw = Buffer.from(
      `{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":[{"id":"wamid.\\u0000","from":"\\ud800","text":{"body":"a\\u0000b\\udc00c"}}]}}]}]}`,
    );
    const item = onlyItemOf(raw);
    expect(item.value).toEqual({ id: 'wamid.\u0000', from: '\ud800', text: { body: 'a\u0000b\udc00c' } });
    expect(JSON.parse(JSON.stringify(item.value))).toEqual(item.value);
    for (const key of [item.dedupeKey, item.senderKey ?? '']) expect(key).toMatch(/^[\x21-\x7e]{1,200}$/);
  });

  it('keep ids beyond 2^53 and numbers beyond all doubles as they were written', () => {
    const raw = Buffer.from(
      `{"entry":[{"id":12345678901234567890,"changes":[{"field":"x","value":{"template":9007199254740993,"huge":1e400000,"small":1.5,"n":-12345678901234567}}]}]}`,
    );
    const item = onlyItemOf(raw);
    expect(item.wabaId).toBe('12345678901234567890');
    expect(item.value).toEqual({
      template: '9007199254740993',
      huge: '1e400000',
      small: 1.5,
      n: '-12345678901234567',
    });
  });

  it('cannot reach the prototype of anything', () => {
    const raw = Buffer.from(
      `{"entry":[{"__proto__":{"changes":[]},"changes":[{"field":"constructor","value":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}},{"field":"messages","value":{"__proto__":{"metadata":{"phone_number_id":"6"}},"messages":[{"id":"wamid.P","__proto__":{"from":"1"}}]}}]}]}`,
    );
    const items = itemsOf(raw);
    expect(items.map((item) => [item.kind, item.phoneNumberId, item.senderKey])).toEqual([
      ['message', null, null],
      ['notice', null, null],
      ['notice', null, null],
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(['-99999999999999', '99999999999999', '1e30', 'soon', '', ' 5'])(
    'have no time when the time is %j',
    (timestamp) => {
      expect(onlyItemOf(messagesDelivery({ messages: [{ ...text, timestamp }] })).occurredAt).toBeNull();
    },
  );
});

/** Any JSON, with the keys and words of real deliveries mixed in, so that it reaches deep into the splitter. */
const words = fc.constantFrom(
  'messages',
  'statuses',
  'errors',
  'calls',
  'standby',
  'field',
  'value',
  'id',
  'wamid.A',
  'read',
);
const { json: deliveryLike } = fc.letrec<{ json: Json; object: JsonObject }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    words,
    fc.constantFrom<Json>(null, true, 0, -1, 1785000000, '\u0000', '\ud800', '__proto__', 1e308),
    fc.string({ unit: 'binary' }),
    fc.array(tie('json'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.constantFrom(
      ...[
        'object',
        'entry',
        'changes',
        'field',
        'value',
        'messages',
        'statuses',
        'errors',
        'contacts',
        'metadata',
      ],
      ...[
        'id',
        'time',
        'timestamp',
        'from',
        'from_user_id',
        'wa_id',
        'user_id',
        'type',
        'system',
        '__proto__',
        'standby',
      ],
    ),
    tie('json'),
    { maxKeys: 6 },
  ),
}));

/** Replaces one random place of a value. */
function mutated(value: Json, replacement: Json, path: number[]): Json {
  const [step, ...rest] = path;
  if (step === undefined || typeof value !== 'object' || value === null) return replacement;
  const keys = Object.keys(value);
  const key = keys[step % (keys.length || 1)];
  if (key === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((member, index) =>
      String(index) === key ? mutated(member, replacement, rest) : member,
    );
  return { ...value, [key]: mutated(value[key] ?? null, replacement, rest) };
}

const everything = (): Json[] => [
  entryOf(
    changeOf('messages', {
      messages: messages.slice(0, 5),
      statuses: Object.values(statuses),
      errors: [{ code: 1 }],
    }),
    changeOf('smb_message_echoes', { message_echoes: Object.values(echoes) }),
    ...Object.values(notices),
  ),
  partnerAddedEntry,
];

describe('for any input', () => {
  const check = (raw: Uint8Array): void => {
    const split = splitDelivery(raw);
    if ('malformed' in split) return;
    expect(split.items.map((item) => item.position)).toEqual(split.items.map((_, index) => index));
    for (const item of split.items) {
      expect(item.dedupeKey).toMatch(/^[a-z]+:[\w-]{43}$/);
      expect(JSON.parse(JSON.stringify(item.value))).toEqual(item.value);
      expect(item.occurredAt === null || !Number.isNaN(item.occurredAt.getTime())).toBe(true);
    }
  };

  it('never throws: bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), check), { numRuns: 300 });
  });

  it('never throws: JSON made of the words of deliveries', () => {
    fc.assert(
      fc.property(fc.array(deliveryLike, { maxLength: 3 }), (entries) => check(delivery(...entries))),
      { numRuns: 500 },
    );
  });

  it('never throws: a valid delivery with any place replaced by anything', () => {
    const path = fc.array(fc.nat(30), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(deliveryLike, path, (replacement, steps) => {
        check(delivery(...(mutated(everything(), replacement, steps) as Json[])));
      }),
      { numRuns: 500 },
    );
  });

  it('a bad place in one change leaves the items of all other changes as they were', () => {
    const others = itemsOf(delivery(...everything()));
    const path = fc.array(fc.nat(30), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(deliveryLike, path, (replacement, steps) => {
        const victim = changeOf('messages', { messages: [textFromHiddenPhone] });
        const bad = mutated([victim], replacement, [0, ...steps]) as Json[];
        const split = itemsOf(delivery(entryOf(...bad), ...everything()));
        const keys = new Set(split.map((item) => item.dedupeKey));
        for (const item of others) expect(keys).toContain(item.dedupeKey);
      }),
      { numRuns: 200 },
    );
  });

  it('gives as many items as there are parts, and the same keys in any order and batch', () => {
    const parts = fc.array(
      fc.oneof(
        fc.constantFrom<Json>(...messages).map((message) => ({ messages: [message] })),
        fc.constantFrom<Json>(...Object.values(statuses)).map((status) => ({ statuses: [status] })),
        fc
          .constantFrom<Json>(...Object.values(inboundMessages))
          .map((message) => ({ messages: [message, message] })),
        fc.nat(9).map((code) => ({ errors: [{ code }] })),
      ),
      { maxLength: 12 },
    );
    const shuffledTwice = parts.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.boolean()),
    );
    fc.assert(
      fc.property(shuffledTwice, ([list, shuffled, oneEntry]) => {
        const changes = (some: JsonObject[]): JsonObject[] => some.map((part) => changeOf('messages', part));
        const inOrder = itemsOf(delivery(entryOf(...changes(list))));
        const other = itemsOf(
          oneEntry
            ? delivery(entryOf(...changes(shuffled)))
            : delivery(...changes(shuffled).map((change) => entryOf(change))),
        );
        const count = list.reduce((sum, part) => sum + Object.values(part).flat().length, 0);
        expect(inOrder).toHaveLength(count);
        const keys = (items: WebhookItem[]): string[] => items.map((item) => item.dedupeKey).sort();
        expect(keys(other)).toEqual(keys(inOrder));
        const kinds = inOrder.map((item) => item.kind);
        expect(kinds.lastIndexOf('message')).toBeLessThanOrEqual(
          kinds.includes('status') ? kinds.indexOf('status') : kinds.length,
        );
      }),
    );
  });
});
