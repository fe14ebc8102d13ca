/** A database with two firms for tests of the agents' functions and tables, seen with the rights of the role that made them. */
import pg from 'pg';
import { cloneDatabase, type TestDatabase } from '../harness/postgres.ts';

export type Made = {
  agent: { id: number; agent_prefix: string; home: number; user_id: string; created_by: string } | null;
  success: boolean;
  message: string;
};

export type CrmDatabase = {
  database: TestDatabase;
  admin: pg.Client;
  /** The rows of one statement. */
  rows<Row extends pg.QueryResultRow>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** The one value of one statement. */
  value<T>(statement: string, values?: unknown[]): Promise<T>;
  addUser(name: string, organization?: string): Promise<string>;
  createAgent(userId: string, prefix: string | null, createdBy?: string): Promise<Made>;
  /** A user with an agent of this prefix. */
  addAgent(prefix: string): Promise<{ userId: string; agentId: number; home: number; prefix: string }>;
  /** Another connection of the same role, closed with the rest. */
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
};

export const KINDS = ['customers', 'messages', 'orders', 'orders_items'] as const;

/** Makes the firms `firm` and `rival`, each with an owner `owner@<firm>.test`, and the number `900` of `firm`. */
export async function openCrmDatabase(): Promise<CrmDatabase> {
  const database = await cloneDatabase();
  const clients: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client({ connectionString: database.adminUrl, options: '-c TimeZone=UTC' });
    await client.connect();
    clients.push(client);
    return client;
  };
  const admin = await connect();
  const rows = async <Row extends pg.QueryResultRow>(statement: string, values: unknown[] = []) =>
    (await admin.query<Row>(statement, values)).rows;
  const value = async <T>(statement: string, values: unknown[] = []): Promise<T> =>
    Object.values((await rows(statement, values))[0] ?? {})[0] as T;
  for (const firm of ['firm', 'rival'])
    await admin.query(`SELECT app.register_organization($1, $2, 'Owner', $3, 'x', $4)`, [
      firm,
      firm,
      `owner@${firm}.test`,
      `agt_of_${firm}`,
    ]);
  await admin.query(
    `INSERT INTO phone_numbers (phone_number_id, organization_id, waba_id, portfolio_id, display_phone_number)
     VALUES ('900', 'firm', 'waba', 'portfolio', '1555')`,
  );
  const addUser = async (name: string, organization = 'firm') => {
    const id = await value<string>(
      `INSERT INTO users (organization_id, name, email, verified) VALUES ($1, $2, $3, true) RETURNING id`,
      [organization, name, `${name}@${organization}.test`],
    );
    await admin.query(`INSERT INTO user_profiles (id, organization_id, full_name) VALUES ($1, $2, $3)`, [
      id,
      organization,
      name,
    ]);
    return id;
  };
  const createAgent = async (userId: string, prefix: string | null, createdBy = userId) => {
    const [made] = await rows<Made>('SELECT * FROM create_agent($1, $2, $3)', [userId, prefix, createdBy]);
    if (!made) throw new Error('create_agent answered no row.');
    return made;
  };
  return {
    database,
    admin,
    rows,
    value,
    addUser,
    createAgent,
    async addAgent(prefix) {
      const userId = await addUser(`of_${prefix}`);
      const { agent, message } = await createAgent(userId, prefix);
      if (!agent) throw new Error(message);
      return { userId, agentId: agent.id, home: agent.home, prefix };
    },
    connect,
    async close() {
      await Promise.all(clients.map((client) => client.end()));
      await database.drop();
    },
  };
}

/** What the names of an agent's four relations stand for, such as `customers r`: r a table, v a view. */
export async function relationsOf(crm: CrmDatabase, prefix: string): Promise<string[]> {
  const rows = await crm.rows<{ relation: string }>(
    `SELECT substr(relname, length($1) + 2) || ' ' || relkind::text AS relation FROM pg_class
     WHERE relname = ANY (SELECT $1 || '_' || k FROM unnest($2::text[]) AS k) ORDER BY 1`,
    [prefix, KINDS],
  );
  return rows.map(({ relation }) => relation);
}

export const asTables = KINDS.map((kind) => `${kind} r`);
export const asViews = KINDS.map((kind) => `${kind} v`);

/** Every name in the catalog. */
export async function catalogOf(crm: CrmDatabase): Promise<string[]> {
  const rows = await crm.rows<{ name: string }>(
    `SELECT c.oid::regclass || ' ' || c.relkind::text AS name FROM pg_class c WHERE c.relnamespace <> 'pg_toast'::regnamespace
     UNION ALL SELECT 'schema ' || nspname FROM pg_namespace ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

/** Gives an agent customers, each with a conversation, messages, and an order with items. */
export async function fillAgent(crm: CrmDatabase, agentId: number, customers: number): Promise<void> {
  const { home } = (
    await crm.rows<{ home: string }>('SELECT home FROM agents WHERE id = $1', [agentId])
  )[0] ?? { home: '' };
  await crm.admin.query(
    `WITH c AS (INSERT INTO customers (home, organization_id, agent_id, name, phone)
       SELECT ${home}, 'firm', ${String(agentId)}, 'Customer ' || n, (4900000 + n)::text FROM generate_series(1, $1::int) AS n RETURNING id)
     INSERT INTO conversations (organization_id, agent_id, phone_number_id, customer_id) SELECT 'firm', ${String(agentId)}, '900', id FROM c`,
    [customers],
  );
  await crm.admin.query(
    `INSERT INTO messages (home, organization_id, agent_id, conversation_id, customer_id, message, direction, status, phone_number_id)
     SELECT ${home}, 'firm', ${String(agentId)}, c.id, c.customer_id, 'Line ' || n, 'inbound', 'received', '900'
     FROM conversations c, generate_series(1, 5) AS n WHERE c.agent_id = ${String(agentId)}`,
  );
  await crm.admin.query(
    `INSERT INTO orders (home, organization_id, agent_id, customer_id, notes, updated_at)
     SELECT ${home}, 'firm', ${String(agentId)}, customer_id, 'ring twice', '2026-01-02 03:04:05' FROM conversations WHERE agent_id = ${String(agentId)}`,
  );
  await crm.admin.query(
    `INSERT INTO orders_items (home, organization_id, agent_id, order_id, name, quantity, price)
     SELECT ${home}, 'firm', ${String(agentId)}, o.id, 'Tea', n, 1.25 FROM orders o, generate_series(1, 3) AS n
     WHERE o.home = ${home} AND o.agent_id = ${String(agentId)}`,
  );
}

/** Everything in an agent's four tables, by the names its owner knows, without the home. */
export async function contentOf(crm: CrmDatabase, prefix: string): Promise<Record<string, unknown[]>> {
  const content: Record<string, unknown[]> = {};
  for (const kind of KINDS)
    content[kind] = await crm.rows(
      `SELECT to_jsonb(t) - 'home' AS row FROM "${prefix}_${kind}" AS t ORDER BY t.id`,
    );
  return content;
}
