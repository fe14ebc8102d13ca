/**
 * Switchboard on a database that Supabase prepared: it is migrated by a role that is no superuser, and whoever asks it past the server,
 * as PostgREST does, meets the same walls. Each thing that must not be is looked for in the catalog and tried as well.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/platform/db/migrate.ts';
import { OWNER_ROLE } from '../../src/platform/db/roles.ts';
import { installJobQueue } from '../../src/platform/queue/install-job-queue.ts';
import { cloneDatabase } from '../harness/postgres.ts';
import { TEST_PASSWORDS } from '../harness/secrets.ts';
import { makeSupabaseDatabase, type SupabaseDatabase } from '../harness/supabase-database.ts';
import {
  asTableOwner,
  canaryOf,
  makeTwoOrganizations,
  type CanaryOrganization,
  type Person,
} from '../harness/two-organizations.ts';

let supabase: SupabaseDatabase;
let admin: pg.Client;
let north: CanaryOrganization;
let south: CanaryOrganization;
let defaultsBefore: number;

const migrateAsOperator = () =>
  migrate({
    adminUrl: supabase.operatorUrl,
    passwords: TEST_PASSWORDS,
    settings: { agent_tables_limit: '1000' },
    install: [installJobQueue],
  });

/** On how many kinds of objects, made by the owner of our tables, anon would have rights from the start. */
async function countDefaults(): Promise<number> {
  const { rows } = await admin.query(
    "SELECT FROM pg_default_acl d, aclexplode(d.defaclacl) g WHERE g.grantee = 'anon'::regrole AND d.defaclrole = $1::regrole GROUP BY d.oid",
    [OWNER_ROLE],
  );
  return rows.length;
}

beforeAll(async () => {
  supabase = await makeSupabaseDatabase();
  admin = new pg.Client(supabase.database.adminUrl);
  await admin.connect();
  defaultsBefore = await countDefaults();
  await migrateAsOperator();
  ({ north, south } = await makeTwoOrganizations(supabase.database.adminUrl));
});
afterAll(async () => {
  await admin.end();
  await supabase.database.drop();
});

type ApiRole = 'anon' | 'authenticated' | 'service_role';
type Caller = { login: string; role: ApiRole | null; settings: Record<string, string> };

const claimsOf = (userId: string) => JSON.stringify({ sub: userId, role: 'authenticated' });
const signedIn = (person: Person): Caller => ({
  login: 'authenticator',
  role: 'authenticated',
  settings: { 'request.jwt.claims': claimsOf(person.userId) },
});
const throughServer = (person: Person): Caller => ({
  login: 'switchboard_app',
  role: null,
  settings: { 'request.jwt.claims': claimsOf(person.userId) },
});
const unsigned = (role: ApiRole): Caller => ({ login: 'authenticator', role, settings: {} });

/**
 * Runs work as PostgREST does, in a transaction that is rolled back. The session becomes the login role without its password, which
 * PostgreSQL cannot tell from a sign-in: session_user is what the policies' functions look at.
 */
async function as<T>({ login, role, settings }: Caller, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(supabase.database.adminUrl);
  await client.connect();
  try {
    await client.query(`SET SESSION AUTHORIZATION ${login}`);
    await client.query('BEGIN');
    if (role) await client.query(`SET LOCAL ROLE ${role}`);
    for (const [name, value] of Object.entries(settings))
      await client.query('SELECT set_config($1, $2, true)', [name, value]);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** All that the caller may read, row by row, of every relation outside PostgreSQL's own schemas and Supabase's. */
async function readEverything(client: pg.Client): Promise<Map<string, string[]>> {
  const { rows } = await client.query<{ name: string; columns: string }>(`
    SELECT c.oid::regclass::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'auth')
      AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    GROUP BY c.oid`);
  const read = new Map<string, string[]>();
  for (const { name, columns } of rows) {
    const found = await client.query<{ row: string }>(
      `SELECT to_jsonb(r)::text AS row FROM (SELECT ${columns} FROM ${name}) r ORDER BY 1`,
    );
    read.set(
      name,
      found.rows.map(({ row }) => row),
    );
  }
  return read;
}

const relationsWith = (read: Map<string, string[]>, word: string) =>
  [...read].filter(([, rows]) => rows.some((row) => row.includes(word))).map(([name]) => name);
const filled = (read: Map<string, string[]>) => [...read].filter(([, rows]) => rows.length > 0);

/** The code of the refusal, or how many rows were touched. */
async function attempt(
  client: pg.Client,
  statement: string,
  values: unknown[] = [],
): Promise<string | number> {
  await client.query('SAVEPOINT attempt');
  try {
    return (await client.query(statement, values)).rowCount ?? 0;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await client.query('ROLLBACK TO attempt');
  }
}
const DENIED = '42501';

/** Every right of Supabase's roles on anything of ours, as `role privilege object`. */
async function rights(role: ApiRole): Promise<string[]> {
  const { rows } = await admin.query<{ held: string }>(
    "SELECT DISTINCT privilege || ' ' || object AS held FROM app.list_privileges($1, NULL) ORDER BY 1",
    [[role]],
  );
  return rows.map(({ held }) => held);
}

test('the role that Supabase calls postgres migrates it again and again, and owns nothing of it', async () => {
  const { rows: before } = await admin.query('SELECT rolsuper FROM pg_roles WHERE rolname = $1', [
    supabase.operator,
  ]);
  expect(before).toEqual([{ rolsuper: false }]);
  await migrateAsOperator();
  const { rows } = await admin.query<{ owner: string }>(`
    SELECT DISTINCT pg_get_userbyid(c.relowner) AS owner FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'rental', 'app', 'pgboss')`);
  expect(rows).toEqual([{ owner: OWNER_ROLE }]);
});

describe('a person whom Supabase signed in', () => {
  test.each(['owner', 'first', 'second'] as const)(
    'reads row by row what the server reads for the same person: %s',
    async (who) => {
      for (const organization of [north, south]) {
        const direct = await as(signedIn(organization[who]), readEverything);
        const server = await as(throughServer(organization[who]), readEverything);
        expect(direct).toEqual(server);
        // Nothing would be proven if both read nothing.
        expect(relationsWith(direct, organization.canary).length).toBeGreaterThan(8);
        expect(direct.size).toBeGreaterThan(90);
      }
    },
  );

  test.each(['owner', 'first', 'second'] as const)(
    'reads no word of another organization: %s',
    async (who) => {
      for (const [own, other] of [
        [north, south],
        [south, north],
      ] as const) {
        const read = await as(signedIn(own[who]), readEverything);
        expect(relationsWith(read, other.canary)).toEqual([]);
        expect(relationsWith(read, `"${other.id}"`)).toEqual([]);
      }
    },
  );

  test('who is an agent reads own customers, messages, conversations and orders and no colleague’s', async () => {
    for (const me of [north.first, north.second]) {
      const read = await as(signedIn(me), readEverything);
      for (const table of ['customers', 'messages', 'conversations', 'orders'])
        expect(read.get(table), table).toHaveLength(1);
      expect(relationsWith(read, canaryOf(north, me))).toContain(`${me.prefix}_customers`);
      for (const colleague of [north.owner, north.first, north.second].filter((one) => one !== me))
        expect(relationsWith(read, canaryOf(north, colleague))).toEqual([]);
    }
  });

  test('who is the owner reads those of every agent of the organization', async () => {
    const read = await as(signedIn(north.owner), readEverything);
    for (const agent of [north.owner, north.first, north.second])
      expect(relationsWith(read, canaryOf(north, agent))).toEqual(
        expect.arrayContaining(['customers', 'messages', 'orders', 'orders_items']),
      );
    expect(read.get('conversations')).toHaveLength(3);
  });

  test('is known by the old setting for the claim too, and in the dashboard’s SQL editor', async () => {
    const expected = await as(signedIn(north.first), readEverything);
    const old = { ...signedIn(north.first), settings: { 'request.jwt.claim.sub': north.first.userId } };
    expect(await as(old, readEverything)).toEqual(expected);
    const editor = { ...signedIn(north.first), login: supabase.operator };
    expect(await as(editor, readEverything)).toEqual(expected);
  });

  test('cannot choose an organization as workers do', async () => {
    const caller = signedIn(north.first);
    const settings = { ...caller.settings, 'app.organization_id': south.id };
    const read = await as({ ...caller, settings }, readEverything);
    expect(relationsWith(read, south.canary)).toEqual([]);
    expect(read.get('organizations')).toHaveLength(1);
    for (const role of ['switchboard_app', 'switchboard_worker', OWNER_ROLE])
      expect(await as(caller, (client) => attempt(client, `SET ROLE ${role}`))).toBe(DENIED);
  });
});

test('without a person to the claim nothing is read, and nothing fails', async () => {
  const stranger = claimsOf('00000000-0000-4000-8000-000000000000');
  for (const claims of [null, '', '{}', '{"role":"authenticated"}', stranger]) {
    const settings: Record<string, string> = claims === null ? {} : { 'request.jwt.claims': claims };
    const read = await as({ ...unsigned('authenticated'), settings }, readEverything);
    expect(filled(read)).toEqual([]);
    expect(read.size).toBeGreaterThan(90);
  }
});

describe('anon', () => {
  test('holds no right on anything of ours, nor by default on what is made next', async () => {
    // It did by default while all of this was made.
    expect(defaultsBefore).toBe(3);
    expect(await rights('anon')).toEqual([]);
    expect(await countDefaults()).toBe(0);
  });

  test('is refused by every table and every function, also with a person’s id in the claims', async () => {
    const caller = { ...signedIn(north.owner), role: 'anon' as const };
    expect([...(await as(caller, readEverything)).keys()]).toEqual([]);
    for (const statement of [
      'SELECT FROM customers',
      'SELECT FROM organizations',
      'SELECT app.current_organization_id()',
    ])
      expect(await as(caller, (client) => attempt(client, statement))).toBe(DENIED);
  });
});

describe('authenticated', () => {
  test('may call what policies ask and what runs with its own rights, and no gate', async () => {
    const { rows } = await admin.query<{ name: string; definer: boolean }>(`
      SELECT p.oid::regprocedure::text AS name, p.prosecdef AS definer FROM pg_proc p
      WHERE p.proowner = '${OWNER_ROLE}'::regrole AND has_function_privilege('authenticated', p.oid, 'EXECUTE')
      ORDER BY 1`);
    expect(rows.filter((row) => row.definer).map((row) => row.name)).toEqual([
      'app.current_agent_id()',
      'app.current_organization_id()',
      'app.is_organization_owner()',
    ]);
  });

  test('is refused where it calls a gate, makes an agent or asks for what signs people in', async () => {
    const id = north.owner.userId;
    const statements = [
      `SELECT app.find_credentials('owner@north.test', NULL)`,
      `SELECT app.has_users()`,
      `SELECT app.load_actor('${id}', '${id}')`,
      `SELECT app.enqueue_job('outbound.deliver', '{}')`,
      `SELECT app.publish_events('[]')`,
      `SELECT public.create_agent('${id}', 'agt_stolen', '${id}')`,
      `SELECT public.move_agent(1, -1)`,
      `SELECT public.refresh_tenant_landlord_routing()`,
      'SELECT FROM user_credentials',
      'SELECT FROM sign_in_links',
      'SELECT refresh_hash FROM sessions',
      'SELECT FROM tenant_landlord_routing',
      'SELECT FROM app.settings',
      'SELECT FROM app.webhook_deliveries',
      'SELECT FROM pgboss.job',
      'SELECT FROM switchboard_migrations.applied',
      'CREATE TABLE public.planted (id int)',
      'TRUNCATE customers',
    ];
    const outcomes = await as(signedIn(north.owner), async (client) => {
      const all: [string, string | number][] = [];
      for (const statement of statements) all.push([statement, await attempt(client, statement)]);
      return all;
    });
    expect(outcomes.filter(([, outcome]) => outcome !== DENIED)).toEqual([]);
  });

  test('holds no right but reading outside the agents’ own tables, rentals and two lines about oneself', async () => {
    const writes = (await rights('authenticated')).filter(
      (right) => !/^(SELECT|USAGE|EXECUTE)\b/.test(right),
    );
    const elsewhere = writes.filter(
      (right) => !/ TABLE (rental\.|public\.(\w+_)?(customers|messages|orders|orders_items)$)/.test(right),
    );
    expect(elsewhere).toEqual([
      'UPDATE (full_name) TABLE public.user_profiles',
      'UPDATE (message_signature) TABLE public.user_profiles',
      'UPDATE (name) TABLE public.users',
      'UPDATE (updated_at) TABLE public.user_profiles',
    ]);
    expect(writes.filter((right) => /^(TRUNCATE|REFERENCES|TRIGGER|MAINTAIN)/.test(right))).toEqual([]);
    expect(writes.length).toBeGreaterThan(200);
  });

  test('stands in every policy in which the server’s own role stands', async () => {
    const { rows } = await admin.query(`
      SELECT p.polrelid::regclass AS relation, p.polname FROM pg_policy p
      WHERE 'switchboard_app'::regrole = ANY (p.polroles) <> ('authenticated'::regrole = ANY (p.polroles))`);
    expect(rows).toEqual([]);
    const walls = await admin.query(
      `SELECT FROM pg_policy p WHERE NOT p.polpermissive AND 'authenticated'::regrole = ANY (p.polroles)`,
    );
    expect(walls.rowCount).toBeGreaterThan(90);
  });
});

describe('who writes past the server', () => {
  const insertCustomer = `INSERT INTO customers (home, agent_id, organization_id, name) SELECT home, id, organization_id, 'Mina' FROM
    (VALUES ($1::bigint, $2::bigint, $3::text)) AS a (home, id, organization_id)`;
  const placeOf = async (person: Person) => {
    const { rows } = await admin.query<{ home: string; id: string; organization_id: string }>(
      'SELECT home, id, organization_id FROM agents WHERE id = $1',
      [person.agentId],
    );
    return [rows[0]?.home, rows[0]?.id, rows[0]?.organization_id];
  };

  test('adds to the own customers, and nobody else’s', async () => {
    for (const me of [north.first, north.second]) {
      const outcome = async (person: Person) => {
        const place = await placeOf(person);
        return as(signedIn(me), (client) => attempt(client, insertCustomer, place));
      };
      expect(await outcome(me)).toBe(1);
      const others = [north.first, north.second, north.owner, south.first, south.second].filter(
        (one) => one !== me,
      );
      for (const other of others) expect(await outcome(other)).toBe(DENIED);
    }
  });

  test('as the owner adds to every agent’s, and to no other organization’s', async () => {
    for (const [person, expected] of [
      [north.second, 1],
      [south.second, DENIED],
    ] as const) {
      const place = await placeOf(person);
      expect(await as(signedIn(north.owner), (client) => attempt(client, insertCustomer, place))).toBe(
        expected,
      );
    }
  });

  test('changes and deletes own rows only, in tables, partitions and views alike', async () => {
    for (const me of [north.first, north.second])
      for (const table of ['customers', `${me.prefix}_customers`, 'messages', 'orders', 'orders_items'])
        for (const statement of [`UPDATE ${table} SET created_at = now()`, `DELETE FROM ${table}`])
          expect(await as(signedIn(me), (client) => attempt(client, statement)), statement).toBe(1);
    const statement = `UPDATE customers SET organization_id = '${south.id}'`;
    expect(await as(signedIn(north.first), (client) => attempt(client, statement))).toBe(DENIED);
  });

  test('has an order’s amount follow its items, as the server has', async () => {
    const amount = await as(signedIn(north.first), async (client) => {
      await client.query('UPDATE orders_items SET quantity = 3, price = 2.50');
      return client.query<{ total_amount: string }>('SELECT total_amount FROM orders');
    });
    expect(amount.rows).toEqual([{ total_amount: '7.50' }]);
  });

  test('cannot send, claim a number, open the window, or put plain text where ciphertext belongs', async () => {
    const statements = [
      'INSERT INTO outbox (organization_id, user_id) SELECT organization_id, user_id FROM outbox',
      `UPDATE conversations SET last_inbound_at = now()`,
      `UPDATE phone_numbers SET mode = 'central'`,
      `INSERT INTO phone_numbers SELECT * FROM phone_numbers`,
      `UPDATE waba_accounts SET access_token = 'plain'`,
      `UPDATE whatsapp_configuration SET api_key = 'plain'`,
      `UPDATE tenant_configs SET fb_app_secret = 'plain'`,
      `UPDATE users SET is_owner = true`,
      `UPDATE users SET organization_id = '${south.id}'`,
      `UPDATE user_profiles SET whatsapp_enabled = true`,
      `INSERT INTO consent_events (organization_id, subject, opted_in, method) VALUES ('x', 'landlord', true, 'x')`,
    ];
    const outcomes = await as(signedIn(north.owner), async (client) => {
      const all: [string, string | number][] = [];
      for (const statement of statements) all.push([statement, await attempt(client, statement)]);
      return all;
    });
    expect(outcomes.filter(([, outcome]) => outcome !== DENIED)).toEqual([]);
  });
});

test('an agent made or moved later is behind the same walls from its first moment', async () => {
  const { later } = await asTableOwner(supabase.database.adminUrl, async (client) => {
    await client.query(
      `SELECT app.register_organization('org_later', 'Later', 'Ada', 'ada@later.test', 'hash', 'agt_later')`,
    );
    const { rows } = await client.query<Person>(
      `SELECT user_id AS "userId", id::int AS "agentId", agent_prefix AS prefix FROM agents WHERE agent_prefix = 'agt_later'`,
    );
    const [person] = rows;
    if (!person) throw new Error('no agent was made');
    await client.query(
      `INSERT INTO agt_later_customers (home, agent_id, organization_id, name) VALUES ($1, $1, 'org_later', 'Bo')`,
      [person.agentId],
    );
    return { later: person };
  });
  for (const home of [null, -3, later.agentId]) {
    if (home !== null)
      await asTableOwner(supabase.database.adminUrl, (client) =>
        client.query('SELECT public.move_agent($1, $2)', [later.agentId, home]),
      );
    const statement = 'SELECT FROM agt_later_customers';
    expect(await as(signedIn(later), (client) => attempt(client, statement)), `home ${String(home)}`).toBe(1);
    expect(await as(signedIn(north.owner), (client) => attempt(client, statement))).toBe(0);
    expect(await as(unsigned('anon'), (client) => attempt(client, statement))).toBe(DENIED);
    expect(await rights('anon')).toEqual([]);
    const write = `UPDATE agt_later_customers SET name = 'Cy'`;
    expect(await as(signedIn(later), (client) => attempt(client, write))).toBe(1);
    expect(await as(signedIn(north.owner), (client) => attempt(client, write))).toBe(0);
    const { rows } = await admin.query(`
      SELECT p.polrelid::regclass, p.polname FROM pg_policy p
      WHERE 'switchboard_app'::regrole = ANY (p.polroles) AND NOT 'authenticated'::regrole = ANY (p.polroles)`);
    expect(rows).toEqual([]);
  }
});

test('service_role works on every organization’s rows, but not with what signs people in or with the queue', async () => {
  const read = await as(unsigned('service_role'), readEverything);
  for (const organization of [north, south])
    expect(relationsWith(read, organization.canary)).toEqual(
      expect.arrayContaining(['customers', 'outbox', 'rental.tenants']),
    );
  const hidden =
    /^(user_credentials|sign_in_links|tenant_landlord_routing|app\.|pgboss\.|switchboard_migrations\.)/;
  expect([...read.keys()].filter((name) => hidden.test(name))).toEqual([]);
  expect(read.get('sessions')?.join('')).not.toContain('refresh_hash');
  const statements: [string, string | number][] = [
    [`UPDATE phone_numbers SET mode = 'central'`, 2],
    [`UPDATE tenant_configs SET is_active = false`, 2],
    [`SELECT * FROM public.create_agent('${north.first.userId}', 'agt_again', '${north.first.userId}')`, 1],
    [`SELECT app.find_credentials('owner@north.test', NULL)`, DENIED],
    ['SELECT FROM pgboss.job', DENIED],
  ];
  for (const [statement, expected] of statements)
    expect(await as(unsigned('service_role'), (client) => attempt(client, statement)), statement).toBe(
      expected,
    );
});

test('rights that somebody handed out to the three roles are gone after the next migration', async () => {
  const before = [await rights('anon'), await rights('authenticated')];
  await asTableOwner(supabase.database.adminUrl, (client) =>
    client.query(`
      GRANT ALL ON ALL TABLES IN SCHEMA public TO anon, authenticated;
      GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO anon, authenticated;
      GRANT ALL ON ALL FUNCTIONS IN SCHEMA public, app TO anon, authenticated;
      GRANT SELECT (password_hash) ON user_credentials TO authenticated;
      GRANT USAGE ON SCHEMA app, pgboss TO anon`),
  );
  expect(await rights('anon')).not.toEqual([]);
  await migrateAsOperator();
  expect([await rights('anon'), await rights('authenticated')]).toEqual(before);
});

test('a project’s own tables beside ours keep the rights that the project gave', async () => {
  await admin.query(`
    CREATE TABLE public.notes (id int); ALTER TABLE public.notes OWNER TO ${supabase.operator};
    GRANT ALL ON public.notes TO anon, authenticated`);
  await migrateAsOperator();
  const { rows } = await admin.query(
    `SELECT has_table_privilege('anon', 'notes', 'SELECT') AS anon, has_table_privilege('authenticated', 'notes', 'DELETE') AS authenticated`,
  );
  await admin.query('DROP TABLE public.notes');
  expect(rows).toEqual([{ anon: true, authenticated: true }]);
});

test('a database of the same server that is not Supabase’s gives the three roles nothing', async () => {
  const plain = await cloneDatabase();
  try {
    const found = await asTableOwner(plain.adminUrl, async (client) => {
      await client.query('SELECT app.admit_supabase_roles()');
      return client.query(`
        SELECT app.is_on_supabase() AS here, (SELECT count(*)::int FROM pg_policy p WHERE 'authenticated'::regrole = ANY (p.polroles)) AS policies,
          (SELECT count(*)::int FROM app.list_privileges(ARRAY['anon', 'authenticated', 'service_role']::name[], NULL)) AS rights`);
    });
    expect(found.rows).toEqual([{ here: false, policies: 0, rights: 0 }]);
  } finally {
    await plain.drop();
  }
});
