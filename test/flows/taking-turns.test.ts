/** Who waits for whom while messages are worked off: organizations take turns, and what is stuck or bad holds up only itself. */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import {
  deliver,
  envelope,
  envelopeOf,
  messagesChange,
  newPhone,
  newWamid,
  textChange,
  textMessage,
} from '../harness/deliveries.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { until } from '../harness/server-process.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let number: ConnectedNumber;
let other: ConnectedNumber;

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  const connect = async () => connectNumber(switchboard, (await registerOwner(switchboard.url)).access_token);
  number = await connect();
  other = await connect();
});
afterAll(() => switchboard.stop());

const write = async (to: ConnectedNumber, phone: string, text: string, id = newWamid()) => {
  const body = envelope([textChange(to.phoneNumberId, { from: { phone }, text, id })]);
  expect((await deliver(switchboard.url, body)).status).toBe(200);
  return id;
};

const isStored = async (wamid: string) =>
  (await queryAsAdmin(switchboard.database, 'SELECT FROM message_keys WHERE wamid = $1', [wamid])).length ===
  1;
const stored = (wamid: string, within = 30_000) =>
  until(() => isStored(wamid), { is: (found) => found, within, what: `${wamid} stored` });

const waiting = async (phoneNumberId: string) =>
  (
    await queryAsAdmin(
      switchboard.database,
      `SELECT FROM app.webhook_items WHERE state = 'waiting' AND phone_number_id = $1`,
      [phoneNumberId],
    )
  ).length;

test("one organization's backlog does not keep another's message waiting", async () => {
  const people = Array.from({ length: 1_500 }, () => ({ phone: newPhone() }));
  const messages = people.map((from, index) => textMessage({ from, text: `Backlog ${String(index)}` }));
  const backlog = messagesChange(number.phoneNumberId, messages, people);
  expect((await deliver(switchboard.url, envelope([backlog]))).status).toBe(200);
  await stored(await write(other, newPhone(), 'Live'));
  expect(await waiting(number.phoneNumberId)).toBeGreaterThan(0);
  await switchboard.settle();
  expect(await waiting(number.phoneNumberId)).toBe(0);
}, 120_000);

test('with two organizations that have a backlog, a third still gets its turn', async () => {
  const owners = await Promise.all([0, 1, 2].map(() => registerOwner(switchboard.url)));
  // Turns go by the organizations' ids: the last one is whom they could leave out.
  owners.sort((a, b) => (a.organization.id < b.organization.id ? -1 : 1));
  const numbers: ConnectedNumber[] = [];
  for (const { access_token } of owners) numbers.push(await connectNumber(switchboard, access_token));
  const [first, second, third] = numbers;
  if (!first || !second || !third) throw new Error('Three numbers were connected.');
  const wamid = newWamid();
  const release = await holdSplitting();
  for (const { phoneNumberId } of [first, second]) {
    const people = Array.from({ length: 600 }, () => ({ phone: newPhone() }));
    const messages = people.map((from) => textMessage({ from, text: 'Backlog' }));
    await deliver(switchboard.url, envelope([messagesChange(phoneNumberId, messages, people)]));
  }
  await write(third, newPhone(), 'Live', wamid);
  await release();
  await stored(wamid);
  for (const { phoneNumberId } of [first, second]) expect(await waiting(phoneNumberId)).toBeGreaterThan(0);
  await switchboard.settle();
}, 120_000);

/** The numbers that the items are about, in the order of work, and how often in a row. */
const orderOfWork = async (wamids: string[]) => {
  const items = await queryAsAdmin<{ phone_number_id: string }>(
    switchboard.database,
    `SELECT phone_number_id FROM app.webhook_items WHERE item::json->'value'->>'id' = ANY($1) ORDER BY id`,
    [wamids],
  );
  return items.map(({ phone_number_id }) => (phone_number_id === number.phoneNumberId ? 'first' : 'other'));
};

/** Keeps deliveries from being split until the returned function is called. */
async function holdSplitting(): Promise<() => Promise<void>> {
  const holder = new pg.Client(switchboard.database.adminUrl);
  await holder.connect();
  await holder.query(`SELECT pg_advisory_lock(hashtextextended('switchboard.split', 0))`);
  return () => holder.end();
}

const textsTo = (to: ConnectedNumber, count: number) =>
  Array.from({ length: count }, () => ({
    id: newWamid(),
    from: { phone: newPhone() },
    text: 'In turn',
    to: to.phoneNumberId,
  }));

test('accounts take turns before their deliveries are split, and each keeps its own order', async () => {
  const [backlog, live] = [textsTo(number, 150), textsTo(other, 2)];
  const release = await holdSplitting();
  for (const [account, written] of [
    ...backlog.map((one) => ['7101', one] as const),
    ...live.map((one) => ['7202', one] as const),
  ])
    expect(
      (await deliver(switchboard.url, envelopeOf(account, [textChange(written.to, written)]))).status,
    ).toBe(200);
  await release();
  await switchboard.settle();
  const order = await orderOfWork([...backlog, ...live].map(({ id }) => id));
  expect(order).toHaveLength(152);
  // A transaction takes fifty deliveries; without turns these would be the 151st and the 152nd.
  expect(order.lastIndexOf('other')).toBeLessThan(50);
  const kept = await queryAsAdmin<{ wamid: string }>(
    switchboard.database,
    `SELECT item::json->'value'->>'id' AS wamid FROM app.webhook_items WHERE phone_number_id = $1 AND waba_id = '7101' ORDER BY id`,
    [number.phoneNumberId],
  );
  expect(kept.map(({ wamid }) => wamid)).toEqual(backlog.map(({ id }) => id));
}, 120_000);

test('accounts that find no room in one splitting transaction are in the next one', async () => {
  const accounts = Array.from({ length: 25 }, (_, index) => String(7301 + index));
  const release = await holdSplitting();
  for (const account of accounts)
    for (const written of textsTo(number, 6))
      await deliver(switchboard.url, envelopeOf(account, [textChange(written.to, written)]));
  await release();
  await switchboard.settle();
  const items = await queryAsAdmin<{ waba_id: string }>(
    switchboard.database,
    'SELECT waba_id FROM app.webhook_items WHERE waba_id = ANY($1) ORDER BY id',
    [accounts],
  );
  expect(items).toHaveLength(150);
  // One transaction takes two deliveries each of twenty accounts.
  expect(new Set(items.slice(0, 80).map(({ waba_id }) => waba_id)).size).toBe(25);
}, 120_000);

test('while a delivery of several accounts waits, all are split in the order in which they came', async () => {
  const [before, mixed, after] = [
    textsTo(number, 3),
    [...textsTo(number, 1), ...textsTo(other, 1)],
    textsTo(other, 3),
  ];
  const release = await holdSplitting();
  for (const written of before)
    await deliver(switchboard.url, envelopeOf('7101', [textChange(written.to, written)]));
  await deliver(switchboard.url, envelope(...mixed.map((written) => [textChange(written.to, written)])));
  for (const written of after)
    await deliver(switchboard.url, envelopeOf('7202', [textChange(written.to, written)]));
  await release();
  await switchboard.settle();
  const all = [...before, ...mixed, ...after];
  expect(await orderOfWork(all.map(({ id }) => id))).toEqual(
    all.map(({ to }) => (to === number.phoneNumberId ? 'first' : 'other')),
  );
}, 120_000);

test('an organization of which everything is stuck leaves a place to the others', async () => {
  const people = Array.from({ length: 400 }, () => ({ phone: newPhone() }));
  const messages = people.map((from) => textMessage({ from, text: 'Stuck' }));
  const holder = new pg.Client(switchboard.database.adminUrl);
  await holder.connect();
  await holder.query('BEGIN');
  // Whatever is stored on the number points at it.
  await holder.query('SELECT FROM phone_numbers WHERE phone_number_id = $1 FOR UPDATE', [
    number.phoneNumberId,
  ]);
  await deliver(switchboard.url, envelope([messagesChange(number.phoneNumberId, messages, people)]));
  const leased = async () =>
    (await queryAsAdmin(switchboard.database, 'SELECT FROM app.webhook_lanes WHERE leased_until IS NOT NULL'))
      .length;
  // Four of five places, of forty lanes each.
  await until(leased, { is: (lanes) => lanes === 160, within: 20_000, what: 'four batches in work' });
  await stored(await write(other, newPhone(), 'Live'), 10_000);
  expect(await waiting(number.phoneNumberId)).toBe(400);
  await holder.query('ROLLBACK');
  await holder.end();
  await switchboard.settle();
  expect(await waiting(number.phoneNumberId)).toBe(0);
}, 120_000);

test('a conversation that is stuck holds up only itself', async () => {
  const stuck = newPhone();
  await stored(await write(number, stuck, 'Before'));
  await switchboard.settle();
  const holder = new pg.Client(switchboard.database.adminUrl);
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query(
    `SELECT FROM conversations c JOIN customers k ON k.id = c.customer_id WHERE k.phone = $1 FOR UPDATE OF c`,
    [stuck],
  );
  const held = await write(number, stuck, 'Held');
  const others = await Promise.all(
    Array.from({ length: 20 }, (_, index) => write(number, newPhone(), `Other ${String(index)}`)),
  );
  for (const wamid of others) await stored(wamid);
  expect(await isStored(held)).toBe(false);
  await holder.query('ROLLBACK');
  await holder.end();
  await stored(held);
}, 120_000);

test('a bad item is set aside alone, and what shared its delivery and its transaction is stored', async () => {
  const good = Array.from({ length: 30 }, () => ({ from: { phone: newPhone() }, id: newWamid() }));
  const messages = good.map(({ from, id }) => textMessage({ from, id, text: 'Good' }));
  const from = { phone: newPhone() };
  const bad = {
    ...textMessage({ from, text: '' }),
    type: 'reaction',
    reaction: { emoji: 'a reaction to nothing' },
  };
  const mixed = [...messages.slice(0, 15), bad, ...messages.slice(15)];
  const senders = good.map(({ from }) => from);
  const body = envelope([messagesChange(number.phoneNumberId, mixed, senders)]);
  expect((await deliver(switchboard.url, body)).status).toBe(200);
  await switchboard.settle();
  for (const { id } of good) expect(await isStored(id)).toBe(true);
  const aside = await queryAsAdmin(
    switchboard.database,
    `SELECT state FROM app.webhook_items WHERE state NOT IN ('done', 'duplicate')`,
  );
  expect(aside).toEqual([{ state: 'quarantined' }]);
}, 120_000);
