/**
 * The database alone, on a cluster of its own with the settings of a real install (everything synced): agents, messages, threads and
 * inboxes at growing numbers of agents, with row level security (the app role, as a signed-in user) and without (the same SQL as the
 * server's administrator), and the routing view. Every figure stands beside a look-up by primary key on the same connection.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { connectionOptions, withRole } from '../src/platform/db/connection.ts';
import { startEmbeddedPostgres } from '../src/platform/db/embedded/start-embedded-postgres.ts';
import { migrate } from '../src/platform/db/migrate.ts';
import { asTable, measure, type Figure } from './measure.ts';

const PASSWORDS = { app: 'bench-app', worker: 'bench-worker' };
const SILOS = 1_000;
const quiet = { info: () => undefined, warn: console.warn, error: console.error };

type Bench = { admin: pg.Client; app: pg.Client; worker: pg.Client; runs: number };

/** Prints Markdown tables as they are measured. */
export async function benchData(small: boolean): Promise<void> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'switchboard-bench-'));
  const server = await startEmbeddedPostgres({ dataDir, log: quiet, role: 'a benchmark' });
  const clients: pg.Client[] = [];
  const connect = async (connectionString: string) => {
    const client = new pg.Client(
      connectionOptions({ connectionString, name: 'bench', max: 1, statementTimeoutMs: 900_000 }),
    );
    await client.connect();
    clients.push(client);
    return client;
  };
  try {
    await migrate({
      adminUrl: server.adminUrl,
      passwords: PASSWORDS,
      settings: { agent_tables_limit: String(SILOS) },
    });
    const bench: Bench = {
      admin: await connect(server.adminUrl),
      app: await connect(withRole(server.adminUrl, 'switchboard_app', PASSWORDS.app)),
      worker: await connect(withRole(server.adminUrl, 'switchboard_worker', PASSWORDS.worker)),
      runs: small ? 100 : 500,
    };
    await prepare(bench);
    await benchRouting(bench, small ? 50_000 : 1_000_000);
    for (const agents of small ? [10, 50] : [10, 1_000, 5_000]) await benchAgents(bench, agents);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function prepare({ admin }: Bench): Promise<void> {
  await admin.query(
    `SELECT app.register_organization('firm', 'Firm', 'Owner', 'owner@bench.test', 'x', 'agt_owner')`,
  );
  await admin.query(
    `INSERT INTO phone_numbers (phone_number_id, organization_id, waba_id, portfolio_id, display_phone_number)
     VALUES ('900', 'firm', 'waba', 'portfolio', '1555')`,
  );
  await admin.query(`CREATE TABLE bare (id bigint PRIMARY KEY, text text NOT NULL);
    INSERT INTO bare SELECT n, 'row ' || n FROM generate_series(1, 1000000) AS n; ANALYZE bare`);
}

/** The same statement inside a transaction of its own, with the rights of a signed-in user or a worker. */
async function inTransaction(client: pg.Client, begin: string, statement: string): Promise<void> {
  await client.query(`BEGIN; ${begin}`);
  const { rowCount } = await client.query(statement);
  await client.query('COMMIT');
  if (rowCount === 0) throw new Error(`Nothing was found: ${statement}`);
}

const asSignedIn = (userId: string) => `SET LOCAL request.jwt.claims = '${JSON.stringify({ sub: userId })}'`;
const asFirm = `SET LOCAL app.organization_id = 'firm'`;

function lookUp({ admin, runs }: Bench): Promise<Figure> {
  return measure(
    'look-up by primary key, 1,000,000 rows, no policies',
    () =>
      inTransaction(
        admin,
        'SELECT',
        `SELECT * FROM bare WHERE id = ${String(1 + Math.floor(Math.random() * 1e6))}`,
      ),
    { runs },
  );
}

async function benchRouting(bench: Bench, leases: number): Promise<void> {
  const { admin, worker, runs } = bench;
  await admin.query(`
    ALTER TABLE rental.properties DISABLE TRIGGER USER; ALTER TABLE rental.tenants DISABLE TRIGGER USER;
    ALTER TABLE rental.leases DISABLE TRIGGER USER;
    INSERT INTO rental.properties (organization_id, user_id, address)
      SELECT 'firm', u.id, 'Mill Road ' || n FROM users u, generate_series(1, ${String(leases / 10)}) AS n;
    INSERT INTO rental.tenants (organization_id, user_id, name, phone)
      SELECT 'firm', u.id, 'Renter ' || n, (491000000000 + n)::text FROM users u, generate_series(1, ${String(leases)}) AS n;
    INSERT INTO rental.leases (organization_id, tenant_id, property_id)
      SELECT 'firm', t.id, p.id FROM (SELECT id, row_number() OVER () AS n FROM rental.tenants) AS t
      JOIN (SELECT id, row_number() OVER () - 1 AS n FROM rental.properties) AS p ON p.n = t.n % ${String(leases / 10)};
    ALTER TABLE rental.properties ENABLE TRIGGER USER; ALTER TABLE rental.tenants ENABLE TRIGGER USER;
    ALTER TABLE rental.leases ENABLE TRIGGER USER;
    ANALYZE rental.properties; ANALYZE rental.tenants; ANALYZE rental.leases;`);
  const first = await measure(
    'refresh that fills the view',
    () => admin.query('SELECT refresh_tenant_landlord_routing()'),
    { runs: 1, warmUp: 0 },
  );
  await admin.query('ANALYZE tenant_landlord_routing');
  const again = await measure(
    'refresh after one change',
    async () => {
      await admin.query(
        `UPDATE rental.leases SET status = 'ended' WHERE id = (SELECT id FROM rental.leases WHERE status = 'active' LIMIT 1)`,
      );
      await admin.query('SELECT refresh_tenant_landlord_routing()');
    },
    { runs: 2, warmUp: 0 },
  );
  const find = () =>
    inTransaction(
      worker,
      asFirm,
      `SELECT * FROM app.find_landlords('${String(491000000000 + 1000 + Math.floor(Math.random() * (leases - 2000)))}')`,
    );
  const baseline = await lookUp(bench);
  const found = await measure('landlords of a phone, as a worker, from the view', find, { runs });
  await admin.query(
    `INSERT INTO app.routing_changes (organization_id, tenant_phone) SELECT 'firm', phone FROM rental.tenants`,
  );
  await admin.query('ANALYZE app.routing_changes');
  const behind = await measure('the same while the view is behind, from the tables', find, { runs });
  await admin.query('DELETE FROM app.routing_changes');
  console.log(
    asTable(`Routing at ${leases.toLocaleString('en')} leases`, baseline, [found, behind, first, again]),
  );
}

/** Makes agents until there are so many, each with customers, conversations and messages; then measures one of them. */
async function benchAgents(bench: Bench, agents: number): Promise<void> {
  const { admin, app, runs } = bench;
  const made = (await admin.query<{ n: number }>('SELECT count(*)::int AS n FROM agents')).rows[0]?.n ?? 0;
  await admin.query(
    `INSERT INTO users (organization_id, name, email) SELECT 'firm', 'Agent ' || n, 'agent' || n || '@bench.test'
     FROM generate_series(${String(made + 1)}, ${String(agents)}) AS n`,
  );
  for (let n = made + 1; n <= agents; n += 1) await makeAgent(admin, n);
  await fill(bench);
  await admin.query(
    'ANALYZE conversations; ANALYZE customers; ANALYZE messages; ANALYZE agents; ANALYZE users',
  );

  const baseline = await lookUp(bench);
  const figures: Figure[] = [];
  for (const [where, condition] of [
    ['tables of its own', 'home > 0'],
    ['a pool', 'home < 0'],
  ] as const) {
    const { rows } = await admin.query<Measured>(
      `SELECT a.id, a.home, a.user_id, c.id AS conversation, c.customer_id FROM agents a JOIN conversations c ON c.agent_id = a.id
       WHERE a.${condition} AND a.agent_prefix LIKE 'agt_b%' ORDER BY a.id DESC, c.id LIMIT 1`,
    );
    const agent = rows[0];
    if (!agent) continue;
    const scope = `home = ${String(agent.home)} AND agent_id = ${String(agent.id)}`;
    const thread = `SELECT * FROM messages WHERE ${scope} AND conversation_id = '${agent.conversation}' ORDER BY "timestamp" DESC, id DESC LIMIT 50`;
    const inbox = `SELECT c.*, k.name, m.message FROM conversations c
      JOIN customers k ON k.home = ${String(agent.home)} AND k.agent_id = ${String(agent.id)} AND k.id = c.customer_id
      LEFT JOIN messages m ON m.home = ${String(agent.home)} AND m.agent_id = ${String(agent.id)} AND m.id = c.last_message_id
      WHERE c.agent_id = ${String(agent.id)} ORDER BY c.last_message_at DESC, c.id DESC LIMIT 50`;
    const insert = `INSERT INTO messages (home, organization_id, agent_id, conversation_id, customer_id, message, direction, status, phone_number_id)
      VALUES (${String(agent.home)}, 'firm', ${String(agent.id)}, '${agent.conversation}', ${String(agent.customer_id)}, 'A line', 'outbound', 'queued', '900')`;
    const user = asSignedIn(agent.user_id);
    for (const [what, statement] of [
      ['thread page', thread],
      ['inbox page', inbox],
      ['insert a message', insert],
    ] as const)
      for (const [who, client, begin] of [
        ['without policies', admin, 'SELECT'],
        ['as its user', app, user],
      ] as const)
        figures.push(
          await measure(`${what}, ${where}, ${who}`, () => inTransaction(client, begin, statement), { runs }),
        );
  }
  figures.push(await measureMaking(bench, agents, 'tables of its own', agents + SILOS));
  figures.push(await measureMaking(bench, agents, 'a pool', 0));
  console.log(asTable(`${agents.toLocaleString('en')} agents`, baseline, figures));
}

type Measured = { id: number; home: number; user_id: string; conversation: string; customer_id: number };

function makeAgent(admin: pg.Client, n: number): Promise<unknown> {
  return admin.query(`SELECT create_agent(id, $1, id) FROM users WHERE email = $2`, [
    `agt_b${String(n)}`,
    `agent${String(n)}@bench.test`,
  ]);
}

/** Made and deleted again, so that the number stays. */
async function measureMaking({ admin }: Bench, agents: number, home: string, limit: number): Promise<Figure> {
  await setTablesLimit(admin, limit);
  const { rows } = await admin.query<{ id: string }>(
    `INSERT INTO users (organization_id, name, email) VALUES ('firm', 'New', $1) RETURNING id`,
    [`new${String(agents)}-${String(limit)}@bench.test`],
  );
  const times: number[] = [];
  for (let n = 0; n < 9; n += 1) {
    const make = () => admin.query(`SELECT create_agent($1, 'agt_new', $1)`, [rows[0]?.id]);
    times.push((await measure('', make, { runs: 1, warmUp: 0 })).p50);
    await admin.query(`SELECT delete_agent(id::int) FROM agents WHERE agent_prefix = 'agt_new'`);
  }
  await setTablesLimit(admin, SILOS);
  times.sort((one, other) => one - other);
  return { name: `make an agent, ${home}`, p50: times[4] ?? 0, p99: times[8] ?? 0, runs: 9 };
}

const setTablesLimit = (admin: pg.Client, limit: number) =>
  admin.query(`UPDATE app.settings SET value = $1 WHERE name = 'agent_tables_limit'`, [String(limit)]);

/** Four customers with fifty messages for everybody who has none yet, which makes a million at 5,000 agents; 200 for those who will be measured. */
async function fill({ admin }: Bench): Promise<void> {
  const { rows } = await admin.query<{ id: number; home: number; many: boolean }>(
    `SELECT id, home, id IN (SELECT max(id) FROM agents GROUP BY home > 0) AS many FROM agents a
     WHERE a.agent_prefix LIKE 'agt_b%' AND NOT EXISTS (SELECT FROM conversations c WHERE c.agent_id = a.id)`,
  );
  for (const { id, home, many } of rows) {
    const scope = `${String(home)}, 'firm', ${String(id)}`;
    await admin.query(`
      BEGIN; SET LOCAL synchronous_commit = off;
      WITH k AS (INSERT INTO customers (home, organization_id, agent_id, name, phone)
        SELECT ${scope}, 'Customer ' || n, (4900000 + n)::text FROM generate_series(1, ${many ? '200' : '4'}) AS n RETURNING id)
      INSERT INTO conversations (organization_id, agent_id, phone_number_id, customer_id) SELECT 'firm', ${String(id)}, '900', id FROM k;
      WITH m AS (INSERT INTO messages (home, organization_id, agent_id, conversation_id, customer_id, message, direction, status, phone_number_id)
        SELECT ${scope}, c.id, c.customer_id, 'Line ' || n, 'inbound', 'received', '900'
        FROM conversations c, generate_series(1, 50) AS n WHERE c.agent_id = ${String(id)} RETURNING id, conversation_id)
      UPDATE conversations c SET last_message_id = x.id FROM (SELECT conversation_id, max(id) AS id FROM m GROUP BY 1) AS x WHERE c.id = x.conversation_id;
      COMMIT`);
  }
}
