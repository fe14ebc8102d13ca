/** Amounts follow their lines to the cent, whatever happens to them, and what hangs on a row goes with it. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fillAgent, openCrmDatabase, type CrmDatabase } from './crm-database.ts';

let crm: CrmDatabase;
beforeAll(async () => {
  crm = await openCrmDatabase();
});
afterAll(() => crm.close());

type Step =
  | { do: 'insert'; order: number; quantity: number; cents: number }
  | { do: 'update'; item: number; quantity: number; cents: number }
  | { do: 'move'; item: number; order: number }
  | { do: 'delete'; item: number }
  | { do: 'delete all of'; order: number };

const quantity = fc.integer({ min: 1, max: 50 });
const cents = fc.integer({ min: 0, max: 99_999 });
const order = fc.nat({ max: 2 });
const item = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('insert' as const), order, quantity, cents }),
  fc.record({ do: fc.constant('update' as const), item, quantity, cents }),
  fc.record({ do: fc.constant('move' as const), item, order }),
  fc.record({ do: fc.constant('delete' as const), item }),
  fc.record({ do: fc.constant('delete all of' as const), order }),
);

const money = (amount: number) =>
  `${String(Math.floor(amount / 100))}.${String(amount % 100).padStart(2, '0')}`;

describe.each([
  ['tables of its own', null],
  ['a pool', -11],
])('in %s', (_where, home) => {
  let prefix: string;
  let orderIds: string[];
  beforeAll(async () => {
    prefix = home === null ? 'agt_own_orders' : 'agt_pool_orders';
    const { agentId } = await crm.addAgent(prefix);
    if (home !== null) await crm.admin.query('SELECT move_agent($1, $2)', [agentId, home]);
    const scope = `${String(home ?? agentId)}, 'firm', ${String(agentId)}`;
    const customer = await crm.value<string>(
      `INSERT INTO ${prefix}_customers (home, organization_id, agent_id, name) VALUES (${scope}, 'Buyer') RETURNING id`,
    );
    orderIds = (
      await crm.rows<{ id: string }>(
        `INSERT INTO ${prefix}_orders (home, organization_id, agent_id, customer_id) SELECT ${scope}, ${customer} FROM generate_series(1, 3) RETURNING id`,
      )
    ).map(({ id }) => id);
  });

  test('amounts are the sums of their lines through any history', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (history) => {
        await crm.admin.query(`DELETE FROM ${prefix}_orders_items`);
        const items: { id: string; order: number; amount: number }[] = [];
        for (const one of history) await take(one, items);
        const rows = await crm.rows<{ total_amount: string }>(
          `SELECT total_amount FROM ${prefix}_orders ORDER BY id`,
        );
        const expected = orderIds.map((_, index) =>
          money(items.filter((line) => line.order === index).reduce((sum, line) => sum + line.amount, 0)),
        );
        expect(rows.map((row) => row.total_amount)).toEqual(expected);
        const lines = await crm.rows<{ total: string }>(
          `SELECT total FROM ${prefix}_orders_items ORDER BY id`,
        );
        expect(lines.map((line) => line.total)).toEqual(items.map((line) => money(line.amount)));
      }),
      { numRuns: 40 },
    );
  });

  async function take(one: Step, items: { id: string; order: number; amount: number }[]): Promise<void> {
    if (one.do === 'insert') {
      const id = await crm.value<string>(
        `INSERT INTO ${prefix}_orders_items (home, organization_id, agent_id, order_id, name, quantity, price)
         SELECT home, organization_id, agent_id, id, 'Line', $2, $3 FROM ${prefix}_orders WHERE id = $1 RETURNING id`,
        [orderIds[one.order], one.quantity, money(one.cents)],
      );
      items.push({ id, order: one.order, amount: one.quantity * one.cents });
      return;
    }
    if (one.do === 'delete all of') {
      await crm.admin.query(`DELETE FROM ${prefix}_orders_items WHERE order_id = $1`, [orderIds[one.order]]);
      items.splice(0, Infinity, ...items.filter((line) => line.order !== one.order));
      return;
    }
    const line = items[one.item % Math.max(items.length, 1)];
    if (!line) return;
    if (one.do === 'update') {
      await crm.admin.query(`UPDATE ${prefix}_orders_items SET quantity = $2, price = $3 WHERE id = $1`, [
        line.id,
        one.quantity,
        money(one.cents),
      ]);
      line.amount = one.quantity * one.cents;
    } else if (one.do === 'move') {
      await crm.admin.query(`UPDATE ${prefix}_orders_items SET order_id = $2 WHERE id = $1`, [
        line.id,
        orderIds[one.order],
      ]);
      line.order = one.order;
    } else {
      await crm.admin.query(`DELETE FROM ${prefix}_orders_items WHERE id = $1`, [line.id]);
      items.splice(items.indexOf(line), 1);
    }
  }

  test('people who add lines to one order at once are all counted', async () => {
    await crm.admin.query(`DELETE FROM ${prefix}_orders_items`);
    const clients = await Promise.all([1, 2, 3, 4].map(() => crm.connect()));
    await Promise.all(
      clients.map(async (client) => {
        for (let n = 0; n < 10; n += 1)
          await client.query(
            `INSERT INTO ${prefix}_orders_items (home, organization_id, agent_id, order_id, name, quantity, price)
             SELECT home, organization_id, agent_id, id, 'Line', 1, 1.01 FROM ${prefix}_orders WHERE id = $1`,
            [orderIds[0]],
          );
      }),
    );
    expect(await crm.value(`SELECT total_amount FROM ${prefix}_orders WHERE id = $1`, [orderIds[0]])).toBe(
      '40.40',
    );
  });

  test('nobody can write the total of a line, a quantity of nothing or a price below nothing', async () => {
    const insert = (columns: string, values: string) =>
      crm.admin.query(
        `INSERT INTO ${prefix}_orders_items (home, organization_id, agent_id, order_id, name, ${columns})
         SELECT home, organization_id, agent_id, id, 'Line', ${values} FROM ${prefix}_orders WHERE id = $1`,
        [orderIds[0]],
      );
    await expect(insert('total', '5')).rejects.toMatchObject({ code: '428C9' });
    await expect(insert('quantity', '0')).rejects.toMatchObject({ code: '23514' });
    await expect(insert('price', '-0.01')).rejects.toMatchObject({ code: '23514' });
    await expect(insert('quantity, price', '100, 99999999.99')).rejects.toMatchObject({ code: '22003' });
  });
});

test.each([
  ['of its own tables', null],
  ['of a pool', -11],
])(
  'deleting a customer %s takes messages, orders, lines and the conversation along, and nobody else’s',
  async (_where, home) => {
    const { agentId, prefix } = await crm.addAgent(home === null ? 'agt_cascade' : 'agt_cascade_p');
    if (home !== null) await crm.admin.query('SELECT move_agent($1, $2)', [agentId, home]);
    await fillAgent(crm, agentId, 2);
    const [first] = await crm.rows<{ id: string }>(`SELECT id FROM ${prefix}_customers ORDER BY id`);
    await crm.admin.query(`DELETE FROM ${prefix}_customers WHERE id = $1`, [first?.id]);
    const counts = await crm.rows(
      `SELECT (SELECT count(*)::int FROM ${prefix}_customers) AS customers, (SELECT count(*)::int FROM ${prefix}_messages) AS messages,
       (SELECT count(*)::int FROM ${prefix}_orders) AS orders, (SELECT count(*)::int FROM ${prefix}_orders_items) AS items,
       (SELECT count(*)::int FROM conversations WHERE agent_id = $1) AS conversations`,
      [agentId],
    );
    expect(counts).toEqual([{ customers: 1, messages: 5, orders: 1, items: 3, conversations: 1 }]);
  },
);
