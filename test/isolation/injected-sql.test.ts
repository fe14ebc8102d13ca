/**
 * If a query of the server could be made to run somebody else's SQL after all: it would run as the app role, inside one statement, for the
 * user who is signed in. Nothing it says may bring a word of another organization, and nothing it does may last.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withRole } from '../../src/platform/db/connection.ts';
import { cloneDatabase, type TestDatabase } from '../harness/postgres.ts';
import { TEST_PASSWORDS } from '../harness/secrets.ts';
import { asTableOwner, makeTwoOrganizations, type CanaryOrganization } from '../harness/two-organizations.ts';
import { injectedSql, type Target } from './injected-sql.ts';

let database: TestDatabase;
let north: CanaryOrganization;
let south: CanaryOrganization;
let target: Target;
let app: pg.Client;

beforeAll(async () => {
  database = await cloneDatabase();
  ({ north, south } = await makeTwoOrganizations(database.adminUrl));
  target = await asTableOwner(database.adminUrl, async (client) => {
    const { userId, agentId, prefix } = south.owner;
    // What the attacker knows holds no canary: an error repeats it.
    const email = 'known@south.test';
    await client.query('UPDATE users SET email = $2 WHERE id = $1', [userId, email]);
    const { rows } = await client.query<{ id: string }>('SELECT id FROM sessions WHERE user_id = $1', [
      userId,
    ]);
    return { userId, agentId, prefix, organizationId: south.id, email, sessionId: rows[0]?.id ?? '' };
  });
  await asTableOwner(database.adminUrl, (client) => client.query('ANALYZE'));
  app = new pg.Client(withRole(database.adminUrl, 'switchboard_app', TEST_PASSWORDS.app));
  await app.connect();
});
afterAll(async () => {
  await app.end();
  await database.drop();
});

/** The query of the inbox's list with the text where a careless hand would have put it, and a second look in the same transaction. */
const QUERY = (place: 'column' | 'condition', text: string) =>
  place === 'column'
    ? `SELECT c.id, ${text} AS injected FROM conversations c WHERE c.status = $1`
    : `SELECT c.id FROM conversations c WHERE c.status = $1 AND coalesce(${text}::text, '') IS NOT NULL`;

const AFTERWARDS = `SELECT (SELECT string_agg(u::text, ' ') FROM users u), (SELECT string_agg(c::text, ' ') FROM customers c),
  current_user, session_user, auth.uid()`;

/** Everything that comes back: rows or all that an error says, and what the rest of the transaction then sees. */
async function inject(place: 'column' | 'condition', text: string): Promise<string> {
  await app.query('BEGIN');
  await app.query(`SET LOCAL request.jwt.claims = '${JSON.stringify({ sub: north.first.userId })}'`);
  try {
    const { rows } = await app.query(QUERY(place, text), ['active']);
    return JSON.stringify([rows, (await app.query(AFTERWARDS, [])).rows]);
  } catch (error) {
    return JSON.stringify(error, Object.getOwnPropertyNames(error));
  } finally {
    await app.query('ROLLBACK');
  }
}

const leakedIn = (answer: string) => answer.includes(south.canary);

test('no SQL inside a query brings a word of another organization', async () => {
  const payloads = injectedSql(target);
  expect(new Set(payloads).size).toBeGreaterThanOrEqual(200);
  const leaks: string[] = [];
  for (const place of ['column', 'condition'] as const)
    for (const text of payloads) if (leakedIn(await inject(place, text))) leaks.push(`${place}: ${text}`);
  expect(leaks).toEqual([]);
});

test('the query does read what is the asker’s own: the attack is run where it would work', async () => {
  const answer = await inject('column', `(SELECT string_agg(u::text, ' ') FROM users u)`);
  expect(answer).toContain(north.canary);
  expect(answer).not.toContain('severity');
});

test('a way out would be found', async () => {
  await asTableOwner(database.adminUrl, (client) =>
    client.query(`CREATE POLICY planted ON public.users FOR SELECT TO switchboard_app USING (true);
      ALTER POLICY organization_wall ON public.users USING (true)`),
  );
  try {
    expect(leakedIn(await inject('column', `(SELECT string_agg(u::text, ' ') FROM users u)`))).toBe(true);
  } finally {
    await asTableOwner(database.adminUrl, (client) =>
      client.query(`DROP POLICY planted ON public.users;
        ALTER POLICY organization_wall ON public.users USING (organization_id = (SELECT app.current_organization_id()))`),
    );
  }
});

/** Its code when it is refused. */
async function refusal(statement: string): Promise<string | null> {
  try {
    await app.query('BEGIN');
    await app.query(statement);
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    await app.query('ROLLBACK');
  }
}

test('whoever is signed in finds nobody else through the functions that sign people in', async () => {
  const hash = `'\\x00'::bytea`;
  const asked = {
    [`app.find_credentials('${target.email}', NULL)`]: 0,
    [`app.load_actor('${target.sessionId}', '${target.userId}')`]: 0,
    [`app.rotate_session('${target.sessionId}', ${hash}, ${hash})`]: 0,
    [`app.find_account('${target.email}') AS found (id) WHERE id IS NOT NULL`]: 0,
    [`app.find_second_factor('${target.userId}')`]: 0,
    [`app.open_session('${target.userId}', ${hash}, 'x', interval '1 day') AS made (id) WHERE id IS NOT NULL`]: 0,
    [`app.create_sign_in_link('${target.email}', ${hash}, interval '1 day') AS made (ok) WHERE ok`]: 0,
    [`app.first_admin_email() AS found (email) WHERE email IS NOT NULL`]: 0,
  };
  const guest = async (question: string) => (await app.query(`SELECT FROM ${question}`)).rowCount;
  const signedIn = async (question: string) => {
    await app.query('BEGIN');
    await app.query(`SET LOCAL request.jwt.claims = '${JSON.stringify({ sub: north.first.userId })}'`);
    const { rowCount } = await app.query(`SELECT FROM ${question}`);
    await app.query('SELECT app.close_session($1)', [target.sessionId]);
    await app.query('COMMIT');
    return rowCount;
  };
  const answers: Record<string, number | null> = {};
  for (const question of Object.keys(asked)) answers[question] = await signedIn(question);
  expect(answers).toEqual(asked);
  // Nothing of it ended the session; and a guest, whom they are for, is answered.
  expect(await guest(`app.load_actor('${target.sessionId}', '${target.userId}')`)).toBe(1);
  expect(await guest(`app.find_credentials('${target.email}', NULL)`)).toBe(1);
});

describe('the app role, in a statement of its own', () => {
  test.each([
    `SELECT set_config('request.jwt.claims', '{}', true)`,
    `UPDATE pg_settings SET setting = 'off' WHERE name = 'row_security'`,
    `SELECT lo_create(0)`,
    `SELECT lo_from_bytea(0, 'x')`,
    `CREATE TEMP TABLE users (id int)`,
    `CREATE TABLE public.planted (id int)`,
    `CREATE TABLE app.planted (id int)`,
    `CREATE SCHEMA planted`,
    `CREATE VIEW public.planted AS SELECT 1`,
    `CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
    `DO $$ BEGIN PERFORM 1; END $$`,
    `SET ROLE switchboard_owner`,
    `SET ROLE switchboard_worker`,
    `SET SESSION AUTHORIZATION switchboard_worker`,
    `SET session_replication_role = replica`,
    `ALTER ROLE switchboard_worker PASSWORD 'x'`,
    `ALTER ROLE switchboard_app BYPASSRLS`,
    `ALTER ROLE switchboard_app SUPERUSER`,
    `ALTER ROLE switchboard_app CREATEROLE`,
    `ALTER TABLE public.users DISABLE ROW LEVEL SECURITY`,
    `DROP POLICY organization_wall ON public.users`,
    `TRUNCATE public.users`,
    `COPY public.users TO PROGRAM 'cat'`,
    `COPY public.users TO '/tmp/users'`,
    `COPY public.users FROM '/etc/passwd'`,
    `CREATE EXTENSION dblink`,
    `CREATE PUBLICATION p FOR ALL TABLES`,
    `REFRESH MATERIALIZED VIEW public.tenant_landlord_routing`,
    `GRANT switchboard_owner TO switchboard_app`,
    `GRANT SELECT ON public.user_credentials TO switchboard_app`,
    `ALTER DATABASE postgres SET search_path = x`,
    `ALTER SYSTEM SET row_security = off`,
    `SELECT pg_terminate_backend(pg_backend_pid())`,
  ])('is refused: %s', async (statement) => {
    expect(await refusal(statement)).toMatch(/^(42501|0A000|22023|42809|25001)$/);
  });

  test('turning row security off makes its queries fail, not see more', async () => {
    await app.query('BEGIN');
    await app.query('SET LOCAL row_security = off');
    await expect(app.query('SELECT * FROM users')).rejects.toMatchObject({ code: '42501' });
    await app.query('ROLLBACK');
  });
});
