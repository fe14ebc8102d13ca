/** Answering: once for every key, signed on a central number, in order, within the limits, and never where it may not be. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { Conversation } from '../../src/modules/conversations/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone, newUserId } from '../harness/deliveries.ts';
import { inboxOf, type Inbox } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let switchboard: TestSwitchboard;
let owner: SessionAnswer;
let inbox: Inbox;
let dedicated: string;
let central: string;

beforeAll(async () => {
  switchboard = await startTestSwitchboard({ BRAND_NAME: 'Lighthouse' });
  owner = await registerOwner(switchboard.url, 'Robin Vale');
  inbox = inboxOf(switchboard.url, owner.access_token);
  dedicated = (await connectNumber(switchboard, owner.access_token)).phoneNumberId;
  central = (await connectNumber(switchboard, owner.access_token)).phoneNumberId;
  await request(`${switchboard.url}/api/v1/phone-numbers/${central}`, {
    method: 'PATCH',
    token: owner.access_token,
    body: { mode: 'central' },
  });
});
afterAll(() => switchboard.stop());

type Opening = { on?: string; hoursAgo?: number; from?: string };

/** A customer who has written, and the conversation that came of it. */
async function converse({
  on = dedicated,
  hoursAgo = 0,
  from = newPhone(),
}: Opening = {}): Promise<Conversation> {
  const timestamp = Math.floor(Date.now() / 1000 - hoursAgo * 3600);
  switchboard.simulator.control.inbound({
    phone_number_id: on,
    from,
    name: `Customer ${from}`,
    text: 'Hello',
    timestamp,
  });
  await switchboard.settle();
  return inbox.with(`Customer ${from}`);
}

/** What Meta accepted for a customer, oldest first. */
const accepted = (conversation: Conversation) =>
  switchboard.simulator.control
    .messages({ phone_number_id: conversation.phone_number_id })
    .filter(({ customer }) => customer === conversation.customer.phone)
    .map(({ body }) => body as { text: { body: string }; to?: string; recipient?: string });

const outbound = async ({ id }: Conversation) =>
  (await inbox.thread(id)).filter(({ direction }) => direction === 'outbound').toReversed();

describe('an Idempotency-Key', () => {
  test('makes a repeated request the same message, which is sent once', async () => {
    const conversation = await converse();
    const first = await inbox.send(conversation.id, 'Only once', 'key-1');
    const second = await inbox.send(conversation.id, 'Only once', 'key-1');
    await switchboard.settle();
    const third = await inbox.send(conversation.id, 'Only once', 'key-1');
    expect([first.status, second.status, third.status]).toEqual([202, 202, 202]);
    expect(new Set([first, second, third].map(({ body }) => body.id)).size).toBe(1);
    expect(third.body.status).toBe('read');
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body)).toEqual(['Only once']);
    expect(await outbound(conversation)).toHaveLength(1);
  });

  test('holds when twenty requests with it arrive at once', async () => {
    const conversation = await converse();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => inbox.send(conversation.id, 'Twenty', 'key-20')),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    await switchboard.settle();
    expect(accepted(conversation)).toHaveLength(1);
    expect(await outbound(conversation)).toHaveLength(1);
  });

  test('is refused for another text or another conversation', async () => {
    const [conversation, other] = [await converse(), await converse()];
    await inbox.send(conversation.id, 'First', 'key-2');
    for (const answer of [
      await inbox.send(conversation.id, 'Second', 'key-2'),
      await inbox.send(other.id, 'First', 'key-2'),
    ]) {
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code: 'outbound.key_reused' });
    }
    await switchboard.settle();
    expect(accepted(conversation)).toHaveLength(1);
    expect(accepted(other)).toHaveLength(0);
  });

  test('is answered with its message also where nothing more may be sent', async () => {
    const conversation = await converse();
    const first = await inbox.send(conversation.id, 'Before the block', 'key-3');
    await inbox.patch(conversation.id, { status: 'blocked' });
    const again = await inbox.send(conversation.id, 'Before the block', 'key-3');
    expect(again).toMatchObject({ status: 202, body: { id: first.body.id } });
  });

  test('belongs to its user: without one every request is a message of its own', async () => {
    const conversation = await converse();
    for (let time = 0; time < 2; time += 1) await inbox.send(conversation.id, 'Twice');
    const stranger = await registerOwner(switchboard.url);
    expect(
      (await inboxOf(switchboard.url, stranger.access_token).send(conversation.id, 'Only once', 'key-1'))
        .status,
    ).toBe(404);
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body)).toEqual(['Twice', 'Twice']);
  });
});

describe('where nothing may be sent', () => {
  test('24 hours after the customer wrote the server says so and what to do, and sends nothing', async () => {
    const conversation = await converse({ hoursAgo: 24.1 });
    expect(conversation.window_closes_at).toBeNull();
    const answer = await inbox.send(conversation.id, 'Too late');
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({
      code: 'outbound.window_closed',
      detail: expect.stringMatching(/24 hours.*template/i) as string,
    });
    await switchboard.settle();
    expect(accepted(conversation)).toEqual([]);
    expect(await outbound(conversation)).toEqual([]);
  });

  test('just before that it sends, and a late message from longer ago does not close the window', async () => {
    const conversation = await converse({ hoursAgo: 23.9 });
    const closes = new Date(conversation.window_closes_at ?? 0).getTime() - Date.now();
    expect(closes).toBeGreaterThan(0);
    expect(closes).toBeLessThan(7 * 60_000);
    await converse({ hoursAgo: 200, from: conversation.customer.phone ?? '' });
    expect((await inbox.send(conversation.id, 'In time')).status).toBe(202);
  });

  test('a message that claims to come from the future opens no longer window', async () => {
    const conversation = await converse({ hoursAgo: -48 });
    expect(new Date(conversation.window_closes_at ?? 0).getTime()).toBeLessThanOrEqual(
      Date.now() + 24 * 3_600_000,
    );
  });

  test('a blocked conversation takes nothing until it is unblocked', async () => {
    const conversation = await converse();
    await inbox.patch(conversation.id, { status: 'blocked' });
    expect((await inbox.send(conversation.id, 'Psst')).body).toMatchObject({
      status: 409,
      code: 'outbound.conversation_blocked',
    });
    await inbox.patch(conversation.id, { status: 'active' });
    expect((await inbox.send(conversation.id, 'Hello again')).status).toBe(202);
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body)).toEqual(['Hello again']);
  });

  test.each([
    ['nothing', ''],
    ['blanks', ' \n\t '],
    ['too much', 'x'.repeat(4097)],
  ])('a text of %s is refused', async (_what, text) => {
    const conversation = await converse();
    expect((await inbox.send(conversation.id, text)).status).toBe(400);
  });
});

describe('the text', () => {
  test('goes out as it is, to the last of 4,096 characters', async () => {
    const conversation = await converse();
    const texts = ['x'.repeat(4096), '😀'.repeat(2048), ' *bold* \u202e ‮ ﷽ \n\n end ', '{{1}} %s ${x}'];
    for (const text of texts) expect((await inbox.send(conversation.id, text)).status).toBe(202);
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body)).toEqual(texts);
  });

  test('of several quick answers keeps its order at Meta and in the inbox', async () => {
    const conversation = await converse();
    const texts = Array.from({ length: 12 }, (_, index) => `Part ${String(index)}`);
    for (const text of texts) await inbox.send(conversation.id, text);
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body)).toEqual(texts);
    expect((await outbound(conversation)).map(({ text }) => text)).toEqual(texts);
  });

  test('reaches a customer who hides the phone by the user id', async () => {
    const userId = newUserId();
    const conversation = await converse({ from: userId });
    await inbox.send(conversation.id, 'By id');
    await switchboard.settle();
    const [ledger] = switchboard.simulator.control.messages({ customer: userId });
    expect(ledger?.['body']).toMatchObject({
      recipient: userId,
      recipient_type: 'individual',
      text: { body: 'By id' },
    });
    expect(ledger?.['body']).not.toHaveProperty('to');
    expect((await outbound(conversation)).map(({ status }) => status)).toEqual(['read']);
  });

  test('goes to a visible phone in full international form', async () => {
    const conversation = await converse();
    await inbox.send(conversation.id, 'By phone');
    await switchboard.settle();
    expect(accepted(conversation)).toMatchObject([{ to: `+${conversation.customer.phone ?? ''}` }]);
  });
});

describe('on a central number', () => {
  const SIGNATURE = 'From Robin Vale via Lighthouse:';

  test('a reply says who writes, kept beside the text and not in it', async () => {
    const conversation = await converse({ on: central });
    await inbox.send(conversation.id, 'I will come by.');
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body)).toEqual([`${SIGNATURE}\nI will come by.`]);
    expect(await outbound(conversation)).toMatchObject([{ text: 'I will come by.', signature: SIGNATURE }]);
  });

  test('a dedicated number signs nothing', async () => {
    const conversation = await converse();
    await inbox.send(conversation.id, 'Plain');
    expect(await outbound(conversation)).toMatchObject([{ text: 'Plain', signature: null }]);
  });

  test('the signature counts against the limit, and the refusal says how much fits', async () => {
    const conversation = await converse({ on: central });
    const fits = 4096 - SIGNATURE.length - 1;
    const refused = await inbox.send(conversation.id, 'x'.repeat(fits + 1));
    expect(refused.status).toBe(400);
    expect(refused.body).toMatchObject({
      code: 'outbound.text_too_long',
      detail: expect.stringContaining(String(fits)) as string,
    });
    await inbox.send(conversation.id, 'x'.repeat(fits));
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body.length)).toEqual([4096]);
  });

  test('a retry and a repeated request do not sign twice', async () => {
    const conversation = await converse({ on: central });
    switchboard.simulator.control.setFaults({
      sends: [{ kind: 'graph_error', code: 130429, phone_number_id: central }],
    });
    for (let time = 0; time < 3; time += 1) await inbox.send(conversation.id, 'Signed once', 'key-signed');
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body)).toEqual([`${SIGNATURE}\nSigned once`]);
  });

  test('a user’s own words and the organization’s own brand are used, and what looks like a pattern is not one', async () => {
    const conversation = await converse({ on: central });
    const set = (signature: string | null, brand: string | null) =>
      queryAsAdmin(
        switchboard.database,
        'WITH p AS (UPDATE user_profiles SET message_signature = $2 WHERE id = $1) UPDATE organizations SET brand_name = $3 WHERE id = $4',
        [owner.user.id, signature, brand, owner.organization.id],
      );
    await set('{name} ($&) of {brand}, {name}:', '$& {name} Homes');
    await inbox.send(conversation.id, 'Own words');
    await set(null, null);
    await switchboard.settle();
    expect(accepted(conversation).map(({ text }) => text.body)).toEqual([
      'Robin Vale ($&) of $& {name} Homes, Robin Vale:\nOwn words',
    ]);
  });
});
