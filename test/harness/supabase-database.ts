/**
 * A database as Supabase hands it over: its roles, its schema `auth` that is not ours to write, its generous default privileges
 * and a "postgres" that is no superuser. Roles belong to the whole server, so they are made only where missing, marked, and
 * dropped at the end; one test run at a time has them.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { OWNER_ROLE } from '../../src/platform/db/roles.ts';
import './global-setup.ts';
import type { TestDatabase } from './postgres.ts';

const MARK = 'Made by a test of Switchboard.';
/** Outermost last: a role is dropped before those it is a member of. */
const ROLES: Record<string, string> = {
  supabase_admin: 'NOLOGIN',
  supabase_auth_admin: 'NOINHERIT CREATEROLE NOLOGIN',
  anon: 'NOLOGIN',
  authenticated: 'NOLOGIN',
  service_role: 'NOLOGIN BYPASSRLS',
  authenticator: 'LOGIN NOINHERIT',
};

/** Such a database, not migrated yet. */
export type SupabaseDatabase = {
  /** As a superuser, whom a Supabase project never gets; `drop` also gives the roles back. */
  database: TestDatabase;
  /** As the role that Supabase calls `postgres`. */
  operatorUrl: string;
  /** That role's name. */
  operator: string;
};

/** Makes it. Call `database.drop` in `afterAll`. */
export async function makeSupabaseDatabase(): Promise<SupabaseDatabase> {
  const { adminUrl, template } = inject('postgres');
  const operator = `${template}_supabase_${randomBytes(3).toString('hex')}`;
  const holder = new pg.Client(adminUrl);
  await holder.connect();
  await holder.query("SELECT pg_advisory_lock(hashtextextended('switchboard.test.supabase roles', 0))");
  await makeRoles(holder, operator);
  await holder.query(`CREATE DATABASE ${operator} OWNER ${operator} TEMPLATE template0`);
  const url = new URL(adminUrl);
  url.pathname = `/${operator}`;
  await prepareLikeSupabase(url.href, operator);
  const operatorUrl = new URL(url);
  operatorUrl.username = operator;
  operatorUrl.password = operator;
  const drop = async () => {
    await holder.query(`DROP DATABASE IF EXISTS ${operator} WITH (FORCE)`);
    await dropRoles(holder, operator);
    await holder.end();
  };
  return { database: { adminUrl: url.href, name: operator, drop }, operatorUrl: operatorUrl.href, operator };
}

async function makeRoles(client: pg.Client, operator: string): Promise<void> {
  for (const [role, attributes] of Object.entries(ROLES)) {
    const found = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (found.rowCount === 0)
      await client.query(`CREATE ROLE ${role} ${attributes}; COMMENT ON ROLE ${role} IS '${MARK}'`);
  }
  await client.query('GRANT anon, authenticated, service_role TO authenticator');
  await client.query(
    `CREATE ROLE ${operator} LOGIN CREATEROLE CREATEDB BYPASSRLS PASSWORD '${operator}';
     ALTER ROLE ${operator} SET search_path = "$user", public, extensions`,
  );
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  await client.query(`GRANT anon, authenticated, service_role TO ${operator}`);
  // Up to PostgreSQL 15 CREATEROLE is enough to give roles to others. Since then whoever makes a role may administer it and no
  // more, and Supabase lets its "postgres" administer the three.
  if ((rows[0]?.version ?? 0) >= 160_000)
    await client.query(
      `GRANT ${OWNER_ROLE}, switchboard_app, switchboard_worker TO ${operator} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
       GRANT anon, authenticated, service_role TO ${operator} WITH ADMIN OPTION`,
    );
}

async function dropRoles(client: pg.Client, operator: string): Promise<void> {
  await client.query(`DROP OWNED BY ${operator}`);
  await client.query(`DROP ROLE ${operator}`);
  const { rows } = await client.query<{ role: string }>(
    "SELECT rolname AS role FROM pg_roles WHERE shobj_description(oid, 'pg_authid') = $1",
    [MARK],
  );
  for (const { role } of rows) await client.query(`DROP ROLE ${role}`);
}

async function prepareLikeSupabase(url: string, operator: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const everybody = `${operator}, anon, authenticated, service_role`;
  await client.query(`
    CREATE SCHEMA extensions;
    GRANT USAGE ON SCHEMA public, extensions TO ${everybody};
    CREATE SCHEMA auth AUTHORIZATION supabase_admin;
    CREATE TABLE auth.users (id uuid PRIMARY KEY, email text UNIQUE, encrypted_password text, raw_user_meta_data jsonb);
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$
      SELECT (CASE WHEN current_setting('request.jwt.claim.sub', true) <> '' THEN current_setting('request.jwt.claim.sub', true)
        ELSE nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' END)::uuid $$;
    CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$
      SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
    CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS $$ SELECT auth.jwt() ->> 'role' $$;
    ALTER TABLE auth.users OWNER TO supabase_auth_admin;
    ALTER FUNCTION auth.uid() OWNER TO supabase_auth_admin;
    ALTER FUNCTION auth.jwt() OWNER TO supabase_auth_admin;
    ALTER FUNCTION auth.role() OWNER TO supabase_auth_admin;
    GRANT ALL ON SCHEMA auth TO supabase_auth_admin;
    GRANT USAGE ON SCHEMA auth TO ${everybody};
    GRANT ALL ON auth.users TO ${operator};`);
  // Supabase says it for its own roles; said for the owner of our tables too, it is the trap at its worst.
  for (const maker of [operator, OWNER_ROLE])
    for (const kind of ['TABLES', 'SEQUENCES', 'FUNCTIONS'])
      await client.query(
        `ALTER DEFAULT PRIVILEGES FOR ROLE ${maker} IN SCHEMA public GRANT ALL ON ${kind} TO ${everybody}`,
      );
  await client.end();
}
