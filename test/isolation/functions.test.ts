/**
 * Functions and error messages as a way through the wall: whatever a user's role may execute, called with everything that a stranger
 * could know of another organization, gives back no word of it, neither as a result nor in an error.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withRole } from '../../src/platform/db/connection.ts';
import { cloneDatabase, type TestDatabase } from '../harness/postgres.ts';
import { TEST_PASSWORDS } from '../harness/secrets.ts';
import { asTableOwner, makeTwoOrganizations, type CanaryOrganization } from '../harness/two-organizations.ts';

let database: TestDatabase;
let north: CanaryOrganization;
let south: CanaryOrganization;
let app: pg.Client;
/** What a stranger might know of the south: ids, names of tables, an address, a wamid. */
let known: Record<string, string[]>;

beforeAll(async () => {
  database = await cloneDatabase();
  ({ north, south } = await makeTwoOrganizations(database.adminUrl));
  known = await asTableOwner(database.adminUrl, findKnown);
  app = new pg.Client(withRole(database.adminUrl, 'switchboard_app', TEST_PASSWORDS.app));
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await database.drop();
});

async function findKnown(client: pg.Client): Promise<Record<string, string[]>> {
  const { rows } = await client.query<{ email: string; number: string; wamid: string; session: string }>(
    `SELECT (SELECT email FROM users WHERE id = $2) AS email,
       (SELECT phone_number_id FROM phone_numbers WHERE organization_id = $1 LIMIT 1) AS number,
       (SELECT wamid FROM message_keys WHERE organization_id = $1 LIMIT 1) AS wamid,
       (SELECT id::text FROM sessions WHERE organization_id = $1 LIMIT 1) AS session`,
    [south.id, south.owner.userId],
  );
  const found = rows[0];
  if (!found) throw new Error('The south has nothing.');
  return {
    text: [found.email, found.number, found.wamid, south.id, south.first.prefix],
    'character varying': [found.number, south.first.prefix],
    uuid: [south.owner.userId, south.first.userId, found.session],
    bigint: [String(south.first.agentId), '1'],
    integer: [String(south.first.agentId), '1'],
    boolean: ['true'],
    interval: ['1 day'],
    bytea: ['\\x00'],
    'bytea[]': ['{}'],
    jsonb: ['[]', '{}'],
    regclass: ['public.customers'],
    'bigint[]': ['{1}'],
    'uuid[]': [`{${south.owner.userId}}`],
    role: ['agent'],
    'timestamp with time zone': ['2026-01-31T10:00:00Z'],
  };
}

type Callable = { signature: string; name: string; argument_types: string[] };

async function callable(client: pg.Client): Promise<Callable[]> {
  const { rows } = await client.query<Callable>(`
    SELECT p.oid::regprocedure::text AS signature, p.oid::regproc::text AS name,
      ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a (t, n) ORDER BY n) AS argument_types
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname IN ('public', 'app', 'rental', 'auth') AND p.prorettype <> 'trigger'::regtype
      AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
    ORDER BY 1`);
  return rows;
}

/** Every argument once with each of its candidates, the others with their first. */
function argumentLists(types: string[]): string[][] {
  const candidates = types.map((type) => {
    const found = known[type];
    if (!found) throw new Error(`Add a candidate for arguments of type ${type}.`);
    return found;
  });
  const longest = Math.max(1, ...candidates.map((list) => list.length));
  return Array.from({ length: longest }, (_, n) => candidates.map((list) => list[n % list.length] ?? ''));
}

/** Everything that comes back: rows, or all that an error says. */
async function answerOf(
  client: pg.Client,
  { name, argument_types }: Callable,
  values: string[],
): Promise<string> {
  const parameters = argument_types.map((type, n) => `$${String(n + 1)}::${type}`).join(', ');
  await client.query('BEGIN');
  try {
    await client.query(`SET LOCAL request.jwt.claims = '${JSON.stringify({ sub: north.first.userId })}'`);
    return JSON.stringify((await client.query(`SELECT * FROM ${name}(${parameters})`, values)).rows);
  } catch (error) {
    return JSON.stringify(error, Object.getOwnPropertyNames(error));
  } finally {
    await client.query('ROLLBACK');
  }
}

async function leaks(client: pg.Client): Promise<string[]> {
  const found: string[] = [];
  for (const one of await callable(client)) {
    for (const values of argumentLists(one.argument_types)) {
      const answer = await answerOf(client, one, values);
      // What the caller said comes back in some errors; that tells nothing.
      const told = values.reduce((rest, value) => rest.replaceAll(value, ''), answer);
      if (told.includes(south.canary)) found.push(one.signature);
    }
  }
  return found;
}

test('no function that a user’s role may execute tells a word of another organization', async () => {
  expect((await callable(app)).length).toBeGreaterThan(15);
  expect(await leaks(app)).toEqual([]);
});

test('a function that did would be found, by its result or by its error', async () => {
  await asTableOwner(database.adminUrl, (client) =>
    client.query(`
      CREATE FUNCTION app.planted_result(id uuid) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = ''
        AS 'SELECT name FROM public.users u WHERE u.id = planted_result.id';
      CREATE FUNCTION app.planted_error(id uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
        BEGIN RAISE EXCEPTION 'not yours: %', (SELECT name FROM public.users u WHERE u.id = planted_error.id); END $$;
      GRANT EXECUTE ON FUNCTION app.planted_result(uuid), app.planted_error(uuid) TO switchboard_app`),
  );
  try {
    expect(new Set(await leaks(app))).toEqual(
      new Set(['app.planted_error(uuid)', 'app.planted_result(uuid)']),
    );
  } finally {
    await asTableOwner(database.adminUrl, (client) =>
      client.query('DROP FUNCTION app.planted_result(uuid), app.planted_error(uuid)'),
    );
  }
});

test('a unique key that is taken elsewhere says so without a word of who has it', async () => {
  const told: string[] = [];
  for (const [table, columns, values] of [
    ['waba_accounts', 'organization_id, user_id, waba_id', [south.id, south.owner.userId, 'w']],
    ['customers', 'home, organization_id, agent_id, name', ['1', south.id, south.first.agentId, 'n']],
    [
      'conversations',
      'organization_id, agent_id, phone_number_id, customer_id',
      [south.id, south.first.agentId, known['text']?.[1], 1],
    ],
  ] as const) {
    await app.query('BEGIN');
    await app.query(`SET LOCAL request.jwt.claims = '${JSON.stringify({ sub: north.first.userId })}'`);
    const parameters = values.map((_, n) => `$${String(n + 1)}`).join(', ');
    await app
      .query(`INSERT INTO ${table} (${columns}) VALUES (${parameters})`, [...values])
      .catch((error: unknown) => told.push(JSON.stringify(error, Object.getOwnPropertyNames(error))));
    await app.query('ROLLBACK');
  }
  expect(told).toHaveLength(3);
  expect(told.filter((text) => text.includes(south.canary))).toEqual([]);
});
