/** What customers and the business's own phone send beside plain texts: applied where it belongs, whatever it is and whenever it comes. */
import { describe, expect, test } from 'vitest';
import { queryAsAdmin } from '../harness/admin-query.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  newUserId,
  newWamid,
  statusesChange,
  textChange,
  textMessage,
  type Change,
  type Sender,
} from '../harness/deliveries.ts';
import {
  anyMessage,
  BUSINESS_PHONE,
  call,
  changeOf,
  echo,
  edit,
  historyOf,
  reaction,
  revoke,
} from '../harness/webhook-kinds.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

/** Each list of changes is a delivery of its own, in this order. */
async function post(...deliveries: Change[][]): Promise<void> {
  for (const changes of deliveries) {
    expect((await deliver(switchboard.url, envelope(changes))).status).toBe(200);
    await switchboard.settle();
  }
}
const said = (messages: Record<string, unknown>[], from: Sender) => [
  messagesChange(number.phoneNumberId, messages, [from]),
];
const field = (name: string, value: Record<string, unknown>) => [changeOf(number.phoneNumberId, name, value)];
const echoes = (...list: Record<string, unknown>[]) => field('smb_message_echoes', { message_echoes: list });
async function threadOf(phoneOrName: string) {
  const { id } = await inbox.with(phoneOrName);
  return (await inbox.thread(id)).toReversed();
}
const minutes = (count: number) => new Date(Date.now() - 3_600_000 + count * 60_000);
const newestStates = async (most: number) =>
  (
    await queryAsAdmin<{ state: string }>(
      switchboard.database,
      'SELECT state FROM app.webhook_items ORDER BY id DESC LIMIT $1',
      [most],
    )
  ).map(({ state }) => state);

describe('what is said about a message', () => {
  test.each(['after', 'before'])(
    'a reaction that comes %s its message stands on it and is no message',
    async (when) => {
      const from = { phone: newPhone() };
      const message = textMessage({ from, text: 'Look', at: minutes(1) });
      const deliveries = [
        said([message], from),
        said([reaction({ from, at: minutes(2) }, message.id, '👍')], from),
      ];
      await post(...(when === 'after' ? deliveries : deliveries.toReversed()));
      expect(await threadOf(from.phone)).toMatchObject([
        { text: 'Look', reactions: [{ emoji: '👍', by: 'customer' }] },
      ]);
      expect(await inbox.with(from.phone)).toMatchObject({ unread_count: 1 });
    },
  );

  test.each([undefined, ''])(
    'a reaction is taken back by %j, and an older one that comes late does not return',
    async (none) => {
      const from = { phone: newPhone() };
      const message = textMessage({ from, text: 'Look', at: minutes(1) });
      await post(
        said([message], from),
        said([reaction({ from, at: minutes(3) }, message.id, none)], from),
        said([reaction({ from, at: minutes(2) }, message.id, '👍')], from),
      );
      expect(await threadOf(from.phone)).toMatchObject([{ reactions: [] }]);
    },
  );

  test.each(['after', 'before'])(
    'an edit that comes %s its message changes the words and says so',
    async (when) => {
      const from = { phone: newPhone() };
      const message = textMessage({ from, text: 'Nine o’clock', at: minutes(1) });
      const deliveries = [
        said([message], from),
        said([edit({ from, at: minutes(2) }, message.id, 'Ten o’clock')], from),
      ];
      await post(...(when === 'after' ? deliveries : deliveries.toReversed()));
      expect(await threadOf(from.phone)).toMatchObject([
        { type: 'text', text: 'Ten o’clock', edited_at: expect.any(String) as string, deleted_at: null },
      ]);
    },
  );

  test.each(['after', 'before'])(
    'a deletion that comes %s its message leaves a mark and no words',
    async (when) => {
      const from = { phone: newPhone() };
      const message = textMessage({ from, text: 'A secret', at: minutes(1) });
      const deliveries = [said([message], from), said([revoke({ from, at: minutes(2) }, message.id)], from)];
      await post(...(when === 'after' ? deliveries : deliveries.toReversed()));
      expect(await threadOf(from.phone)).toMatchObject([
        { type: 'revoke', text: '', payload: null, deleted_at: expect.any(String) as string },
      ]);
    },
  );

  test('a customer can neither edit nor delete what the business wrote', async () => {
    const from = { phone: newPhone() };
    const ours = echo({ from, at: minutes(1) }, 'text', { body: 'Ours' });
    await post(
      echoes(ours),
      said(
        [edit({ from, at: minutes(2) }, ours.id, 'Theirs'), revoke({ from, at: minutes(3) }, ours.id)],
        from,
      ),
    );
    expect(await threadOf(from.phone)).toMatchObject([
      { text: 'Ours', direction: 'outbound', deleted_at: null },
    ]);
  });

  test('a change reaches only the message of its own number', async () => {
    const from = { phone: newPhone() };
    const message = textMessage({ from, text: 'Stays', at: minutes(1) });
    await post(said([message], from));
    const elsewhere = changeOf('999000111222', 'messages', {
      messages: [revoke({ from, at: minutes(2) }, message.id)],
    });
    await post([elsewhere]);
    expect(await threadOf(from.phone)).toMatchObject([{ text: 'Stays' }]);
  });

  test.each(['reaction', 'edit', 'revoke'])('a %s that names no message is set aside alone', async (type) => {
    const from = { phone: newPhone() };
    await post(said([anyMessage({ from }, type, {}), textMessage({ from, text: 'Beside' })], from));
    expect((await threadOf(from.phone)).map(({ text }) => text)).toEqual(['Beside']);
    expect((await newestStates(2)).toSorted()).toEqual(['done', 'quarantined']);
  });
});

describe('what a message is', () => {
  const product = { product_retailer_id: 'sku-1', quantity: '2', item_price: 4.5, currency: 'EUR' };
  test.each<[string, unknown, Record<string, unknown>]>([
    ['image', { id: '900', mime_type: 'image/jpeg', caption: 'The door' }, { text: 'The door' }],
    ['sticker', { id: '901', mime_type: 'image/webp', animated: true }, { payload: { animated: true } }],
    ['audio', { id: '902', mime_type: 'audio/ogg', voice: true }, { payload: { voice: true } }],
    ['location', { latitude: 52.5, longitude: 13.4, name: 'Workshop' }, { text: 'Workshop' }],
    [
      'contacts',
      [{ name: { formatted_name: 'Paul L.' } }],
      { payload: { content: [{ name: { formatted_name: 'Paul L.' } }] } },
    ],
    ['order', { catalog_id: '7', product_items: [product] }, { payload: { product_items: [product] } }],
    ['button', { payload: 'yes', text: 'Yes, please' }, { text: 'Yes, please' }],
    ['interactive', { type: 'list_reply', list_reply: { id: 'a', title: 'Tuesday' } }, { text: 'Tuesday' }],
    [
      'interactive',
      { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"size":"L"}' } },
      { payload: { nfm_reply: { response_json: '{"size":"L"}' } } },
    ],
  ])('a message of type %s keeps what it says: %j', async (type, content, expected) => {
    const from = { phone: newPhone() };
    await post(said([anyMessage({ from }, type, content)], from));
    expect(await threadOf(from.phone)).toMatchObject([{ type, ...expected }]);
    expect(await inbox.with(from.phone)).toMatchObject({
      unread_count: 1,
      window_closes_at: expect.any(String) as string,
    });
  });

  test('an answer knows what it answers, a forwarded one and one from an advertisement say so', async () => {
    const from = { phone: newPhone() };
    const first = textMessage({ from, text: 'First', at: minutes(1) });
    const referral = {
      source_url: 'https://fb.example/ad',
      source_type: 'ad',
      headline: 'Spring sale',
      ctwa_clid: 'c1',
    };
    await post(
      said(
        [
          first,
          anyMessage(
            { from, at: minutes(2) },
            'text',
            { body: 'Answer' },
            { context: { from: from.phone, id: first.id } },
          ),
          anyMessage(
            { from, at: minutes(3) },
            'text',
            { body: 'Passed on' },
            { context: { frequently_forwarded: true } },
          ),
          anyMessage({ from, at: minutes(4) }, 'text', { body: 'From an ad' }, { referral }),
        ],
        from,
      ),
    );
    expect((await threadOf(from.phone)).map(({ payload }) => payload)).toMatchObject([
      null,
      { context: { wamid: first.id } },
      { context: { forwarded: true, frequentlyForwarded: true } },
      { referral: { headline: 'Spring sale' } },
    ]);
  });

  test('what WhatsApp cannot pass on is shown with its reason', async () => {
    const from = { phone: newPhone() };
    const errors = [{ code: 131051, title: 'Message type unknown', error_data: { details: 'A poll' } }];
    await post(said([anyMessage({ from }, 'unsupported', { type: 'poll_creation' }, { errors })], from));
    expect(await threadOf(from.phone)).toMatchObject([
      {
        type: 'unsupported',
        payload: { original_type: 'poll_creation', errors: [{ code: 131051, details: 'A poll' }] },
      },
    ]);
  });

  test('a message of the future stands at now, with the time it claims kept', async () => {
    const from = { phone: newPhone() };
    await post(said([textMessage({ from, text: 'Tomorrow', at: new Date(Date.now() + 86_400_000) })], from));
    const [message] = await threadOf(from.phone);
    expect(new Date(message?.timestamp ?? 0).getTime()).toBeLessThanOrEqual(Date.now());
    expect(message?.payload).toMatchObject({ stated_at: expect.any(String) as string });
  });

  test('a message that comes eight days late stands where it was written and opens no window', async () => {
    const from = { phone: newPhone() };
    await post(
      said([textMessage({ from, text: 'Long ago', at: new Date(Date.now() - 8 * 86_400_000) })], from),
    );
    expect(await inbox.with(from.phone)).toMatchObject({ unread_count: 1, window_closes_at: null });
  });
});

describe('what the business wrote elsewhere', () => {
  test('stands in the thread as sent, is not unread, opens no window, and takes its statuses early and late', async () => {
    const from = { phone: newPhone() };
    const ours = echo({ from, at: minutes(1) }, 'text', { body: 'From the phone' });
    await post(
      [statusesChange(number.phoneNumberId, [{ id: ours.id, status: 'delivered', recipient: from.phone }])],
      echoes(ours),
      echoes(ours),
    );
    expect(await threadOf(from.phone)).toMatchObject([
      { text: 'From the phone', direction: 'outbound', status: 'delivered' },
    ]);
    expect(await inbox.with(from.phone)).toMatchObject({ unread_count: 0, window_closes_at: null });
    await post([
      statusesChange(number.phoneNumberId, [{ id: ours.id, status: 'read', recipient: from.phone }]),
    ]);
    expect(await threadOf(from.phone)).toMatchObject([{ status: 'read' }]);
  });

  test('is edited and deleted there too', async () => {
    const from = { phone: newPhone() };
    const [kept, gone] = ['Kept', 'Gone'].map((body) => echo({ from, at: minutes(1) }, 'text', { body }));
    const content = { original_message_id: kept?.id, message: { type: 'text', text: { body: 'Better' } } };
    await post(
      echoes(
        echo({ from, at: minutes(2) }, 'edit', content),
        echo({ from, at: minutes(2) }, 'revoke', { original_message_id: gone?.id }),
      ),
      echoes(kept ?? {}, gone ?? {}),
    );
    expect((await threadOf(from.phone)).map(({ type, text }) => [type, text])).toEqual([
      ['text', 'Better'],
      ['revoke', ''],
    ]);
  });
});

describe('the past of a phone', () => {
  test('comes in order, unread by nobody and without an event for every message, and repeats without a trace', async () => {
    const phone = newPhone();
    const past = Array.from({ length: 60 }, (_, index) => ({
      id: newWamid(),
      ...(index % 2 === 0 ? { from: phone } : { from: '15550001122', to: phone }),
      timestamp: String(1_770_000_000 + index),
      type: 'text',
      text: { body: `Past ${String(index)}` },
      history_context: { status: 'READ' },
    }));
    const chunk = [historyOf(number.phoneNumberId, phone, past)];
    await post(chunk, chunk);
    const thread = await threadOf(phone);
    expect(thread.map(({ text }) => text)).toEqual(past.map(({ text }) => text.body));
    expect(thread.map(({ direction, status }) => [direction, status]).slice(0, 2)).toEqual([
      ['inbound', 'received'],
      ['outbound', 'read'],
    ]);
    const conversation = await inbox.with(phone);
    expect(conversation).toMatchObject({ unread_count: 0, window_closes_at: null });
    const events = await queryAsAdmin<{ type: string }>(
      switchboard.database,
      `SELECT type FROM events WHERE data ->> 'conversation_id' = $1`,
      [conversation.id],
    );
    expect(events).toEqual([{ type: 'conversation.created' }]);
  });

  test('a file that comes after its placeholder takes its place', async () => {
    const phone = newPhone();
    const placeholder = { id: newWamid(), from: phone, timestamp: '1770000000', type: 'media_placeholder' };
    const image = {
      ...placeholder,
      type: 'image',
      image: { id: '910', mime_type: 'image/png', caption: 'The roof' },
    };
    const chunks = [placeholder, image, placeholder].map((message) => [
      historyOf(number.phoneNumberId, phone, [message]),
    ]);
    await post(...chunks);
    expect(await threadOf(phone)).toMatchObject([{ type: 'image', text: 'The roof' }]);
  });

  test.each([
    ['after', 'twice'],
    ['before', 'twice'],
    ['after', 'once'],
    ['before', 'once'],
  ])(
    'files that Meta sends by themselves, %s their placeholders and %s, take their places',
    async (when, often) => {
      const phone = newPhone();
      const theirs = { id: newWamid(), from: phone, timestamp: '1770000000' };
      const ours = { id: newWamid(), from: BUSINESS_PHONE, timestamp: '1770000001' };
      const placeholders = [theirs, ours].map((message) => ({
        ...message,
        type: 'media_placeholder',
        history_context: { status: 'READ' },
      }));
      const chunk = [historyOf(number.phoneNumberId, phone, placeholders)];
      const image = (caption: string) => ({
        type: 'image',
        image: { id: newWamid(), mime_type: 'image/png', caption },
      });
      const file = (message: Record<string, unknown>) => field('history', { messages: [message] });
      const files = [file({ ...theirs, ...image('The roof') }), file({ ...ours, ...image('The plan') })];
      const told = when === 'after' ? [chunk, ...files] : [...files, chunk];
      await post(...told, ...(often === 'twice' ? told : []));
      expect(
        (await threadOf(phone)).map(({ type, text, direction, media }) => [
          type,
          text,
          direction,
          media?.kind,
        ]),
      ).toEqual([
        ['image', 'The roof', 'inbound', 'image'],
        ['image', 'The plan', 'outbound', 'image'],
      ]);
      const conversation = await inbox.with(phone);
      expect(conversation).toMatchObject({ unread_count: 0 });
      const stored = await queryAsAdmin(
        switchboard.database,
        'SELECT DISTINCT changes FROM messages WHERE conversation_id = $1',
        [conversation.id],
      );
      expect(stored).toEqual([{ changes: null }]);
    },
  );

  test('the business’s own words are known by Meta’s word for them, however it is spelt', async () => {
    const phone = newPhone();
    const sent = { id: newWamid(), timestamp: '1770000000', type: 'text', text: { body: 'Ours' } };
    const context = { from_me: true, status: 'read' };
    await post([historyOf(number.phoneNumberId, phone, [{ ...sent, history_context: context }])]);
    expect(await threadOf(phone)).toMatchObject([{ direction: 'outbound', status: 'read' }]);
  });

  test('a broken message in it is set aside alone, and a refused transfer is kept', async () => {
    const phone = newPhone();
    const good = {
      id: newWamid(),
      from: phone,
      timestamp: '1770000000',
      type: 'text',
      text: { body: 'Good' },
    };
    await post(
      [historyOf(number.phoneNumberId, phone, [{ id: 7 }, good])],
      field('history', { history: [{ errors: [{ code: 2593109 }] }] }),
    );
    expect((await threadOf(phone)).map(({ text }) => text)).toEqual(['Good']);
    expect(await newestStates(1)).toEqual(['unhandled']);
  });
});

describe('who a person is', () => {
  test.each([
    ['greater', [newPhone(), newPhone()].toSorted()],
    ['smaller', [newPhone(), newPhone()].toSorted().toReversed()],
  ] as const)(
    'a new number, also a %s one in the same second, goes on with the same conversation and says so in it',
    async (_order, phones) => {
      const [old = '', fresh = ''] = phones;
      const at = new Date();
      await post(said([textMessage({ from: { phone: old }, text: 'Old number', at })], { phone: old }));
      const before = await inbox.with(old);
      const system = { body: 'Ada changed numbers', type: 'user_changed_number', wa_id: fresh };
      await post(
        field('messages', { messages: [anyMessage({ from: { phone: old }, at }, 'system', system)] }),
      );
      await post([textChange(number.phoneNumberId, { from: { phone: fresh }, text: 'New number', at })]);
      const after = await inbox.with(fresh);
      expect(after.id).toBe(before.id);
      expect(after.unread_count).toBe(2);
      expect((await threadOf(fresh)).map(({ type }) => type)).toEqual(['text', 'system', 'text']);
    },
  );

  test('a new security code is the same person under the same phone, also before they ever wrote', async () => {
    const phone = newPhone();
    const system = { body: 'Their code changed', type: 'customer_identity_changed' };
    await post(field('messages', { messages: [anyMessage({ from: { phone } }, 'system', system)] }));
    await post(said([textMessage({ from: { phone }, text: 'Still me' })], { phone }));
    expect((await threadOf(phone)).map(({ type }) => type)).toEqual(['system', 'text']);
  });

  test.each(['system', 'user_id_update'])(
    'a new user id told by %s goes on with the same conversation',
    async (way) => {
      const [old, fresh] = [newUserId(), newUserId()];
      const name = `Ida ${old}`;
      await post([textChange(number.phoneNumberId, { from: { userId: old, name }, text: 'Old id' })]);
      await post(
        way === 'system'
          ? field('messages', {
              messages: [
                {
                  ...anyMessage({ from: {} }, 'system', {
                    type: 'user_changed_user_id',
                    user_id: fresh,
                    previous_user_id: old,
                    body: 'New id',
                  }),
                },
              ],
            })
          : field('user_id_update', {
              user_id_update: [
                { detail: 'changed', user_id: { previous: old, current: fresh }, timestamp: '1790000000' },
              ],
            }),
      );
      await post([textChange(number.phoneNumberId, { from: { userId: fresh, name }, text: 'New id' })]);
      expect((await inbox.textsWith(name)).filter((text) => text !== '')).toEqual(
        expect.arrayContaining(['Old id', 'New id']),
      );
    },
  );

  test('who wrote by phone and by id apart becomes one when both come together, and nothing is lost', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    const name = `Eve ${phone}`;
    await post(
      [textChange(number.phoneNumberId, { from: { phone, name }, text: 'By phone' })],
      [textChange(number.phoneNumberId, { from: { userId, name }, text: 'By id' })],
    );
    expect((await inbox.conversations()).filter(({ customer }) => customer.name === name)).toHaveLength(2);
    await post([textChange(number.phoneNumberId, { from: { phone, userId, name }, text: 'Both' })]);
    const conversation = await inbox.with(phone);
    expect(conversation.unread_count).toBe(3);
    const thread = await threadOf(name);
    expect(
      thread
        .filter(({ type }) => type === 'text')
        .map(({ text }) => text)
        .toSorted(),
    ).toEqual(['Both', 'By id', 'By phone']);
    expect(thread.filter(({ type }) => type === 'notice')).toHaveLength(1);
  });

  test('of forty messages that come at once, by phone, by id and by both, one customer and one conversation are made', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    const senders: Sender[] = [{ phone }, { userId }, { phone, userId }];
    const changes = Array.from({ length: 40 }, (_, index) =>
      textChange(number.phoneNumberId, { from: senders[index % 3] ?? {}, text: `At once ${String(index)}` }),
    );
    await Promise.all(changes.map((change) => deliver(switchboard.url, envelope([change]))));
    await switchboard.settle();
    const texts = (await threadOf(phone)).filter(({ type }) => type === 'text').map(({ text }) => text);
    expect(new Set(texts).size).toBe(40);
    expect(texts).toHaveLength(40);
    expect(await inbox.with(phone)).toMatchObject({ unread_count: 40 });
    expect(
      await queryAsAdmin(
        switchboard.database,
        `SELECT count(DISTINCT customer_id)::int AS customers FROM contact_identities WHERE value = ANY ($1)`,
        [[phone, userId]],
      ),
    ).toEqual([{ customers: 1 }]);
  });

  test('a phone that somebody shared when asked ties them to it; a card of somebody else does not', async () => {
    const [asked, other] = [
      { userId: newUserId(), name: 'Asked' },
      { userId: newUserId(), name: 'Other' },
    ];
    const [phone, foreign] = [newPhone(), newPhone()];
    const card = (wa_id: string, origin: string) => [{ origin, phones: [{ phone: `+${wa_id}`, wa_id }] }];
    await post(
      said([anyMessage({ from: asked }, 'contacts', card(phone, 'contact_request'))], asked),
      said([anyMessage({ from: other }, 'contacts', card(foreign, 'other'))], other),
      said([textMessage({ from: { phone }, text: 'By phone' })], { phone, name: 'Asked' }),
    );
    expect((await threadOf(phone)).map(({ type }) => type)).toEqual(['contacts', 'text']);
    expect((await inbox.with('Other')).customer.phone).toBeNull();
  });

  test('what names nobody is of the one contact beside it, and set aside where there are two', async () => {
    const [one, two] = [newPhone(), newPhone()];
    const unnamed = (body: string) => anyMessage({ from: {} }, 'text', { body });
    const contacts = [one, two].map((wa_id) => ({ wa_id, profile: { name: wa_id } }));
    await post(
      field('messages', { contacts: contacts.slice(0, 1), messages: [unnamed('Whose?')] }),
      field('messages', { contacts, messages: [unnamed('Nobody knows')] }),
    );
    expect(await newestStates(1)).toEqual(['quarantined']);
    expect((await threadOf(one)).map(({ text }) => text)).toEqual(['Whose?']);
  });

  test('a status that names phone and id ties them together', async () => {
    const [phone, userId] = [newPhone(), newUserId()];
    await post([textChange(number.phoneNumberId, { from: { phone, name: 'Ty' }, text: 'By phone' })]);
    const status = {
      id: newWamid(),
      status: 'delivered',
      timestamp: '1790000000',
      recipient_id: phone,
      recipient_user_id: userId,
    };
    await post(field('messages', { statuses: [status] }), [
      textChange(number.phoneNumberId, { from: { userId, name: 'Ty' }, text: 'By id' }),
    ]);
    expect(await inbox.textsWith(phone)).toEqual(['By phone', 'By id']);
  });

  test('the name in the business’s address book counts before the one that the person shows', async () => {
    const phone = newPhone();
    const entry = (action: string, at: string) => ({
      type: 'contact',
      contact: { full_name: `Mrs Brook ${phone}`, first_name: 'Brook', phone_number: phone },
      action,
      metadata: { timestamp: at },
    });
    await post(field('smb_app_state_sync', { state_sync: [entry('add', '1760000000')] }));
    await post([textChange(number.phoneNumberId, { from: { phone, name: 'ada 🌸' }, text: 'Hi' })]);
    expect((await inbox.with(phone)).customer.name).toBe(`Mrs Brook ${phone}`);
    await post(field('smb_app_state_sync', { state_sync: [entry('remove', '1760000001')] }));
    expect((await inbox.with(phone)).customer.name).toBe('ada 🌸');
  });
});

describe('what else is told', () => {
  test('who calls is known by the name that comes along, and their calls keep the order of what they write', async () => {
    const phone = newPhone();
    const contacts = [{ wa_id: phone, profile: { name: 'Cass Caller' } }];
    await post(
      field('calls', { contacts, calls: [call({ from: { phone } }, 'connect')] }),
      said([textMessage({ from: { phone }, text: 'I called' })], { phone, name: 'Cass Caller' }),
    );
    const lanes = await queryAsAdmin(
      switchboard.database,
      'SELECT count(DISTINCT ordering_key)::integer AS lanes FROM (SELECT * FROM app.webhook_items ORDER BY id DESC LIMIT 2) AS newest',
    );
    expect(lanes).toEqual([{ lanes: 1 }]);
    expect(await inbox.with('Cass Caller')).toMatchObject({ customer: { phone } });
  });

  test('a call is one notice with all that happened, opens the window and is unread once', async () => {
    const from = { phone: newPhone() };
    const id = `wacid.${newWamid()}`;
    const calls = (...list: unknown[]) =>
      field('calls', { contacts: [{ wa_id: from.phone, profile: { name: 'Cal' } }], calls: list });
    await post(
      calls(call({ from, id, at: minutes(3) }, 'terminate', { status: 'COMPLETED', duration: 65 })),
      calls(call({ from, id, at: minutes(1) }, 'connect', { session: { sdp_type: 'offer', sdp: 'v=0 …' } })),
      calls(call({ from, id, at: minutes(1) }, 'connect')),
    );
    expect(await threadOf(from.phone)).toMatchObject([
      {
        type: 'call',
        direction: 'inbound',
        payload: { events: { terminate: { seconds: 65 }, connect: {} } },
      },
    ]);
    expect(JSON.stringify(await threadOf(from.phone))).not.toContain('sdp');
    expect(await inbox.with(from.phone)).toMatchObject({
      unread_count: 1,
      window_closes_at: expect.any(String) as string,
    });
  });

  test('a wish about marketing messages stands once in the ledger of consent', async () => {
    const phone = newPhone();
    const wish = {
      wa_id: phone,
      detail: 'Stop',
      category: 'marketing_messages',
      value: 'stop',
      timestamp: 1_790_000_000,
    };
    const change = field('user_preferences', { contacts: [{ wa_id: phone }], user_preferences: [wish] });
    await post(change, change);
    expect(
      await queryAsAdmin(
        switchboard.database,
        `SELECT opted_in, category, method, identity_kind FROM consent_events WHERE identity_value = $1`,
        [phone],
      ),
    ).toEqual([
      {
        opted_in: false,
        category: 'marketing_messages',
        method: 'whatsapp_preference',
        identity_kind: 'phone',
      },
    ]);
  });

  test('what customers write while another app answers is in the thread, and calls nobody', async () => {
    const from = { phone: newPhone() };
    await post(
      field('standby', {
        standby: {
          messages: [textMessage({ from, text: 'To the other app' })],
          contacts: [{ wa_id: from.phone }],
        },
      }),
    );
    expect(await inbox.textsWith(from.phone)).toEqual(['To the other app']);
    expect(await inbox.with(from.phone)).toMatchObject({ unread_count: 0 });
  });

  test.each([
    ['messaging_handovers', { type: 'control_passed', recipient: {} }],
    ['group_lifecycle_update', { groups: [{ type: 'created', group_id: 'g1' }] }],
    ['automatic_events', { automatic_events: [{ id: 'e1', event_name: 'Purchase' }] }],
    ['tracking_events', { events: [{ event_name: 'click' }] }],
  ])('%s is kept as it came', async (name, value) => {
    await post(field(name, value));
    expect(await newestStates(1)).toEqual(['unhandled']);
  });

  test('what Meta charges is kept with the message', async () => {
    const from = { phone: newPhone() };
    const ours = echo({ from }, 'text', { body: 'Costs' });
    const pricing = { billable: true, pricing_model: 'PMP', category: 'service' };
    const status = {
      id: ours.id,
      status: 'sent',
      timestamp: '1790000000',
      recipient_id: from.phone,
      pricing,
    };
    await post(
      field('messages', { statuses: [status] }),
      echoes(ours),
      field('messages', { statuses: [{ ...status, status: 'read' }] }),
    );
    expect(
      await queryAsAdmin(switchboard.database, `SELECT pricing, status FROM messages WHERE wamid = $1`, [
        ours.id,
      ]),
    ).toEqual([{ pricing, status: 'read' }]);
  });
});
