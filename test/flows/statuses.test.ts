/** Steps of sent messages come in any order, twice, early, and for messages nobody knows: the shown state only ever rises. */
import { describe, expect, test } from 'vitest';
import type { MessageStatus } from '../../src/modules/conversations/contract.ts';
import { canRise } from '../../src/modules/conversations/rules.ts';
import { countRows, queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { deliver, envelope, newPhone, newWamid, statusesChange, type Step } from '../harness/deliveries.ts';
import { connectNumber } from '../harness/numbers.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

const STEPS = ['sent', 'delivered', 'read', 'played', 'failed'] as const;

/** Every order of every part of the list. */
function orders<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]];
  return list.flatMap((one, index) => orders(list.toSpliced(index, 1)).map((rest) => [one, ...rest]));
}
const finalOf = (start: MessageStatus, steps: readonly MessageStatus[]) =>
  steps.reduce((state, step) => (canRise(state, step) ? step : state), start);

describe('the rule', () => {
  test.each<[MessageStatus, MessageStatus[]]>([
    ['played', ['sent', 'delivered', 'read', 'played', 'failed']],
    ['read', ['sent', 'delivered', 'read', 'failed']],
    ['read', ['sent', 'read']],
    ['delivered', ['sent', 'delivered', 'failed']],
    ['failed', ['sent', 'failed']],
    ['failed', ['failed']],
  ])('ends at %s for every order of %j, repeated or not, from wherever the send stands', (end, steps) => {
    for (const start of ['queued', 'sending', 'unknown'] as const)
      for (const order of orders(steps)) {
        expect(finalOf(start, order)).toBe(end);
        expect(finalOf(start, [...order, ...order.toReversed()])).toBe(end);
      }
  });

  test('never moves a message that the customer wrote', () => {
    expect(STEPS.filter((step) => canRise('received', step))).toEqual([]);
  });
});

async function converse(): Promise<{ id: string; phone: string }> {
  const phone = newPhone();
  switchboard.simulator.control.inbound({
    phone_number_id: number.phoneNumberId,
    from: phone,
    text: 'Hello',
  });
  await switchboard.settle();
  return { id: (await inbox.with(phone)).id, phone };
}

async function step(...steps: Step[]): Promise<void> {
  expect(
    (await deliver(switchboard.url, envelope([statusesChange(number.phoneNumberId, steps)]))).status,
  ).toBe(200);
}

/** Sends with an id of our own choice, as if Meta had given it, and no steps but those that the test posts. */
async function sendAs(conversationId: string, wamid: string, text = 'Sent'): Promise<void> {
  switchboard.simulator.control.setFaults({
    sends: [
      {
        kind: 'http',
        http_status: 200,
        body: { messaging_product: 'whatsapp', contacts: [], messages: [{ id: wamid }] },
      },
    ],
  });
  expect((await inbox.send(conversationId, text)).status).toBe(202);
  await switchboard.settle();
}

const sentOf = async (id: string) =>
  (await inbox.thread(id)).filter(({ direction }) => direction === 'outbound');
const parked = (wamid: string) => countRows(switchboard.database, 'parked_statuses', `wamid = '${wamid}'`);

test('all 120 orders of five steps end in the same state over HTTP', async () => {
  const { id, phone } = await converse();
  const all = orders(STEPS).map((order) => ({ order, wamid: newWamid() }));
  const answer = (wamid: string) => ({
    kind: 'http' as const,
    http_status: 200,
    body: { messages: [{ id: wamid }] },
  });
  switchboard.simulator.control.setFaults({ sends: all.map(({ wamid }) => answer(wamid)) });
  for (const { wamid } of all) await inbox.send(id, wamid);
  await switchboard.settle();
  for (const round of STEPS.keys())
    await step(
      ...all.map(({ order, wamid }) => ({ id: wamid, status: order[round] ?? '', recipient: phone })),
    );
  await switchboard.settle();
  const sent = await sentOf(id);
  expect(sent).toHaveLength(120);
  expect(sent.filter(({ status }) => status !== 'played')).toEqual([]);
  expect(sent.filter(({ error }) => error !== null)).toEqual([]);
});

test('a step that arrives before the answer to the send is applied', async () => {
  const { id } = await converse();
  switchboard.simulator.control.setFaults({ sends: [{ kind: 'status_first' }] });
  await inbox.send(id, 'Faster than its answer');
  await switchboard.settle();
  expect(await sentOf(id)).toMatchObject([
    { status: 'read', wamid: expect.stringMatching(/^wamid/) as string },
  ]);
});

test('steps of a message that is not known yet wait, each once, and apply in their order when it is', async () => {
  const { id, phone } = await converse();
  const wamid = newWamid();
  for (let time = 0; time < 3; time += 1)
    await step(
      { id: wamid, status: 'delivered', recipient: phone },
      { id: wamid, status: 'sent', recipient: phone },
    );
  await switchboard.settle();
  expect(await parked(wamid)).toBe(2);

  await sendAs(id, wamid);
  expect(await sentOf(id)).toMatchObject([{ status: 'delivered', wamid }]);
  expect(await parked(wamid)).toBe(0);
});

test('steps for a message that nobody here sent stay parked and disturb nothing', async () => {
  const wamid = newWamid();
  await step({ id: wamid, status: 'read' });
  await switchboard.settle();
  expect(await parked(wamid)).toBe(1);
});

test('a step that comes again is no news: it moves no screen', async () => {
  const { id, phone } = await converse();
  const wamid = newWamid();
  await sendAs(id, wamid);
  for (let time = 0; time < 5; time += 1) await step({ id: wamid, status: 'delivered', recipient: phone });
  await step({ id: wamid, status: 'sent', recipient: phone });
  await switchboard.settle();
  const events = await queryAsAdmin<{ status: string }>(
    switchboard.database,
    `SELECT data ->> 'status' AS status FROM events WHERE type = 'message.status' AND data ->> 'conversation_id' = $1 ORDER BY id`,
    [id],
  );
  expect(events.map(({ status }) => status)).toEqual(['sending', 'delivered']);
});

test('a failure shows its reason, and proof of delivery takes it back', async () => {
  const { id, phone } = await converse();
  const wamid = newWamid();
  await sendAs(id, wamid);
  await step({
    id: wamid,
    status: 'failed',
    recipient: phone,
    errors: [{ code: 131049, title: 'Not delivered' }],
  });
  await switchboard.settle();
  expect(await sentOf(id)).toMatchObject([{ status: 'failed', error: { code: '131049' } }]);
  await step({ id: wamid, status: 'delivered', recipient: phone });
  await switchboard.settle();
  expect(await sentOf(id)).toMatchObject([{ status: 'delivered', error: null }]);
});

test('an accepted message is shown as on its way until Meta says that it was sent', async () => {
  const { id, phone } = await converse();
  const wamid = newWamid();
  await sendAs(id, wamid);
  expect(await sentOf(id)).toMatchObject([{ status: 'sending', wamid }]);
  await step({ id: wamid, status: 'sent', recipient: phone });
  await switchboard.settle();
  expect(await sentOf(id)).toMatchObject([{ status: 'sent' }]);
});

test('another organization’s number cannot move or settle our messages', async () => {
  const { id, phone } = await converse();
  const wamid = newWamid();
  await sendAs(id, wamid);
  const [{ outbox } = { outbox: '' }] = await queryAsAdmin<{ outbox: string }>(
    switchboard.database,
    'SELECT id AS outbox FROM outbox WHERE wamid = $1',
    [wamid],
  );
  expect(outbox).not.toBe('');
  const stranger = await registerOwner(switchboard.url);
  const theirs = await connectNumber(switchboard, stranger.access_token);
  const forged = [wamid, newWamid()].map((one) => ({
    id: one,
    status: 'read',
    recipient: phone,
    callbackData: outbox,
  }));
  await deliver(switchboard.url, envelope([statusesChange(theirs.phoneNumberId, forged)]));
  await switchboard.settle();
  expect(await sentOf(id)).toMatchObject([{ status: 'sending', wamid }]);
});

test.each(['warning', 'deleted', '__proto__', ''])(
  'a step that nobody knows (%j) is kept and changes nothing',
  async (status) => {
    const { id, phone } = await converse();
    const wamid = newWamid();
    await sendAs(id, wamid);
    await step({ id: wamid, status, recipient: phone });
    await switchboard.settle();
    expect(await sentOf(id)).toMatchObject([{ status: 'sending' }]);
    const [item] = await queryAsAdmin<{ state: string }>(
      switchboard.database,
      'SELECT state FROM app.webhook_items ORDER BY id DESC LIMIT 1',
    );
    expect(item?.state).toBe('unhandled');
  },
);
