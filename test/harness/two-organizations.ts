/**
 * Two organizations, north and south, with the same things in both and a canary in every text column that can hold one, so that a
 * test can look for the one's words in whatever the other can read. A new table has to be filled, in fill-organization.ts or
 * fill-person.ts: `listTablesWithoutRows` names it, and a test fails until it is.
 */
import pg from 'pg';
import { fillOrganization } from './fill-organization.ts';

export type Person = { userId: string; agentId: number; prefix: string };
export type CanaryOrganization = {
  id: string;
  /** In every text of the organization that has no single owner; also the beginning of all its other canaries. */
  canary: string;
  owner: Person;
  /** Tables of its own. */
  first: Person;
  /** In a pool, together with the second agent of the other organization. */
  second: Person;
};

const SHARED_POOL = -3;

/** Runs work as the owner of the tables, whatever role migrated them. */
export async function asTableOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SET ROLE switchboard_owner');
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Fills the database. */
export function makeTwoOrganizations(
  adminUrl: string,
): Promise<{ north: CanaryOrganization; south: CanaryOrganization }> {
  return asTableOwner(adminUrl, async (client) => {
    const north = await makeOrganization(client, 'north');
    const south = await makeOrganization(client, 'south');
    for (const organization of [north, south]) await plantCanaries(client, organization);
    return { north, south };
  });
}

/** One such organization, beside whatever the database already has. */
export function makeCanaryOrganization(adminUrl: string, name: string): Promise<CanaryOrganization> {
  return asTableOwner(adminUrl, async (client) => {
    const organization = await makeOrganization(client, name);
    await plantCanaries(client, organization);
    return organization;
  });
}

/** The tables that hold an organization's rows, as `schema.name`, partitions and parents included. */
export async function listWalledTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'p' ORDER BY 1`);
  return rows.map((row) => row.name);
}

/** Tables without a row of the organization: nothing would be proven about them. Homes of other agents are meant to be empty. */
export async function listTablesWithoutRows(client: pg.Client, organizationId: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`);
  const empty: string[] = [];
  for (const { name } of rows) {
    const found = await client.query(`SELECT FROM ${name} WHERE organization_id = $1 LIMIT 1`, [
      organizationId,
    ]);
    if (found.rowCount === 0) empty.push(name);
  }
  return empty;
}

async function makeOrganization(client: pg.Client, name: string): Promise<CanaryOrganization> {
  const id = `org_${name}`;
  await client.query(`SELECT app.register_organization($1, $2, $3, $4, 'hash', $5)`, [
    id,
    `Firm ${name}`,
    `Owner ${name}`,
    `owner@${name}.test`,
    `agt_${name}_o`,
  ]);
  const owner = await findPerson(client, `owner@${name}.test`);
  const first = await addAgent(client, { id, owner, name: `${name}_1`, home: null });
  const second = await addAgent(client, { id, owner, name: `${name}_2`, home: SHARED_POOL });
  const organization = { id, canary: `Canary-${name}`, owner, first, second };
  await fillOrganization(client, organization, name);
  return organization;
}

async function findPerson(client: pg.Client, email: string): Promise<Person> {
  const { rows } = await client.query<{ user_id: string; agent_id: string; prefix: string }>(
    `SELECT u.id AS user_id, a.id AS agent_id, a.agent_prefix AS prefix FROM users u JOIN agents a ON a.user_id = u.id WHERE u.email = $1`,
    [email],
  );
  const [row] = rows;
  if (!row) throw new Error(`${email} was not made`);
  return { userId: row.user_id, agentId: Number(row.agent_id), prefix: row.prefix };
}

async function addAgent(
  client: pg.Client,
  agent: { id: string; owner: Person; name: string; home: number | null },
): Promise<Person> {
  const email = `${agent.name}@agents.test`;
  const made = await client.query<{ id: string }>(
    `INSERT INTO users (organization_id, name, email, verified) VALUES ($1, $2, $3, true) RETURNING id`,
    [agent.id, agent.name, email],
  );
  const userId = made.rows[0]?.id;
  await client.query(
    `INSERT INTO user_credentials (user_id, organization_id, password_hash) VALUES ($1, $2, 'hash')`,
    [userId, agent.id],
  );
  await client.query(`INSERT INTO user_profiles (id, organization_id, full_name) VALUES ($1, $2, $3)`, [
    userId,
    agent.id,
    agent.name,
  ]);
  await client.query(
    `INSERT INTO agents (organization_id, agent_prefix, home, user_id, created_by) VALUES ($1, $2, $3, $4, $5)`,
    [agent.id, `agt_${agent.name}`, agent.home, userId, agent.owner.userId],
  );
  return findPerson(client, email);
}

/** The canary of one person's rows. */
export function canaryOf(organization: CanaryOrganization, person: Person): string {
  return `${organization.canary}-agent-${String(person.agentId)}.`;
}

type TextColumn = { table: string; column: string; json: boolean; owner: string | null };

/** Overwrites every text that is free to hold anything; a column whose constraints refuse the canary keeps its value. */
async function plantCanaries(client: pg.Client, organization: CanaryOrganization): Promise<void> {
  const { rows } = await client.query<TextColumn>(`
    SELECT c.oid::regclass::text AS table, quote_ident(a.attname) AS column, t.typname IN ('json', 'jsonb') AS json,
      (SELECT o.attname FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname IN ('agent_id', 'user_id')
        ORDER BY o.attname LIMIT 1) AS owner
    FROM pg_class c
    JOIN pg_attribute w ON w.attrelid = c.oid AND w.attname = 'organization_id'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname <> 'organization_id'
      AND t.typname IN ('text', 'varchar', 'json', 'jsonb')`);
  for (const column of rows) await plant(client, organization, column);
}

async function plant(
  client: pg.Client,
  organization: CanaryOrganization,
  { table, column, json, owner }: TextColumn,
): Promise<void> {
  const agent =
    owner === 'user_id'
      ? '(SELECT a.id FROM public.agents a WHERE a.user_id = planted.user_id)'
      : owner === 'agent_id'
        ? 'planted.agent_id'
        : 'NULL';
  const canary = `$1 || coalesce('-agent-' || ${agent} || '.', '') || substr(md5(planted.ctid::text), 1, 6)`;
  const value = json ? `jsonb_build_object('canary', ${canary})` : canary;
  await client.query('BEGIN');
  try {
    await client.query(`UPDATE ${table} planted SET ${column} = ${value} WHERE organization_id = $2`, [
      organization.canary,
      organization.id,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    if (!(error instanceof pg.DatabaseError) || !/^2[23]/.test(error.code ?? '')) throw error;
  }
}
