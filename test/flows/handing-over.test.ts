/** A customer who goes to another agent for good: the whole history moves, what they write next follows, the former agent has nothing left. */
import type pg from 'pg';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import type { HandedOver } from '../../src/modules/conversations/contract-hand-over.ts';
import { handOver as moveCustomer } from '../../src/modules/conversations/queries/hand-over.ts';
import { asUser } from '../../src/platform/db/tx.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { deliver, envelope, newPhone, newWamid, textChange } from '../harness/deliveries.ts';
import { openEventStream } from '../harness/event-stream.ts';
import { inboxOf } from '../harness/inbox.ts';
import { hire } from '../harness/people.ts';
import { BUSINESS_PHONE, changeOf, reaction } from '../harness/webhook-kinds.ts';
import { desk, switchboard } from '../harness/with-desk.ts';

let giver: SessionAnswer;
let taker: SessionAnswer;
let phone: string;
let id: string;
beforeEach(async () => {
  giver = await hire(switchboard, desk.owner, 'Gita Giver');
  taker = await hire(switchboard, desk.owner, 'Tom Taker');
  await desk.answersOn(desk.owner, null);
  await desk.answersOn(giver, desk.dedicated);
  phone = newPhone();
  await desk.write(desk.dedicated, { phone }, 'Is the walrus still there?');
  await desk.write(desk.dedicated, { phone: newPhone() }, 'Somebody else');
  ({ id } = await inbox(giver).with(phone));
});

const inbox = ({ access_token }: SessionAnswer) => inboxOf(switchboard.url, access_token);
const handOver = (by: SessionAnswer, userId: string, conversation = id) =>
  request<HandedOver & { code?: string }>(
    `${switchboard.url}/api/v1/conversations/${conversation}/hand-over`,
    { token: by.access_token, body: { user_id: userId } },
  );
const query = <Row extends pg.QueryResultRow>(statement: string, values: unknown[] = []) =>
  queryAsAdmin<Row>(switchboard.database, statement, values);
const moveToPool = ({ user }: SessionAnswer) =>
  query(`SELECT move_agent(id, -5) FROM agents WHERE user_id = $1`, [user.id]);
const status = async (session: SessionAnswer, path: string) =>
  (await request(`${switchboard.url}${path}`, { token: session.access_token })).status;

/** What still names the customer in an agent's rows, past every wall. */
async function countLeft({ user }: SessionAnswer): Promise<unknown> {
  const [left] = await query(
    `SELECT (SELECT count(*) FROM customers WHERE agent_id = $1 AND phone = $2) AS customers,
       (SELECT count(*) FROM messages WHERE agent_id = $1 AND conversation_id = $3) AS messages,
       (SELECT count(*) FROM contact_identities WHERE agent_id = $1 AND value = $2) AS identities,
       (SELECT count(*) FROM message_keys k JOIN messages m ON m.id = k.message_id WHERE k.agent_id = $1 AND m.conversation_id = $3) AS keys`,
    [user.agent?.id, phone, id],
  );
  return left;
}

/** The simulator lets nobody be answered who has not written to it. */
async function knockAtMeta(): Promise<void> {
  switchboard.simulator.control.inbound({ phone_number_id: desk.dedicated, from: phone, text: 'Knock' });
  await switchboard.settle();
}

async function answer(): Promise<void> {
  await knockAtMeta();
  expect((await inbox(giver).send(id, 'Yes, it sleeps.')).status).toBe(202);
  await switchboard.settle();
}

describe('the whole history', () => {
  test.each([
    ['between tables of their own', async () => undefined],
    ['between two agents of one pool', async () => [await moveToPool(giver), await moveToPool(taker)]],
    ['out of a pool', () => moveToPool(giver)],
  ])('moves %s, in order, with answers, and rule 1 knows it', async (_, prepare) => {
    await answer();
    await prepare();
    const before = await inbox(giver).with(phone);
    const { status, body } = await handOver(giver, taker.user.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user_id: taker.user.id,
      agent_id: taker.user.agent?.id,
      conversation_id: id,
      conversation_ids: [id],
    });
    expect(await inbox(taker).textsWith(phone)).toEqual([
      'Is the walrus still there?',
      'Knock',
      'Yes, it sleeps.',
      'Handed over from Gita Giver to Tom Taker by Gita Giver.',
    ]);
    expect(await inbox(taker).with(phone)).toMatchObject({
      id,
      agent_id: taker.user.agent?.id,
      unread_count: before.unread_count,
      window_closes_at: before.window_closes_at,
    });
    expect(await desk.write(desk.dedicated, { phone }, 'And tomorrow?')).toMatchObject({
      rule: 'conversation',
      user_id: taker.user.id,
    });
    expect(await inbox(taker).textsWith(phone)).toContain('And tomorrow?');
    expect((await inbox(taker).send(id, 'Tomorrow too.')).status).toBe(202);
  });

  test('moves on every number, with orders, and why each message was where it was', async () => {
    const other = await desk.addNumber();
    await desk.write(other, { phone }, 'Also here');
    await query(
      `WITH bought AS (INSERT INTO orders (home, organization_id, agent_id, customer_id)
         SELECT a.home, a.organization_id, a.id, c.customer_id FROM conversations c JOIN agents a ON a.id = c.agent_id WHERE c.id = $1
         RETURNING home, organization_id, agent_id, id)
       INSERT INTO orders_items (home, organization_id, agent_id, order_id, name, quantity, price)
       SELECT home, organization_id, agent_id, id, 'Fish', 2, 3.5 FROM bought`,
      [id],
    );
    const [asked] = await inbox(giver).thread(id);
    const { body } = await handOver(desk.owner, taker.user.id);
    expect(body.conversation_ids).toHaveLength(2);
    expect((await inbox(taker).texts()).filter((text) => text === 'Also here')).toHaveLength(1);
    expect(
      await query(
        `SELECT o.total_amount::float8 AS total, count(i.*)::integer AS items FROM orders o
         JOIN orders_items i ON i.home = o.home AND i.order_id = o.id WHERE o.agent_id = $1 GROUP BY 1`,
        [taker.user.agent?.id],
      ),
    ).toEqual([{ total: 7, items: 1 }]);
    expect(await status(taker, `/api/v1/messages/${String(asked?.id)}/route`)).toBe(200);
    expect(await status(giver, `/api/v1/messages/${String(asked?.id)}/route`)).toBe(404);
  });

  test('goes into the conversation that the colleague has with the same person', async () => {
    await handOver(desk.owner, taker.user.id);
    await query(`UPDATE whatsapp_configuration SET is_active = false WHERE user_id = $1`, [giver.user.id]);
    const first = await inbox(taker).with(phone);
    await query(
      `WITH twin AS (INSERT INTO customers (home, organization_id, agent_id, name, phone)
         SELECT home, organization_id, id, 'Twin', $2 FROM agents WHERE user_id = $1 RETURNING home, organization_id, agent_id, id),
       named AS (INSERT INTO contact_identities (organization_id, agent_id, portfolio_id, kind, value, customer_id)
         SELECT t.organization_id, t.agent_id, k.portfolio_id, k.kind, k.value, t.id FROM twin t JOIN contact_keys k
           ON k.organization_id = t.organization_id AND k.value = $2),
       thread AS (INSERT INTO conversations (organization_id, agent_id, phone_number_id, customer_id, unread_count)
         SELECT organization_id, agent_id, $3, id, 2 FROM twin RETURNING id, agent_id, customer_id)
       INSERT INTO messages (home, organization_id, agent_id, conversation_id, customer_id, direction, message, status, phone_number_id)
       SELECT w.home, w.organization_id, w.agent_id, t.id, w.id, 'inbound', 'From before', 'received', $3 FROM twin w, thread t`,
      [giver.user.id, phone, desk.dedicated],
    );
    const { id: theirs } = await inbox(giver).with(phone);
    const { body } = await handOver(giver, taker.user.id, theirs);
    expect(body).toMatchObject({ conversation_id: first.id, conversation_ids: [first.id] });
    expect(await inbox(taker).textsWith(phone)).toEqual(
      expect.arrayContaining(['Is the walrus still there?', 'From before']),
    );
    expect(await inbox(taker).with(phone)).toMatchObject({ unread_count: first.unread_count + 2 });
    expect(await status(desk.owner, `/api/v1/conversations/${theirs}`)).toBe(404);
  });

  test('is whole when the customer goes on writing and answers are sent meanwhile', async () => {
    const texts = Array.from({ length: 10 }, (_, n) => `Message ${String(n)}`);
    const answers = Array.from({ length: 5 }, (_, n) => `Answer ${String(n)}`);
    await knockAtMeta();
    const [handed, ...sent] = await Promise.all([
      handOver(desk.owner, taker.user.id),
      ...answers.map((text) => inbox(desk.owner).send(id, text)),
      ...texts.map((text) =>
        deliver(
          switchboard.url,
          envelope([textChange(desk.dedicated, { from: { phone }, text, id: newWamid() })]),
        ),
      ),
    ]);
    await switchboard.settle();
    expect(handed.status).toBe(200);
    expect(sent.slice(0, answers.length).map((one) => one.status)).toEqual(answers.map(() => 202));
    const kept = (await inbox(taker).textsWith(phone)).filter((text) => /^(Message|Answer)/u.test(text));
    expect(kept.toSorted()).toEqual([...texts, ...answers].toSorted());
    const thread = await inbox(taker).thread(id);
    const told = thread.filter((one) => one.direction === 'outbound').map((one) => one.status);
    expect(told.filter((one) => !['sent', 'delivered', 'read'].includes(one))).toEqual([]);
  });

  test('takes what Meta tells later of an answer that was sent before', async () => {
    await answer();
    const [sent] = await inbox(giver).thread(id);
    await handOver(giver, taker.user.id);
    await deliver(
      switchboard.url,
      envelope([
        changeOf(desk.dedicated, 'messages', {
          contacts: [{ wa_id: phone, profile: { name: 'Wally' } }],
          messages: [reaction({ from: { phone } }, sent?.wamid ?? '', '🦭')],
        }),
      ]),
    );
    await switchboard.settle();
    const found = (await inbox(taker).thread(id)).find((one) => one.id === sent?.id);
    expect(found?.reactions).toEqual([{ emoji: '🦭', by: 'customer' }]);
  });
});

describe('what reaches a message while it moves', () => {
  const told: Record<string, (wamid: string) => ReturnType<typeof changeOf>> = {
    'a status': (wamid) =>
      changeOf(desk.dedicated, 'messages', {
        statuses: [
          {
            id: wamid,
            status: 'played',
            timestamp: String(Math.floor(Date.now() / 1000)),
            recipient_id: phone,
          },
        ],
      }),
    'a reaction of the business': (wamid) =>
      changeOf(desk.dedicated, 'smb_message_echoes', {
        message_echoes: [{ ...reaction({ from: { phone: BUSINESS_PHONE } }, wamid, '🐟'), to: phone }],
      }),
  };

  test.each(Object.entries(told))('%s finds it where it went', async (_, changeFor) => {
    await answer();
    const [sent] = await inbox(giver).thread(id);
    const mover = { userId: desk.owner.user.id, organizationId: desk.owner.organization.id };
    await asUser(switchboard.app, mover, async (tx) => {
      await moveCustomer(tx, id, taker.user.id);
      await deliver(switchboard.url, envelope([changeFor(sent?.wamid ?? '')]));
      await vi.waitFor(
        async () => {
          const waiting = await query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          expect(waiting).not.toEqual([]);
        },
        { timeout: 10_000 },
      );
    });
    await switchboard.settle();
    const found = (await inbox(taker).thread(id)).find((one) => one.id === sent?.id);
    expect([found?.status, ...(found?.reactions.map(({ emoji }) => emoji) ?? [])]).toSatisfy(
      ([status, emoji]: unknown[]) => status === 'played' || emoji === '🐟',
    );
  });
});

describe('the former agent', () => {
  test('finds nothing any more: no conversation, thread, search, customer, file or event', async () => {
    const [message] = await inbox(giver).thread(id);
    const events = await openEventStream(switchboard.url, giver.access_token);
    await handOver(desk.owner, taker.user.id);
    expect((await events.next('conversation.updated')).data).toEqual({ conversation_id: id });
    await desk.write(desk.dedicated, { phone }, 'For Tom only');
    await desk.write(desk.dedicated, { phone: newPhone() }, 'For Gita');
    const next = await events.next('conversation.created');
    events.close();
    expect(next.data).not.toMatchObject({ conversation_id: id });
    for (const path of [
      `/conversations/${id}`,
      `/conversations/${id}/messages`,
      `/messages/${String(message?.id)}/route`,
    ])
      expect(await status(giver, `/api/v1${path}`)).toBe(404);
    expect((await inbox(giver).send(id, 'Hello?')).status).toBe(404);
    expect((await inbox(giver).patch(id, { status: 'archived' })).status).toBe(404);
    expect(await inbox(giver).conversations('?q=walrus')).toEqual([]);
    expect(await inbox(giver).conversations(`?q=${phone}`)).toEqual([]);
    expect(await inbox(giver).texts()).toEqual(expect.not.arrayContaining(['Is the walrus still there?']));
    expect(await countLeft(giver)).toEqual({ customers: '0', messages: '0', identities: '0', keys: '0' });
  });

  test('does not keep it as an assignee, and neither does anybody else', async () => {
    await request(`${switchboard.url}/api/v1/conversations/${id}/assign`, {
      token: desk.owner.access_token,
      body: { user_id: giver.user.id },
    });
    await handOver(desk.owner, taker.user.id);
    expect(await status(giver, `/api/v1/conversations/${id}`)).toBe(404);
    expect(await inbox(taker).with(phone)).toMatchObject({ assignee_id: null });
  });

  test('and the colleague are told at once', async () => {
    const streams = await Promise.all(
      [giver, taker].map((one) => openEventStream(switchboard.url, one.access_token)),
    );
    await handOver(desk.owner, taker.user.id);
    await streams[0]?.next('conversation.updated');
    expect((await streams[1]?.next('conversation.created'))?.data).toEqual({ conversation_id: id });
    streams.forEach((stream) => stream.close());
  });
});

test('the agent and owners hand over; an assignee, a colleague and other organizations do not', async () => {
  const stranger = await registerOwner(switchboard.url);
  const assignee = await hire(switchboard, desk.owner, 'Asa Assignee');
  await request(`${switchboard.url}/api/v1/conversations/${id}/assign`, {
    token: giver.access_token,
    body: { user_id: assignee.user.id },
  });
  expect(await handOver(assignee, assignee.user.id)).toMatchObject({
    status: 403,
    body: { code: 'conversations.not_yours_to_hand_over' },
  });
  expect((await handOver(taker, taker.user.id)).status).toBe(404);
  expect((await handOver(stranger, stranger.user.id)).status).toBe(404);
  expect((await handOver(desk.owner, stranger.user.id)).status).toBe(404);
  expect((await handOver(desk.owner, 'no-id')).status).toBe(400);
  expect((await handOver(desk.owner, taker.user.id, 'no-id')).status).toBe(404);
  expect(await handOver(giver, giver.user.id)).toMatchObject({
    status: 409,
    body: { code: 'conversations.theirs_already' },
  });
  expect(await inbox(giver).with(phone)).toMatchObject({ id, assignee_id: assignee.user.id });
  expect((await handOver(giver, taker.user.id)).status).toBe(200);
});

test('two who hand over at once leave one agent with everything, and it is written down', async () => {
  const answers = await Promise.all([
    handOver(desk.owner, taker.user.id),
    handOver(giver, desk.owner.user.id),
  ]);
  const done = answers.filter((one) => one.status === 200).length;
  expect(done).toBeGreaterThan(0);
  expect((await inbox(desk.owner).textsWith(phone))[0]).toBe('Is the walrus still there?');
  expect(await inbox(giver).conversations(`?q=${phone}`)).toEqual([]);
  const audit = await request<{ data: { action: string; details: unknown }[] }>(
    `${switchboard.url}/api/v1/organization/audit`,
    { token: desk.owner.access_token },
  );
  expect(audit.body.data.filter(({ action }) => action === 'conversation.handed-over')).toHaveLength(done);
});
