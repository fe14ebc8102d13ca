/** Making agents by SQL, as programs beside the server do: four tables each, and nothing for a prefix that is not one. */
import pg from 'pg';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../harness/postgres.ts';
import { withRole } from '../../src/platform/db/connection.ts';
import { TEST_PASSWORDS } from '../harness/secrets.ts';

let database: TestDatabase;
let admin: pg.Client;

beforeAll(async () => {
  database = await cloneDatabase();
  admin = new pg.Client(database.adminUrl);
  await admin.connect();
  await admin.query(
    `SELECT app.register_organization('firm', 'Firm', 'Owner', 'owner@firm.test', 'x', 'agt_owner')`,
  );
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

type Made = {
  agent: { id: number; agent_prefix: string; home: number } | null;
  success: boolean;
  message: string;
};

async function addUser(name: string): Promise<string> {
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO users (organization_id, name, email) VALUES ('firm', $1, $2) RETURNING id`,
    [name, `${name}@firm.test`],
  );
  return rows[0]?.id ?? '';
}

async function createAgent(userId: string, prefix: string | null): Promise<Made> {
  const owner = `(SELECT id FROM users WHERE email = 'owner@firm.test')`;
  const { rows } = await admin.query<Made>(`SELECT * FROM create_agent($1, $2, ${owner})`, [userId, prefix]);
  if (!rows[0]) throw new Error('create_agent returns one row');
  return rows[0];
}

/** Everything that has a name in the catalog. */
async function catalog(): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT c.oid::regclass || ' ' || c.relkind::text AS name FROM pg_class c WHERE c.relnamespace <> 'pg_toast'::regnamespace
     UNION ALL SELECT 'schema ' || nspname FROM pg_namespace ORDER BY 1`,
  );
  return rows.map((row) => row.name);
}

test('create_agent makes four tables, and says so in one row', async () => {
  const user = await addUser('test123');
  const made = await createAgent(user, 'agt_test123');
  expect(made).toMatchObject({ success: true, agent: { agent_prefix: 'agt_test123' } });
  const { rows } = await admin.query(
    `SELECT relname, relkind FROM pg_class WHERE starts_with(relname, 'agt_test123_') AND relkind IN ('r', 'p', 'v') ORDER BY 1`,
  );
  expect(rows).toEqual(
    ['customers', 'messages', 'orders', 'orders_items'].map((kind) => ({
      relname: `agt_test123_${kind}`,
      relkind: 'r',
    })),
  );
});

test('refuses hostile prefixes, with words, and leaves the catalog as it was', async () => {
  const user = await addUser('hostile');
  const before = await catalog();
  const hostile = [
    null,
    '',
    'ab',
    'Agt_upper',
    'AGT',
    '1abc',
    '_abc',
    'agt-dash',
    'agt_x; DROP TABLE users; --',
    `agt'; DROP TABLE users; --`,
    'agt"; DROP TABLE users; --',
    'agt_x\n',
    '\nagt_x',
    ' agt_x',
    'agt_x\0y',
    'agt_ü',
    'аgt_cyrillic',
    'agt_ｆull',
    'a'.repeat(21),
    'a'.repeat(64),
    'a'.repeat(10_000),
    'public.users',
    '%I',
    '$1',
    // Taken: another agent's, in any way of asking, and the names of the shared homes.
    'agt_owner',
    'pool_01',
    'pool_16',
    'waiting_room',
  ];
  for (const prefix of hostile) {
    // A NUL never reaches a function: the protocol refuses it.
    if (prefix?.includes('\0')) {
      await expect(createAgent(user, prefix)).rejects.toMatchObject({ code: '22021' });
      continue;
    }
    const made = await createAgent(user, prefix);
    expect(made, String(prefix)).toMatchObject({ success: false, agent: null });
    expect(made.message).toMatch(/prefix/);
  }
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/^[a-z][a-z0-9_]{2,19}$/.test(text)),
      async (prefix) => {
        const made = await createAgent(user, prefix.replaceAll('\0', '').replace(/\p{Surrogate}/gu, ''));
        expect(made.success).toBe(false);
      },
    ),
    { numRuns: 60 },
  );
  expect(await catalog()).toEqual(before);
});

test('words that SQL reserves are as good as others, because they are only parts of quoted names', async () => {
  for (const prefix of ['select', 'user', 'table', 'null']) {
    const made = await createAgent(await addUser(`of_${prefix}`), prefix);
    expect(made.success).toBe(true);
    await admin.query(`SELECT count(*) FROM ${prefix}_customers`);
  }
});

test('refuses an agent for a user of nobody, and a second one for a user', async () => {
  const before = await catalog();
  const owner = await admin.query<{ id: string }>(`SELECT id FROM users WHERE email = 'owner@firm.test'`);
  expect(await createAgent('00000000-0000-4000-8000-000000000000', 'agt_nobody')).toMatchObject({
    success: false,
    message: 'There is no such user.',
  });
  expect(await createAgent(owner.rows[0]?.id ?? '', 'agt_second')).toMatchObject({
    success: false,
    message: 'This user already has an agent.',
  });
  expect(await catalog()).toEqual(before);
});

test('the same prefix asked for twice at once is made once', async () => {
  const users = [await addUser('race1'), await addUser('race2'), await addUser('race3')];
  const clients = await Promise.all(
    users.map(async (user) => {
      const client = new pg.Client(database.adminUrl);
      await client.connect();
      return { client, user };
    }),
  );
  const answers = await Promise.all(
    clients.map(({ client, user }) =>
      client
        .query<Made>(`SELECT * FROM create_agent($1, 'agt_race', $1)`, [user])
        .then(({ rows }) => rows[0]?.success),
    ),
  );
  await Promise.all(clients.map(({ client }) => client.end()));
  expect(answers.filter((success) => success)).toHaveLength(1);
  expect(answers.filter((success) => success === false)).toHaveLength(2);
});

test('beyond the limit an agent gets a place in a pool and four views that work like tables', async () => {
  await admin.query(`UPDATE app.settings SET value = '0' WHERE name = 'agent_tables_limit'`);
  const user = await addUser('pooled');
  const other = await addUser('pooled2');
  const made = await createAgent(user, 'agt_pooled');
  const neighbour = await createAgent(other, 'agt_pooled2');
  await admin.query(`UPDATE app.settings SET value = '1000' WHERE name = 'agent_tables_limit'`);
  expect(made.agent?.home).toBeLessThan(0);
  const { rows: relations } = await admin.query(
    `SELECT relname, relkind FROM pg_class WHERE relname ~ '^agt_pooled_' ORDER BY 1`,
  );
  expect(relations).toEqual(
    ['customers', 'messages', 'orders', 'orders_items'].map((kind) => ({
      relname: `agt_pooled_${kind}`,
      relkind: 'v',
    })),
  );

  const client = new pg.Client(withRole(database.adminUrl, 'switchboard_app', TEST_PASSWORDS.app));
  await client.connect();
  try {
    await client.query(`BEGIN; SET LOCAL request.jwt.claims = '{"sub":"${user}"}'`);
    const customer = await client.query<{ id: string }>(
      `INSERT INTO agt_pooled_customers (name, phone) VALUES ('Pia', '4930') RETURNING id`,
    );
    const id = customer.rows[0]?.id;
    await client.query(
      `INSERT INTO agt_pooled_messages (customer_id, message, direction, status, phone_number_id) VALUES ($1, 'hi', 'inbound', 'received', '1')`,
      [id],
    );
    const order = await client.query<{ id: string }>(
      `INSERT INTO agt_pooled_orders (customer_id) VALUES ($1) RETURNING id`,
      [id],
    );
    await client.query(
      `INSERT INTO agt_pooled_orders_items (order_id, name, quantity, price) VALUES ($1, 'Tea', 3, 1.50)`,
      [order.rows[0]?.id],
    );
    await client.query(`UPDATE agt_pooled_customers SET name = 'Pia Maria' WHERE id = $1`, [id]);
    const read = await client.query(
      `SELECT c.name, c.agent_id, m.message, i.total FROM agt_pooled_customers c JOIN agt_pooled_messages m ON m.customer_id = c.id
       JOIN agt_pooled_orders o ON o.customer_id = c.id JOIN agt_pooled_orders_items i ON i.order_id = o.id`,
    );
    expect(read.rows).toEqual([
      { name: 'Pia Maria', agent_id: String(made.agent?.id), message: 'hi', total: '4.50' },
    ]);
    await client.query('COMMIT');

    // The neighbour's views, asked by this user, are empty; a row cannot be slipped in through either's.
    await client.query(`BEGIN; SET LOCAL request.jwt.claims = '{"sub":"${other}"}'`);
    expect((await client.query('SELECT FROM agt_pooled_customers')).rowCount).toBe(0);
    expect((await client.query('SELECT FROM agt_pooled2_customers')).rowCount).toBe(0);
    await expect(
      client.query(`INSERT INTO agt_pooled_customers (name, phone) VALUES ('Slip', '1')`),
    ).rejects.toMatchObject({ code: '42501' });
    await client.query('ROLLBACK');
    await client.query(`BEGIN; SET LOCAL request.jwt.claims = '{"sub":"${user}"}'`);
    await expect(
      client.query(`INSERT INTO agt_pooled_customers (name, phone, agent_id) VALUES ('Slip', '1', $1)`, [
        neighbour.agent?.id,
      ]),
    ).rejects.toMatchObject({ code: expect.stringMatching(/42501|44000/) as string });
    await client.query('ROLLBACK; BEGIN');
    await client.query(`SET LOCAL request.jwt.claims = '{"sub":"${user}"}'`);
    expect((await client.query('DELETE FROM agt_pooled_customers')).rowCount).toBe(1);
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
  // What hung on the customer went with it.
  const left = await admin.query(`SELECT FROM messages WHERE agent_id = $1`, [made.agent?.id]);
  expect(left.rowCount).toBe(0);
});
