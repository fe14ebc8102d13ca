/** Starts that must not happen: each is refused in words that say what to do, with an exit code, and without a stack. */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeDataDirectory, startServerProcess } from '../harness/server-process.ts';
import { startThrowawayServer, type ThrowawayServer } from '../harness/throwaway-server.ts';

const data = makeDataDirectory();
let postgres: ThrowawayServer;
let admin: pg.Client;

beforeAll(async () => {
  postgres = await startThrowawayServer();
  admin = new pg.Client(postgres.adminUrl);
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await postgres.remove();
  data.remove();
});

type Outcome = { code: number | string; stdout: string; stderr: string; ms: number };

async function run(command: string, env: Record<string, string>): Promise<Outcome> {
  const start = performance.now();
  const started = await startServerProcess({ dataDir: data.dataDir, command, env });
  return { code: await started.ended, ...started.output(), ms: performance.now() - start };
}

const start = (env: Record<string, string>) => run('start', env);

function expectRefusal(outcome: Outcome, words: RegExp): void {
  expect(outcome.stderr).toMatch(words);
  expect(outcome.code).toBe(1);
  expect(outcome.stdout).not.toMatch(/is ready/);
  // A connection left open would keep the process for half a minute after it has said why.
  expect(outcome.ms).toBeLessThan(25_000);
  expect(outcome.stderr).not.toMatch(/^\s+at /m);
  expect(outcome.stderr.split('\n').filter((line) => line.startsWith('{'))).toEqual([]);
}

async function makeDatabase(name: string): Promise<string> {
  await admin.query(`CREATE DATABASE ${name}`);
  const url = new URL(postgres.adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** The URL of the database as another role. */
function as(url: string, role: string, password: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = password;
  return other.href;
}

async function queryIn<R extends pg.QueryResultRow>(url: string, statement: string): Promise<R[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<R>(statement)).rows;
  } finally {
    await client.end();
  }
}

test('a bad configuration is refused with every fault at once', async () => {
  const secret = 'too-short-secret-value';
  const outcome = await start({
    DATABASE_URL: 'mysql://nowhere',
    PORT: '99999999',
    ENCRYPTION_KEY: secret,
    AGENT_TABLES_LIMIT: 'many',
    SIMULATOR: 'maybe',
    LOG_LEVEL: 'loud',
  });
  expectRefusal(outcome, /configuration/);
  for (const name of [
    'DATABASE_URL',
    'PORT',
    'ENCRYPTION_KEY',
    'AGENT_TABLES_LIMIT',
    'SIMULATOR',
    'LOG_LEVEL',
  ])
    expect(outcome.stderr).toContain(name);
  expect(outcome.stderr).not.toContain(secret);
});

test('a database that does not answer is named, and its password is not', async () => {
  const outcome = await start({ DATABASE_URL: 'postgres://someone:hidden-word@127.0.0.1:1/nothing' });
  expectRefusal(outcome, /DATABASE_URL/);
  expect(outcome.stderr).not.toContain('hidden-word');
});

describe('a database role that row level security would not hold back is refused', () => {
  let url: string;

  beforeAll(async () => {
    url = await makeDatabase('privileged');
    const outcome = await run('migrate', { DATABASE_URL: url });
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    await queryIn(
      url,
      `CREATE ROLE is_super LOGIN SUPERUSER PASSWORD 'pw';
       CREATE ROLE is_bypassing LOGIN BYPASSRLS PASSWORD 'pw';
       CREATE ROLE is_member LOGIN PASSWORD 'pw'; GRANT switchboard_owner TO is_member;
       CREATE ROLE is_noinherit LOGIN NOINHERIT PASSWORD 'pw'; GRANT is_super TO is_noinherit;
       CREATE ROLE is_owner LOGIN PASSWORD 'pw'; GRANT switchboard_app TO is_owner;
       ALTER TABLE public.orders OWNER TO is_owner;`,
    );
  });

  test.each([
    ['a superuser', 'is_super', /"is_super" is a superuser/],
    ['one with BYPASSRLS', 'is_bypassing', /"is_bypassing" has BYPASSRLS/],
    ['a member of the owner', 'is_member', /"is_member" may act as a privileged role/],
    [
      'a member of a superuser without inheritance',
      'is_noinherit',
      /"is_noinherit" may act as a privileged role/,
    ],
    ['the owner of a table', 'is_owner', /"is_owner" owns tables/],
  ])('%s', async (_name, role, words) => {
    const outcome = await start({ DATABASE_URL: url, APP_DATABASE_URL: as(url, role, 'pw') });
    expectRefusal(outcome, words);
    expect(outcome.stderr).toMatch(/APP_DATABASE_URL/);
  });

  test('and so is one that may not make what migrations make', async () => {
    const empty = await makeDatabase('not_allowed');
    await queryIn(empty, `CREATE ROLE is_nobody LOGIN PASSWORD 'pw'`);
    expectRefusal(await start({ DATABASE_URL: as(empty, 'is_nobody', 'pw') }), /DATABASE_URL/);
  });
});

describe('migrations', () => {
  test('into a database of another encoding are refused, with the command that makes one', async () => {
    await admin.query(
      "CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'",
    );
    const url = new URL(postgres.adminUrl);
    url.pathname = '/bytes';
    const refusal = /encoding is SQL_ASCII, and Switchboard needs UTF8.*ENCODING 'UTF8'/;
    expectRefusal(await run('migrate', { DATABASE_URL: url.href }), refusal);
    expectRefusal(await start({ DATABASE_URL: url.href }), refusal);
  });

  test('of ten processes at once on an empty database all succeed, and each migration ran once', async () => {
    const url = await makeDatabase('crowded');
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => run('migrate', { DATABASE_URL: url })),
    );
    expect(outcomes.map(({ code, stderr }) => [code, stderr])).toEqual(outcomes.map(() => [0, '']));
    const applied = outcomes.flatMap(({ stdout }) => stdout.match(/^Applying migrations\/.*$/gm) ?? []);
    const rows = await queryIn<{ name: string }>(
      url,
      `SELECT name FROM switchboard_migrations.applied WHERE name LIKE 'migrations/%' ORDER BY 1`,
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(applied.toSorted()).toEqual(rows.map(({ name }) => `Applying ${name}`));
    expect(await queryIn(url, 'SELECT app.has_users() AS has')).toEqual([{ has: false }]);
  }, 120_000);

  test('that were changed after they had been applied are refused', async () => {
    const url = await makeDatabase('changed');
    expect((await run('migrate', { DATABASE_URL: url })).code).toBe(0);
    await queryIn(
      url,
      `UPDATE switchboard_migrations.applied SET hash = 'other' WHERE name LIKE 'migrations/0003%'`,
    );
    expectRefusal(await start({ DATABASE_URL: url }), /migrations\/0003\S+ was changed after/);
  });

  test('of a newer program are left alone', async () => {
    const url = await makeDatabase('newer');
    expect((await run('migrate', { DATABASE_URL: url })).code).toBe(0);
    await queryIn(
      url,
      `INSERT INTO switchboard_migrations.applied (name, hash) VALUES ('migrations/9999_future.sql', 'x')`,
    );
    expectRefusal(await start({ DATABASE_URL: url }), /newer than this program.*9999_future/);
  });
});
