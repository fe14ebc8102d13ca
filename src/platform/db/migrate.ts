/**
 * Brings a database to this version: roles, migrations (each once, in order, sealed by a hash), then the functions, triggers
 * and views of db/code as they are today. One advisory lock lets any number of processes call it at once.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { connectionOptions } from './connection.ts';
import { hardenDatabase } from './harden-database.ts';
import { ensureRoles, OWNER_ROLE, type RolePasswords } from './roles.ts';

const DB_DIRECTORY = path.resolve(import.meta.dirname, '../../../db');
const LOCK = "hashtextextended('switchboard.migrate', 0)";

export type MigrateOptions = {
  /** A role that may create roles and schemas. */
  adminUrl: string;
  passwords: RolePasswords;
  /** Rows of app.settings that SQL functions read. */
  settings: Record<string, string>;
  /** What other parts install behind the migrations, in the same lock, as the owner. */
  install?: readonly ((client: pg.Client) => Promise<void>)[];
  /** One line of text a step. */
  report?: (line: string) => void;
};

/** The database cannot be brought to this version; the message says what to do. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

type SqlFile = { name: string; text: string; hash: string };

async function readSqlFiles(folder: string): Promise<SqlFile[]> {
  const directory = path.join(DB_DIRECTORY, folder);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(directory, name), 'utf8');
      return { name: `${folder}/${name}`, text, hash: createHash('sha256').update(text).digest('hex') };
    }),
  );
}

/** What Supabase brings along and plain PostgreSQL lacks: the schema `auth` with `auth.uid()`. */
async function ensureAuthSchema(client: pg.Client): Promise<void> {
  const found = await client.query(
    "SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'auth' AND p.proname = 'uid'",
  );
  if (found.rowCount !== 0) return;
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS auth;
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
      SELECT coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
    $$;
    COMMENT ON FUNCTION auth.uid() IS 'The signed-in user, from the claims of the transaction.';`);
}

/**
 * Supabase lets nobody pass on the right to enter its schema `auth`. There the owner gets it as a member of `anon`, the least
 * of the roles that have it; the app and the worker role need it not, because policies name `auth.uid()` by its object.
 */
async function ensureOwnerEntersAuth(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ enters: boolean }>(
    "SELECT has_schema_privilege($1, 'auth', 'USAGE') AS enters",
    [OWNER_ROLE],
  );
  if (!rows[0]?.enters) await client.query(`GRANT anon TO ${OWNER_ROLE}`);
}

/** In any other encoding texts would be counted, cut and searched by bytes, so that letters come apart. */
async function refuseOtherEncodings(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  const encoding = rows[0]?.server_encoding;
  if (encoding !== 'UTF8')
    throw new MigrationError(
      `The database's encoding is ${String(encoding)}, and Switchboard needs UTF8. Make one with ` +
        "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8' and name it in DATABASE_URL.",
    );
}

async function prepare(client: pg.Client, options: MigrateOptions): Promise<void> {
  await refuseOtherEncodings(client);
  await ensureRoles(client, options.passwords);
  await ensureAuthSchema(client);
  const database =
    (await client.query<{ name: string }>('SELECT current_database() AS name')).rows[0]?.name ?? '';
  const name = client.escapeIdentifier(database);
  await client.query(`
    GRANT CREATE, TEMPORARY ON DATABASE ${name} TO ${OWNER_ROLE};
    REVOKE TEMPORARY ON DATABASE ${name} FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA public TO ${OWNER_ROLE};
    GRANT USAGE ON SCHEMA auth TO ${OWNER_ROLE}, switchboard_app, switchboard_worker;
    GRANT EXECUTE ON FUNCTION auth.uid() TO ${OWNER_ROLE}, switchboard_app, switchboard_worker;`);
  await ensureOwnerEntersAuth(client);
  await hardenDatabase(client, options.report ?? (() => undefined));
  // The worker tells itself apart by session_user, which is the login role even inside a definer function.
}

async function appliedHashes(client: pg.Client): Promise<Map<string, string>> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS switchboard_migrations;
    CREATE TABLE IF NOT EXISTS switchboard_migrations.applied (
      name text CONSTRAINT applied_pkey PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());`);
  const { rows } = await client.query<{ name: string; hash: string }>(
    'SELECT name, hash FROM switchboard_migrations.applied',
  );
  return new Map(rows.map((row) => [row.name, row.hash]));
}

async function apply(client: pg.Client, file: SqlFile): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(file.text);
    await client.query(
      `INSERT INTO switchboard_migrations.applied (name, hash) VALUES ($1, $2)
       ON CONFLICT (name) DO UPDATE SET hash = excluded.hash, applied_at = now()`,
      [file.name, file.hash],
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw new MigrationError(
      `${file.name} failed: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
}

function checkSeals(applied: Map<string, string>, migrations: SqlFile[]): void {
  const known = new Set(migrations.map((file) => file.name));
  const newer = [...applied.keys()].filter((name) => name.startsWith('migrations/') && !known.has(name));
  if (newer.length > 0)
    throw new MigrationError(
      `The database is newer than this program (it has ${newer.join(', ')}). Start the newer version.`,
    );
  for (const file of migrations) {
    const hash = applied.get(file.name);
    if (hash !== undefined && hash !== file.hash)
      throw new MigrationError(
        `${file.name} was changed after it had been applied. Restore it and write a new migration.`,
      );
  }
}

async function migrateLocked(client: pg.Client, options: MigrateOptions): Promise<void> {
  await prepare(client, options);
  await client.query(
    `SET ROLE ${OWNER_ROLE}; SET check_function_bodies = off; SET client_min_messages = warning;`,
  );
  const applied = await appliedHashes(client);
  const migrations = await readSqlFiles('migrations');
  checkSeals(applied, migrations);
  const pending = migrations.filter((file) => !applied.has(file.name));
  for (const file of pending) {
    options.report?.(`Applying ${file.name}`);
    await apply(client, file);
  }
  for (const file of await readSqlFiles('code')) {
    if (applied.get(file.name) !== file.hash || pending.length > 0) await apply(client, file);
  }
  for (const [name, value] of Object.entries(options.settings)) {
    await client.query(
      'INSERT INTO app.settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE settings.value <> excluded.value',
      [name, value],
    );
  }
  for (const install of options.install ?? []) await install(client);
  // Every time, because rights may have been handed out in between; does nothing where the database is not Supabase's.
  await client.query('SELECT app.admit_supabase_roles()');
}

/** Migrates the database. Throws MigrationError with what to do; a failed migration leaves the ones before it in place. */
export async function migrate(options: MigrateOptions): Promise<void> {
  const client = new pg.Client(
    connectionOptions({
      connectionString: options.adminUrl,
      name: 'migrate',
      max: 1,
      statementTimeoutMs: 600_000,
    }),
  );
  await client.connect();
  try {
    await client.query('SET lock_timeout = 0');
    await client.query(`SELECT pg_advisory_lock(${LOCK})`);
    await migrateLocked(client, options);
  } finally {
    await client.end();
  }
}

/** Throws when the database lacks a migration of this version. */
export async function checkMigrated(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ count: number }>('SELECT app.count_migrations() AS count');
  const expected = (await readSqlFiles('migrations')).length;
  if ((rows[0]?.count ?? 0) < expected)
    throw new MigrationError('The database is not migrated: run "npx switchboard migrate".');
}
