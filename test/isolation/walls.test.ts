/**
 * The walls themselves, tried from inside the database with the roles that the server uses: whatever a role can read of any
 * table, view or partition in the catalog, no word of another organization is in it, and nothing of the other can be changed.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withRole } from '../../src/platform/db/connection.ts';
import { cloneDatabase, type TestDatabase } from '../harness/postgres.ts';
import { TEST_PASSWORDS } from '../harness/secrets.ts';
import {
  asTableOwner,
  canaryOf,
  listTablesWithoutRows,
  makeTwoOrganizations,
  type CanaryOrganization,
} from '../harness/two-organizations.ts';

let database: TestDatabase;
let north: CanaryOrganization;
let south: CanaryOrganization;
let app: pg.Client;
let worker: pg.Client;

beforeAll(async () => {
  database = await cloneDatabase();
  ({ north, south } = await makeTwoOrganizations(database.adminUrl));
  app = new pg.Client(withRole(database.adminUrl, 'switchboard_app', TEST_PASSWORDS.app));
  worker = new pg.Client(withRole(database.adminUrl, 'switchboard_worker', TEST_PASSWORDS.worker));
  await Promise.all([app.connect(), worker.connect()]);
});
afterAll(async () => {
  await Promise.all([app.end(), worker.end()]);
  await database.drop();
});

/** Runs work in a transaction that is rolled back, as a user, or as a worker of an organization. */
async function as<T>(
  who: { user: string } | { organization: string } | 'guest' | 'idle worker',
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const isWorker = who === 'idle worker' || (typeof who === 'object' && 'organization' in who);
  const client = isWorker ? worker : app;
  await client.query('BEGIN');
  try {
    if (typeof who === 'object') {
      const context =
        'user' in who
          ? `SET LOCAL request.jwt.claims = ${pg.escapeLiteral(JSON.stringify({ sub: who.user }))}`
          : `SET LOCAL app.organization_id = ${pg.escapeLiteral(who.organization)}`;
      await client.query(context);
    }
    return await work(client);
  } finally {
    await client.query('ROLLBACK');
  }
}

type Relation = { name: string; columns: string[]; kind: string; hasOrganization: boolean };

/**
 * Everything outside PostgreSQL's own schemas of which the connection's role may read at least one column. The queue's schema is
 * left out: it belongs to workers of the whole install, and jobs carry ids only.
 */
async function readable(client: pg.Client): Promise<Relation[]> {
  const { rows } = await client.query<Relation>(`
    SELECT c.oid::regclass::text AS name, c.relkind AS kind, array_agg(quote_ident(a.attname)) AS columns,
      bool_or(a.attname = 'organization_id') AS "hasOrganization"
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pgboss')
      AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    GROUP BY c.oid, c.relkind ORDER BY 1`);
  return rows;
}

/** All that the role reads in all relations, a text for each. */
async function readEverything(client: pg.Client): Promise<Map<string, string[]>> {
  const read = new Map<string, string[]>();
  for (const { name, columns } of await readable(client)) {
    const { rows } = await client.query<{ row: string }>(
      `SELECT to_jsonb(r)::text AS row FROM (SELECT ${columns.join(', ')} FROM ${name}) r`,
    );
    read.set(
      name,
      rows.map(({ row }) => row),
    );
  }
  return read;
}

function relationsWith(read: Map<string, string[]>, word: string): string[] {
  return [...read].filter(([, rows]) => rows.some((row) => row.includes(word))).map(([name]) => name);
}

const people = ['owner', 'first', 'second'] as const;

test('both organizations have rows in every table, or nothing would be proven', async () => {
  const empty = await asTableOwner(database.adminUrl, async (client) => [
    ...(await listTablesWithoutRows(client, north.id)),
    ...(await listTablesWithoutRows(client, south.id)),
  ]);
  expect(empty, 'fill these tables in test/harness/two-organizations.ts').toEqual([]);
});

describe('a user', () => {
  test.each(people)('reads no word of another organization: %s', async (person) => {
    for (const [own, other] of [
      [north, south],
      [south, north],
    ] as const) {
      const read = await as({ user: own[person].userId }, readEverything);
      expect(relationsWith(read, other.canary)).toEqual([]);
      expect(relationsWith(read, `"${other.id}"`)).toEqual([]);
      // The test could not fail if the user read nothing at all.
      expect(relationsWith(read, own.canary).length).toBeGreaterThan(8);
      expect(read.size).toBeGreaterThan(90);
    }
  });

  test.each(['first', 'second'] as const)(
    'who is an agent reads own rows, not those of colleagues: %s',
    async (person) => {
      const me = north[person];
      const read = await as({ user: me.userId }, readEverything);
      for (const colleague of [north.owner, north.first, north.second].filter((one) => one !== me))
        expect(relationsWith(read, canaryOf(north, colleague))).toEqual([]);
      expect(relationsWith(read, canaryOf(north, me))).toEqual(
        expect.arrayContaining(['customers', 'messages', 'orders', 'orders_items', `${me.prefix}_customers`]),
      );
      // The waiting room is the owner's business.
      expect(read.get('waiting_room_messages')).toEqual([]);
    },
  );

  test('who is the owner reads the rows of every agent of the organization', async () => {
    const read = await as({ user: north.owner.userId }, readEverything);
    for (const agent of [north.owner, north.first, north.second]) {
      const seen = relationsWith(read, canaryOf(north, agent));
      expect(seen).toEqual(expect.arrayContaining(['customers', 'messages', 'orders', 'orders_items']));
    }
    expect(read.get('waiting_room_messages')).toHaveLength(1);
  });

  test('of nobody, or of a user who is gone, reads nothing and gets no error', async () => {
    const stranger = { user: '00000000-0000-4000-8000-000000000000' };
    for (const who of ['guest', stranger] as const) {
      const read = await as(who, readEverything);
      expect([...read].filter(([, rows]) => rows.length > 0)).toEqual([]);
    }
  });

  test('who is disabled reads nothing', async () => {
    await asTableOwner(database.adminUrl, (client) =>
      client.query('UPDATE users SET disabled_at = now() WHERE id = $1', [south.second.userId]),
    );
    const read = await as({ user: south.second.userId }, readEverything);
    await asTableOwner(database.adminUrl, (client) =>
      client.query('UPDATE users SET disabled_at = NULL WHERE id = $1', [south.second.userId]),
    );
    expect([...read].filter(([, rows]) => rows.length > 0)).toEqual([]);
  });

  test('cannot choose an organization as workers do', async () => {
    const ids = (client: pg.Client) =>
      client.query<{ id: string }>('SELECT id FROM organizations').then(({ rows }) => rows);
    const attempts = ['SET LOCAL app.organization_id', 'SET LOCAL "app.organization_id"'];
    for (const attempt of attempts) {
      const seen = await as({ user: north.first.userId }, async (client) => {
        await client.query(`${attempt} = ${pg.escapeLiteral(south.id)}`);
        return ids(client);
      });
      expect(seen).toEqual([{ id: north.id }]);
      const asGuest = await as('guest', async (client) => {
        await client.query(`${attempt} = ${pg.escapeLiteral(south.id)}`);
        return ids(client);
      });
      expect(asGuest).toEqual([]);
    }
    for (const role of ['switchboard_worker', 'switchboard_owner'])
      await expect(as('guest', (client) => client.query(`SET ROLE ${role}`))).rejects.toMatchObject({
        code: '42501',
      });
  });
});

test('a worker of one organization reads nothing of another, and without one nothing at all', async () => {
  const read = await as({ organization: north.id }, readEverything);
  expect(relationsWith(read, south.canary)).toEqual([]);
  expect(relationsWith(read, north.canary)).toEqual(
    expect.arrayContaining(['customers', 'messages', 'outbox']),
  );
  for (const who of ['idle worker', { organization: '' }, { organization: 'org_nobody' }] as const)
    expect([...(await as(who, readEverything))].filter(([, rows]) => rows.length > 0)).toEqual([]);
});

describe('nothing of another organization can be', () => {
  const writers = [
    ['an agent', () => ({ user: north.first.userId })],
    ['an owner', () => ({ user: north.owner.userId })],
    ['a worker', () => ({ organization: north.id })],
  ] as const;

  /** What happened to each relation: how many rows, or the code of the refusal. */
  async function tryEach(
    who: Parameters<typeof as>[0],
    statement: (relation: Relation) => { text: string; values: unknown[] },
  ): Promise<Map<string, number | string>> {
    const outcomes = new Map<string, number | string>();
    await as(who, async (client) => {
      for (const relation of (await readable(client)).filter((one) => one.hasOrganization)) {
        await client.query('SAVEPOINT one');
        try {
          outcomes.set(relation.name, (await client.query(statement(relation))).rowCount ?? 0);
        } catch (error) {
          outcomes.set(relation.name, (error as { code?: string }).code ?? String(error));
        }
        await client.query('ROLLBACK TO one');
      }
    });
    expect(outcomes.size).toBeGreaterThan(40);
    return outcomes;
  }

  /** Anything but no row at all, a refusal for lack of permission, or a column that nobody can set because it is generated. */
  const breaches = (outcomes: Map<string, number | string>) =>
    [...outcomes].filter(([, outcome]) => outcome !== 0 && outcome !== '42501' && outcome !== '428C9');

  test.each(writers)('deleted by %s', async (_name, who) => {
    const outcomes = await tryEach(who(), ({ name }) => ({
      text: `DELETE FROM ${name} WHERE organization_id = $1`,
      values: [south.id],
    }));
    expect(breaches(outcomes)).toEqual([]);
  });

  test.each(writers)('changed by %s', async (_name, who) => {
    const updatable = new Map<string, string>();
    const { rows } = await as(who(), (client) =>
      client.query<{ name: string; column: string }>(`
        SELECT DISTINCT ON (c.oid) c.oid::regclass::text AS name, quote_ident(a.attname) AS column FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a'
        WHERE n.nspname IN ('public', 'rental', 'app') AND has_column_privilege(c.oid, a.attnum, 'UPDATE')`),
    );
    for (const { name, column } of rows) updatable.set(name, column);
    const outcomes = await tryEach(who(), ({ name }) => {
      const column = updatable.get(name) ?? 'organization_id';
      return {
        text: `UPDATE ${name} SET ${column} = ${column} WHERE organization_id = $1`,
        values: [south.id],
      };
    });
    expect(breaches(outcomes)).toEqual([]);
    expect(updatable.size).toBeGreaterThan(40);
  });

  test.each(writers)('given away by %s', async (_name, who) => {
    const outcomes = await tryEach(who(), ({ name }) => ({
      text: `UPDATE ${name} SET organization_id = $1`,
      values: [south.id],
    }));
    expect(breaches(outcomes)).toEqual([]);
    expect([...outcomes.values()].filter((outcome) => outcome === '42501').length).toBeGreaterThan(4);
  });

  test.each(writers)('inserted by %s', async (_name, who) => {
    const samples = await asTableOwner(database.adminUrl, async (client) => {
      const found = new Map<string, { columns: string[]; row: unknown }>();
      const { rows } = await client.query<{ name: string; columns: string[] }>(`
        SELECT c.oid::regclass::text AS name, array_agg(quote_ident(a.attname)) AS columns FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity <> 'a'
          AND pg_column_is_updatable(c.oid, a.attnum, false)
        WHERE c.relkind IN ('r', 'p', 'v') AND c.relnamespace IN ('public'::regnamespace, 'rental'::regnamespace)
          AND EXISTS (SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'organization_id')
        GROUP BY c.oid`);
      for (const { name, columns } of rows) {
        const sample = await client.query<{ row: unknown }>(
          `SELECT to_jsonb(t) AS row FROM ${name} t WHERE organization_id = $1 LIMIT 1`,
          [south.id],
        );
        if (sample.rows[0]) found.set(name, { columns, row: sample.rows[0].row });
      }
      return found;
    });
    const outcomes = await tryEach(who(), ({ name }) => {
      const sample = samples.get(name);
      if (!sample) return { text: 'SELECT WHERE false', values: [] };
      const columns = sample.columns.join(', ');
      return {
        text: `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM jsonb_populate_record(NULL::${name}, $1)`,
        values: [JSON.stringify(sample.row)],
      };
    });
    expect(breaches(outcomes)).toEqual([]);
    expect([...outcomes.values()].filter((outcome) => outcome === '42501').length).toBeGreaterThan(15);
  });
});
