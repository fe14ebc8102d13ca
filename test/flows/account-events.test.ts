/** What Meta tells of accounts: everything is kept and shown, and whatever the order of arrival, the newest word counts. */
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { AccountEventPage, AccountHealthPage, WabaStatus } from '../../src/modules/waba/contract.ts';
import { accountFixtures, type Told } from '../harness/account-events.ts';
import { noticeDelivery, postNotice } from '../harness/account-notices.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { postDelivery } from '../harness/signed-delivery.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let number: ConnectedNumber;
let told: Told;
/** Later than connecting, by Meta's clock. */
const LATER = Math.floor(Date.now() / 1000) + 1000;

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
});
afterAll(() => switchboard.stop());
beforeEach(async () => {
  owner = await registerOwner(switchboard.url);
  number = await connectNumber(switchboard, owner.access_token);
  told = await tellAbout(number);
});

async function tellAbout({ wabaId, businessId, phoneNumberId }: ConnectedNumber): Promise<Told> {
  const [row] = await queryAsAdmin<{ display: string }>(
    switchboard.database,
    'SELECT display_phone_number AS display FROM phone_numbers WHERE phone_number_id = $1',
    [phoneNumberId],
  );
  return { wabaId, businessId, phoneNumberId, digits: row?.display.replace(/\D/g, '') ?? '' };
}

const get = async <T>(path: string, person = owner) =>
  (await request<T>(`${switchboard.url}${path}`, { token: person.access_token })).body;
const eventsOf = async (person = owner) =>
  (await get<AccountEventPage>('/api/v1/health/events?limit=200', person)).data;

const entryOf = (byPartner: true | undefined, about: Told) => (byPartner ? about.businessId : about.wabaId);

async function tell(event: string, time = LATER, about = told): Promise<void> {
  const value = { event, waba_info: { waba_id: about.wabaId, owner_business_id: about.businessId } };
  await postNotice(switchboard.url, { field: 'account_update', value, time, entryId: '4455' });
  await switchboard.settle();
}

/** Everything that follows from events, as the database holds it. */
async function stateOf(about: Told): Promise<unknown> {
  const rows = (statement: string, values: unknown[]) =>
    queryAsAdmin(switchboard.database, statement, values);
  return {
    facts: (
      await rows('SELECT subject, aspect, value FROM account_facts WHERE waba_id = $1 ORDER BY 1, 2', [
        about.wabaId,
      ])
    ).map((row) =>
      JSON.stringify(row).replaceAll(about.phoneNumberId, 'NUMBER').replaceAll(about.businessId, 'BUSINESS'),
    ),
    number: await rows(
      'SELECT quality_rating, messaging_limit, verified_name, name_status, username FROM phone_numbers WHERE phone_number_id = $1',
      [about.phoneNumberId],
    ),
    templates: await rows(
      `SELECT template_id, name, language, status, reason, category, correct_category, category_changes_at, quality, components
       FROM message_templates WHERE waba_id = $1 ORDER BY 1`,
      [about.wabaId],
    ),
    grants: await rows(
      'SELECT connected, disconnected_by, disconnected_reason, disconnected_at FROM waba_accounts WHERE waba_id = $1',
      [about.wabaId],
    ),
    events: (
      await rows('SELECT field, event FROM account_events WHERE waba_id = $1 ORDER BY 1, 2', [about.wabaId])
    ).length,
  };
}

describe('every kind of event', () => {
  test('is kept, shown in words and applied to what it is about', async () => {
    for (const [index, { field, value, byPartner }] of accountFixtures(told).entries())
      await postNotice(switchboard.url, {
        field,
        value,
        time: LATER + index,
        entryId: entryOf(byPartner, told),
      });
    await switchboard.settle();
    const events = await eventsOf();
    expect(events.length).toBe(accountFixtures(told).length);
    for (const { title, waba_id: wabaId } of events) {
      expect(title).toMatch(/^\p{Lu}/u);
      expect(wabaId).toBe(told.wabaId);
    }
    const aboutNumber = events.filter((event) => event.phone_number_id === told.phoneNumberId);
    expect(aboutNumber.map((event) => event.field).sort()).toEqual([
      'account_alerts',
      'account_settings_update',
      'business_username_update',
      'business_username_updates',
      'phone_number_name_update',
      'phone_number_name_update',
      'phone_number_quality_update',
      'phone_number_quality_update',
      'security',
    ]);
    expect(await stateOf(told)).toMatchObject({
      number: [
        {
          quality_rating: 'RED',
          messaging_limit: 'TIER_2K',
          verified_name: 'Fjord Boats',
          name_status: 'APPROVED',
          username: 'fjordboats',
        },
      ],
      templates: [
        {
          template_id: '901',
          name: 'boat_ready',
          status: 'PAUSED',
          category: 'MARKETING',
          correct_category: null,
          quality: 'YELLOW',
        },
        { template_id: '902', category: 'UTILITY', correct_category: 'MARKETING' },
      ],
    });
    const [health] = (await get<AccountHealthPage>('/api/v1/health/accounts')).data;
    expect(health?.findings).toContainEqual(
      expect.objectContaining({
        check: 'restrictions',
        severity: 'critical',
        detail: 'You cannot write to customers first.',
      }),
    );
    expect(health?.findings).toContainEqual(expect.objectContaining({ check: 'ban', severity: 'good' }));
    expect(health?.findings).toContainEqual(expect.objectContaining({ check: 'review', severity: 'good' }));
  });

  test('told twice, in another order of keys, is one event', async () => {
    const notice = { field: 'account_review_update', time: LATER, entryId: told.wabaId };
    await postNotice(switchboard.url, { ...notice, value: { decision: 'REJECTED', extra: { a: 1, b: 2 } } });
    await postNotice(switchboard.url, { ...notice, value: { extra: { b: 2, a: 1 }, decision: 'REJECTED' } });
    await switchboard.settle();
    expect((await eventsOf()).length).toBe(1);
  });

  test('of an unforeseen shape is an event too, and holds nothing up', async () => {
    for (const value of [null, 7, [], { event: 9 }, { event: '__proto__' }, { event: 'NEVER_HEARD_OF' }])
      await postNotice(switchboard.url, {
        field: 'account_update',
        value,
        time: LATER,
        entryId: told.wabaId,
      });
    await switchboard.settle();
    expect((await eventsOf()).map(({ event }) => event).sort()).toEqual(
      ['NEVER_HEARD_OF', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'UNKNOWN', '__proto__'].sort(),
    );
  });
});

test('events in any order, some twice, end in the same state', async () => {
  const ends = (about: Told) =>
    ['PARTNER_REMOVED', 'PARTNER_ADDED', 'PARTNER_APP_UNINSTALLED', 'ACCOUNT_OFFBOARDED'].map((event) => ({
      field: 'account_update',
      value: { event, waba_info: { waba_id: about.wabaId, owner_business_id: about.businessId } },
      byPartner: undefined,
    }));
  const all = (about: Told) =>
    [...accountFixtures(about), ...ends(about)].map((fixture, index) => ({
      ...fixture,
      time: LATER + index,
    }));
  const run = async (order: number[]): Promise<unknown> => {
    const person = await registerOwner(switchboard.url);
    const about = await tellAbout(await connectNumber(switchboard, person.access_token));
    const notices = all(about);
    for (const index of order) {
      const notice = notices[index % notices.length];
      if (notice) await postNotice(switchboard.url, { ...notice, entryId: entryOf(notice.byPartner, about) });
    }
    await switchboard.settle();
    return stateOf(about);
  };
  const straight = Array.from({ length: all(told).length }, (_, index) => index);
  const expected = await run(straight);
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(straight, { minLength: straight.length, maxLength: straight.length }),
      fc.array(fc.nat(straight.length - 1), { maxLength: 8 }),
      async (shuffled, again) => {
        expect(await run([...shuffled, ...again])).toEqual(expected);
      },
    ),
    { numRuns: 4 },
  );
}, 180_000);

test.each([[['a', 'b']], [['b', 'a']]])(
  'of two words of one second the same one counts, whichever comes first (%j)',
  async (order) => {
    const decisions: Record<string, string> = { a: 'DEFERRED', b: 'REJECTED' };
    for (const key of order) {
      await queryAsAdmin(
        switchboard.database,
        "SELECT app.store_account_notice('install', $1, NULL, 'account_review_update', $2, $3, to_timestamp($4))",
        [told.wabaId, JSON.stringify({ decision: decisions[key] }), `${told.wabaId}/${key}`, LATER],
      );
      await switchboard.settle();
    }
    const [fact] = await queryAsAdmin<{ value: unknown }>(
      switchboard.database,
      "SELECT value FROM account_facts WHERE waba_id = $1 AND aspect = 'review'",
      [told.wabaId],
    );
    expect(fact?.value).toEqual({ decision: 'REJECTED' });
  },
);

describe('the connection', () => {
  test.each(['PARTNER_REMOVED', 'PARTNER_APP_UNINSTALLED', 'ACCOUNT_DELETED', 'ACCOUNT_OFFBOARDED'])(
    'ends by %s, with the reason shown, and a later word mends it',
    async (event) => {
      await tell(event);
      const status = await get<WabaStatus>('/api/waba/status');
      expect(status.accounts).toMatchObject([{ waba_id: told.wabaId, connected: false }]);
      const [health] = (await get<AccountHealthPage>('/api/v1/health/accounts')).data;
      expect(health).toMatchObject({ sending: 'paused', severity: 'critical' });
      expect(health?.paused_reason).toMatch(/^The /);
      await tell('ACCOUNT_RECONNECTED', LATER + 5);
      expect((await get<WabaStatus>('/api/waba/status')).connected).toBe(true);
    },
  );

  test('stays when the word that ended it is older than the one that mended it, or than the connection', async () => {
    await tell('PARTNER_ADDED', LATER + 9);
    await tell('PARTNER_REMOVED', LATER + 8);
    await tell('ACCOUNT_OFFBOARDED', 1_600_000_000);
    expect((await get<WabaStatus>('/api/waba/status')).connected).toBe(true);
  });
});

test('what was told before anybody connected the account is there once somebody does', async () => {
  const declared = switchboard.simulator.control.declareAccount({ name: 'Not yet connected' });
  const value = {
    event: 'PARTNER_ADDED',
    waba_info: { waba_id: declared.waba_id, owner_business_id: declared.business_id },
  };
  await postNotice(switchboard.url, { field: 'account_update', value, time: LATER, entryId: '4455' });
  await postNotice(switchboard.url, {
    field: 'phone_number_name_update',
    value: { display_phone_number: declared.display_phone_number, decision: 'REJECTED' },
    time: LATER + 5,
    entryId: declared.waba_id,
  });
  await switchboard.settle();
  expect(await countRows(switchboard.database, 'account_events', `waba_id = '${declared.waba_id}'`)).toBe(0);

  await request(`${switchboard.url}/api/waba/connect`, {
    token: owner.access_token,
    body: { access_token: declared.access_token, waba_id: declared.waba_id },
  });
  await switchboard.settle();
  const events = (await eventsOf()).filter((event) => event.waba_id === declared.waba_id);
  expect(events.map(({ event }) => event)).toEqual(['REJECTED', 'PARTNER_ADDED']);
  expect(events[0]?.phone_number_id).toBe(declared.phone_number_id);
});

describe('two organizations', () => {
  test('hear only of their own accounts', async () => {
    const stranger = await registerOwner(switchboard.url);
    await connectNumber(switchboard, stranger.access_token);
    await tell('PARTNER_REMOVED');
    expect((await eventsOf()).length).toBe(1);
    expect(await eventsOf(stranger)).toEqual([]);
    expect((await get<WabaStatus>('/api/waba/status', stranger)).connected).toBe(true);
  });

  test('an app that is neither the install’s nor the organization’s own is not heard at all', async () => {
    const value = { event: 'PARTNER_REMOVED', waba_info: { waba_id: told.wabaId } };
    const body = noticeDelivery({ field: 'account_update', value, time: LATER, entryId: '4455' });
    expect((await postDelivery(switchboard.url, body, { secret: 'the secret of another app' })).status).toBe(
      401,
    );
    await switchboard.settle();
    expect(await eventsOf()).toEqual([]);
  });

  test('an organization’s own app speaks only for its own grants', async () => {
    const stranger = await registerOwner(switchboard.url);
    const value = { event: 'PARTNER_REMOVED', waba_info: { waba_id: told.wabaId } };
    await queryAsAdmin(
      switchboard.database,
      "SELECT app.store_account_notice($1, $2, NULL, 'account_update', $3, 'notice:forged', to_timestamp($4))",
      [stranger.organization.id, told.wabaId, JSON.stringify(value), LATER],
    );
    await switchboard.settle();
    expect(await eventsOf()).toEqual([]);
    expect((await get<WabaStatus>('/api/waba/status')).connected).toBe(true);
  });
});

test('events come in pages, newest first, and a made-up cursor is refused', async () => {
  for (let index = 0; index < 5; index += 1)
    await postNotice(switchboard.url, {
      field: 'security',
      value: { event: `E${String(index)}` },
      time: LATER + Math.floor(index / 2),
      entryId: told.wabaId,
    });
  await switchboard.settle();
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '?limit=2' : `?limit=2&cursor=${cursor}`;
    const page: AccountEventPage = await get<AccountEventPage>(`/api/v1/health/events${query}`);
    seen.push(...page.data.map(({ event }) => event));
    cursor = page.next_cursor;
  } while (cursor !== null);
  // Two of one second have no order among themselves, but no page repeats or leaves out one of them.
  expect([seen.slice(0, 1), seen.slice(1, 3).toSorted(), seen.slice(3).toSorted()]).toEqual([
    ['E4'],
    ['E2', 'E3'],
    ['E0', 'E1'],
  ]);
  const { status } = await request(`${switchboard.url}/api/v1/health/events?cursor=nonsense`, {
    token: owner.access_token,
  });
  expect(status).toBe(400);
});

test('however many notices wait for an account, all are applied, and again when it is connected anew', async () => {
  const { wabaId } = told;
  const changes = Array.from({ length: 250 }, (_, n) => ({
    field: 'account_review_update',
    value: { decision: n === 249 ? 'REJECTED' : 'APPROVED', nth: n },
  }));
  const body = { object: 'whatsapp_business_account', entry: [{ id: wabaId, time: LATER, changes }] };
  expect((await postDelivery(switchboard.url, JSON.stringify(body))).status).toBe(200);
  await switchboard.settle();
  const stored = () =>
    countRows(
      switchboard.database,
      'account_events',
      `waba_id = '${wabaId}' AND field = 'account_review_update'`,
    );
  expect(await stored()).toBe(250);
  await queryAsAdmin(switchboard.database, `DELETE FROM account_events WHERE waba_id = $1`, [wabaId]);
  const connect = { token: owner.access_token, body: { access_token: number.token, waba_id: wabaId } };
  expect((await request(`${switchboard.url}/api/waba/connect`, connect)).status).toBe(200);
  await switchboard.settle();
  expect(await stored()).toBe(250);
});

test('a notice with names longer than any index takes, or a day that no calendar has, does not hold up those behind it', async () => {
  const { wabaId } = told;
  const long = randomBytes(10_000).toString('base64url');
  const changes = [
    { field: 'account_alerts', value: { alert_info: { alert_type: long, alert_severity: 'CRITICAL' } } },
    { field: 'payment_configuration_update', value: { configuration_name: long, status: 'ACTIVE' } },
    {
      field: 'partner_solutions',
      value: { event: 'SOLUTION_UPDATED', solution_id: long, solution_status: 'ACTIVE' },
    },
    { field: 'message_template_status_update', value: { event: 'APPROVED', message_template_id: long } },
    {
      field: 'template_category_update',
      value: {
        message_template_id: '9',
        correct_category: 'MARKETING',
        category_update_timestamp: 99_999_999_999_999,
      },
    },
    { field: 'account_review_update', value: { decision: 'REJECTED' } },
  ];
  const entry = [
    { id: wabaId, time: LATER, changes },
    { id: told.businessId, time: LATER, changes },
  ];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
  expect((await postDelivery(switchboard.url, body)).status).toBe(200);
  await switchboard.settle();
  expect((await eventsOf()).map(({ field }) => field)).toEqual(
    expect.arrayContaining(changes.map(({ field }) => field)),
  );
});
