/** Moving an agent between homes: nothing is lost, nothing renumbered, and who reads or writes meanwhile does not notice. */
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { deliver, envelope, newPhone, statusesChange, textChange } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';
import {
  asTables,
  asViews,
  contentOf,
  fillAgent,
  openCrmDatabase,
  relationsOf,
  type CrmDatabase,
} from './crm-database.ts';

let crm: CrmDatabase;
let switchboard: TestSwitchboard;
beforeAll(async () => {
  [crm, switchboard] = await Promise.all([openCrmDatabase(), startTestSwitchboard()]);
});
afterAll(() => Promise.all([crm.close(), switchboard.stop()]));

const move = (agentId: number, home: number) => crm.admin.query('SELECT move_agent($1, $2)', [agentId, home]);

test('every row is the same after each move, under the same names, and what is written next gets the next number', async () => {
  const { agentId, prefix } = await crm.addAgent('agt_mover');
  const neighbour = await crm.addAgent('agt_beside_mover');
  await fillAgent(crm, agentId, 20);
  await fillAgent(crm, neighbour.agentId, 5);
  const before = await contentOf(crm, prefix);
  const conversations = await crm.rows('SELECT * FROM conversations WHERE agent_id = $1 ORDER BY id', [
    agentId,
  ]);
  const beside = await contentOf(crm, neighbour.prefix);
  const names = async () =>
    (
      await crm.rows<{ name: string }>(
        `SELECT relname AS name FROM pg_class WHERE starts_with(relname, 'agt_mover') OR relname LIKE '%moving%' ORDER BY 1`,
      )
    ).map(({ name }) => name);
  const namesBefore = await names();
  for (const [home, expected] of [
    [-7, asViews],
    [agentId, asTables],
    [-7, asViews],
    [-16, asViews],
    [-16, asViews],
    [agentId, asTables],
  ] as const) {
    await move(agentId, home);
    expect(await relationsOf(crm, prefix)).toEqual(expected);
    expect(await contentOf(crm, prefix)).toEqual(before);
    expect(await crm.rows('SELECT DISTINCT home::int FROM messages WHERE agent_id = $1', [agentId])).toEqual([
      { home },
    ]);
  }
  expect(await names()).toEqual(namesBefore);
  expect(await contentOf(crm, neighbour.prefix)).toEqual(beside);
  expect(await crm.rows('SELECT * FROM conversations WHERE agent_id = $1 ORDER BY id', [agentId])).toEqual(
    conversations,
  );
  const newest = await crm.value<string>('SELECT max(id) FROM customers');
  const next = await crm.value<string>(
    `INSERT INTO agt_mover_customers (home, organization_id, agent_id, name) VALUES ($1, 'firm', $1, 'Next') RETURNING id`,
    [agentId],
  );
  expect(Number(next)).toBeGreaterThan(Number(newest));
});

test('refuses homes that are none and agents that are none, and leaves everything in place', async () => {
  const { agentId, prefix } = await crm.addAgent('agt_stays');
  const other = await crm.addAgent('agt_other_home');
  for (const home of [0, -17, other.agentId, 999_999])
    await expect(move(agentId, home), String(home)).rejects.toMatchObject({ code: '22023' });
  await expect(move(987_654, -1)).rejects.toMatchObject({ code: 'P0002' });
  expect(await relationsOf(crm, prefix)).toEqual(asTables);
});

test('an agent whose prefix looks like a name that moving uses is in nobody’s way', async () => {
  const { agentId } = await crm.addAgent('agt_named');
  await crm.addAgent(`moving_${String(agentId)}`);
  await move(agentId, -2);
  expect(await relationsOf(crm, 'agt_named')).toEqual(asViews);
});

test('a change that is not committed yet when the move begins is moved too', async () => {
  const { agentId, prefix } = await crm.addAgent('agt_late');
  await move(agentId, -4);
  await fillAgent(crm, agentId, 1);
  const [row] = await crm.rows<{ id: string; customer_id: string; conversation_id: string }>(
    `SELECT * FROM ${prefix}_messages ORDER BY id LIMIT 1`,
  );
  const writer = await crm.connect();
  const mover = await crm.connect();
  await writer.query('BEGIN');
  await writer.query('SELECT app.hold_home($1)', [agentId]);
  await writer.query(`UPDATE messages SET status = 'read' WHERE home = -4 AND agent_id = $1 AND id = $2`, [
    agentId,
    row?.id,
  ]);
  await writer.query(
    `INSERT INTO messages (home, organization_id, agent_id, customer_id, message, direction, status, phone_number_id)
     VALUES (-4, 'firm', $1, $2, 'Just in time', 'inbound', 'received', '900')`,
    [agentId, row?.customer_id],
  );
  const moving = mover.query('SELECT move_agent($1, $1)', [agentId]);
  await untilWaiting(mover);
  await writer.query('COMMIT');
  await moving;
  expect(await crm.value(`SELECT status FROM ${prefix}_messages WHERE id = $1`, [row?.id])).toBe('read');
  expect(await crm.rows(`SELECT FROM ${prefix}_messages WHERE message = 'Just in time'`)).toHaveLength(1);
});

test('a change by somebody who names the parent and does not hold the home is moved too', async () => {
  const { agentId, prefix } = await crm.addAgent('agt_careless');
  await move(agentId, -4);
  await fillAgent(crm, agentId, 2);
  const writer = await crm.connect();
  const mover = await crm.connect();
  await writer.query('BEGIN');
  await writer.query(`UPDATE messages SET status = 'read' WHERE home = -4 AND agent_id = $1`, [agentId]);
  const moving = mover.query('SELECT move_agent($1, -9)', [agentId]);
  await untilWaiting(mover);
  await writer.query('COMMIT');
  await moving;
  expect(await crm.rows(`SELECT DISTINCT status FROM ${prefix}_messages`)).toEqual([{ status: 'read' }]);
});

/** Resolves when the connection's statement waits for a lock. */
async function untilWaiting(client: pg.Client): Promise<void> {
  for (;;) {
    const waits = await crm.value<boolean>(
      `SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = $1`,
      [(client as unknown as { processID: number }).processID],
    );
    if (waits) return;
  }
}

test('four movers at once all arrive', async () => {
  const agents = [];
  for (const n of [1, 2, 3, 4]) {
    const made = await crm.addAgent(`agt_crowd_${String(n)}`);
    await fillAgent(crm, made.agentId, 5);
    agents.push({ ...made, before: await contentOf(crm, made.prefix), client: await crm.connect() });
  }
  for (const home of [-3, null, -8, null])
    await Promise.all(
      agents.map(({ client, agentId }) =>
        client.query('SELECT move_agent($1, $2)', [agentId, home ?? agentId]),
      ),
    );
  for (const { prefix, before } of agents) expect(await contentOf(crm, prefix)).toEqual(before);
});

test('over HTTP an inbox stays whole while its agent is moved to and fro and messages, answers and statuses come in', async () => {
  const owner: SessionAnswer = await registerOwner(switchboard.url);
  const { phoneNumberId } = await connectNumber(switchboard, owner.access_token);
  const inbox = inboxOf(switchboard.url, owner.access_token);
  const from = { phone: newPhone(), name: 'Nora' };
  const write = (text: string) =>
    deliver(switchboard.url, envelope([textChange(phoneNumberId, { from, text })]));
  switchboard.simulator.control.inbound({
    phone_number_id: phoneNumberId,
    from: from.phone,
    name: from.name,
    text: 'First',
  });
  await switchboard.settle();
  const { id } = await inbox.with(from.phone);
  const [agent] = await queryAsAdmin<{ id: string }>(
    switchboard.database,
    'SELECT id FROM agents WHERE user_id = $1',
    [owner.user.id],
  );
  const agentId = Number(agent?.id);

  let moves = 0;
  const ending = new AbortController();
  const moving = (async () => {
    while (!ending.signal.aborted) {
      const home = [-1, agentId, -1, -2][moves % 4];
      await queryAsAdmin(switchboard.database, 'SELECT move_agent($1, $2)', [agentId, home]);
      moves += 1;
    }
  })();
  const expected = ['First'];
  try {
    for (let n = 0; n < 25; n += 1) {
      const [inbound, sent, thread, list] = await Promise.all([
        write(`In ${String(n)}`),
        inbox.send(id, `Out ${String(n)}`, `key-${String(n)}`),
        inbox.thread(id),
        inbox.conversations(),
      ]);
      expect([inbound.status, sent.status]).toEqual([200, 202]);
      expected.push(`In ${String(n)}`, `Out ${String(n)}`);
      expect(thread.length).toBeGreaterThan(0);
      expect(list).toMatchObject([{ id, customer: { name: 'Nora', phone: from.phone } }]);
      expect(list[0]?.last_message).not.toBeNull();
      const wamid = thread.find((message) => message.direction === 'outbound' && message.wamid)?.wamid;
      if (wamid)
        await deliver(
          switchboard.url,
          envelope([statusesChange(phoneNumberId, [{ id: wamid, status: 'read' }])]),
        );
    }
  } finally {
    ending.abort();
    await moving;
  }
  await switchboard.settle();
  expect(moves).toBeGreaterThan(8);
  const thread = await inbox.thread(id);
  expect(thread.map((message) => message.text).toSorted()).toEqual(expected.toSorted());
  const outbound = thread.filter((message) => message.direction === 'outbound');
  expect(outbound.filter((message) => message.status !== 'read')).toEqual([]);
  expect(
    await queryAsAdmin(
      switchboard.database,
      `SELECT state FROM app.webhook_items WHERE state NOT IN ('done', 'duplicate')`,
    ),
  ).toEqual([]);
  // Nothing stayed behind in a home that was left.
  expect(
    await queryAsAdmin(
      switchboard.database,
      'SELECT FROM customers c JOIN agents a ON a.id = c.agent_id WHERE c.home <> a.home',
    ),
  ).toEqual([]);
  expect(await inbox.conversations('?q=Nora')).toHaveLength(1);
});
