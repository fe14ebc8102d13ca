/**
 * No statement of the server opens another agent's tables: each names its home and agent as values. Left to the policies alone, a
 * query would be right and open every agent's tables, which at a thousand agents takes a hundred times longer.
 */
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { asUser, asWorker } from '../../src/platform/db/tx.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { addressOf, listOperations } from '../harness/api-operations.ts';
import { registerOwner, request } from '../harness/api.ts';
import { deliver, envelope, newPhone, newUserId, statusesChange, textChange } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { openedBy, watchOpenedHomes, type OpenedHomes } from '../harness/opened-homes.ts';
import { hire } from '../harness/people.ts';
import { letTo, takePart } from '../harness/rentals.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';
import { asTableOwner } from '../harness/two-organizations.ts';

const COLLEAGUES = 40;

let switchboard: TestSwitchboard;
let seen: OpenedHomes[];
let owner: SessionAnswer;
let agent: SessionAnswer;
let prefix: string;
let phoneNumberId: string;
let centralId: string;
const phone = newPhone();

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
  owner = await registerOwner(switchboard.url);
  agent = await hire(switchboard, owner);
  const numbers = [];
  for (let n = 0; n < 2; n += 1) numbers.push(await connectNumber(switchboard, owner.access_token));
  [phoneNumberId, centralId] = numbers.map((number) => number.phoneNumberId) as [string, string];
  await request(`${switchboard.url}/api/v1/phone-numbers/${centralId}`, {
    method: 'PATCH',
    token: owner.access_token,
    body: { mode: 'central' },
  });
  await asTableOwner(switchboard.database.adminUrl, async (client) => {
    for (let n = 0; n < COLLEAGUES; n += 1)
      await client.query(
        `WITH u AS (INSERT INTO users (organization_id, name, email) VALUES ($1, 'Colleague', $2) RETURNING id)
         SELECT create_agent(u.id, $3, $4) FROM u`,
        [owner.organization.id, `c${String(n)}@example.test`, `agt_many_${String(n)}`, owner.user.id],
      );
    await client.query(
      `UPDATE whatsapp_configuration SET is_active = false WHERE phone_number_id = ANY ($1)`,
      [[phoneNumberId, centralId]],
    );
    await client.query(
      `INSERT INTO whatsapp_configuration (organization_id, user_id, whatsapp_number, webhook_url, phone_number_id) VALUES ($1, $2, '1555', '', $3)
       ON CONFLICT (user_id) DO UPDATE SET phone_number_id = excluded.phone_number_id, is_active = true`,
      [owner.organization.id, agent.user.id, phoneNumberId],
    );
  });
  const [found] = await queryAsAdmin<{ agent_prefix: string }>(
    switchboard.database,
    'SELECT agent_prefix FROM agents WHERE user_id = $1',
    [agent.user.id],
  );
  prefix = found?.agent_prefix ?? '';
  seen = watchOpenedHomes(switchboard.app);
  switchboard.simulator.control.inbound({
    phone_number_id: phoneNumberId,
    from: phone,
    name: 'Nora',
    text: 'Hello',
  });
  await switchboard.settle();
});
afterAll(() => switchboard.stop());
beforeEach(() => {
  seen.length = 0;
});

/** Transactions that opened more than one home. */
const careless = () => seen.filter(({ homes }) => homes.length > 1);
const opened = () => [...new Set(seen.flatMap(({ homes }) => homes))];

test('the inbox, a search, a conversation, a thread', async () => {
  const inbox = inboxOf(switchboard.url, agent.access_token);
  const { id } = await inbox.with(phone);
  expect(await inbox.conversations('?q=Hello')).toHaveLength(1);
  expect(await inbox.conversations('?status=active&unread=true&q=4917')).toHaveLength(1);
  expect(await inbox.thread(id)).toHaveLength(1);
  await request(`${switchboard.url}/api/v1/conversations/${id}`, { token: agent.access_token });
  await request(`${switchboard.url}/api/v1/conversations/${id}/read`, {
    token: agent.access_token,
    method: 'POST',
  });
  await inbox.patch(id, { status: 'archived' });
  expect(careless()).toEqual([]);
  expect(opened()).toEqual([prefix]);
});

test('the page of an owner, who may see all, opens only the tables of those who are on it', async () => {
  const inbox = inboxOf(switchboard.url, owner.access_token);
  await inbox.thread((await inbox.with(phone)).id);
  expect(careless()).toEqual([]);
  expect(opened()).toEqual([prefix]);
});

test('messages that come in, by number, by lease, by user id and from strangers', async () => {
  await takePart(switchboard, agent);
  const renter = newPhone();
  await letTo(switchboard, agent, renter);
  const change = (number: string, from: { phone?: string; userId?: string }) =>
    deliver(switchboard.url, envelope([textChange(number, { from, text: 'Good day' })]));
  await change(phoneNumberId, { phone });
  await change(phoneNumberId, { userId: newUserId() });
  await change(centralId, { phone: renter });
  await queryAsAdmin(switchboard.database, 'UPDATE waba_accounts SET connected = false');
  await change(centralId, { phone: newPhone() });
  await switchboard.settle();
  await queryAsAdmin(switchboard.database, 'UPDATE waba_accounts SET connected = true');
  expect(careless()).toEqual([]);
  expect(opened().toSorted()).toEqual([prefix, 'waiting_room'].toSorted());
});

test('sending, with its outcome and its statuses', async () => {
  const inbox = inboxOf(switchboard.url, agent.access_token);
  const { id } = await inbox.with(phone);
  expect((await inbox.send(id, 'An answer', 'key')).status).toBe(202);
  expect((await inbox.send(id, 'An answer', 'key')).status).toBe(202);
  await switchboard.settle();
  const sent = (await inbox.thread(id)).find((message) => message.direction === 'outbound');
  expect(sent?.status).toBe('read');
  await deliver(
    switchboard.url,
    envelope([statusesChange(phoneNumberId, [{ id: sent?.wamid ?? '', status: 'failed' }])]),
  );
  await switchboard.settle();
  expect(careless()).toEqual([]);
  // A status teaches who the recipient is, and the same person still waits on another number.
  expect(opened().toSorted()).toEqual([prefix, 'waiting_room'].toSorted());
});

test('every documented page that an agent may read', async () => {
  const { id } = await inboxOf(switchboard.url, agent.access_token).with(phone);
  const reads = (await listOperations(switchboard.url)).filter(({ method }) => method === 'GET');
  expect(reads.length).toBeGreaterThan(5);
  for (const operation of reads.filter(({ path }) => !/events|simulator/.test(path)))
    for (const parameter of [id, '1'])
      await request(switchboard.url + addressOf(operation, parameter), { token: agent.access_token });
  expect(careless()).toEqual([]);
});

test('an order whose amount follows its lines', async () => {
  await asTableOwner(switchboard.database.adminUrl, async (client) => {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO ${prefix}_orders (home, organization_id, agent_id, customer_id) SELECT home, organization_id, agent_id, id FROM ${prefix}_customers LIMIT 1`,
    );
    await client.query(
      `INSERT INTO ${prefix}_orders_items (home, organization_id, agent_id, order_id, name, price) SELECT home, organization_id, agent_id, id, 'Tea', 2 FROM ${prefix}_orders`,
    );
    expect(await openedBy(client)).toEqual([prefix]);
    await client.query('ROLLBACK');
  });
});

test('this test sees a query that leaves it to the policies', async () => {
  const actor = { userId: agent.user.id, organizationId: agent.organization.id };
  await asUser(switchboard.app, actor, (tx) => sql`SELECT count(*) FROM messages`.execute(tx.db));
  expect(careless()).toHaveLength(1);
  expect(careless()[0]?.homes.length).toBeGreaterThan(COLLEAGUES);
  expect(careless()[0]?.statements.join()).toContain('SELECT count(*) FROM messages');
  await asWorker(switchboard.app, owner.organization.id, (tx) =>
    sql`UPDATE messages SET status = status WHERE id = 1 AND home = (SELECT min(home) FROM agents)`.execute(
      tx.db,
    ),
  );
  expect(careless()).toHaveLength(2);
});
