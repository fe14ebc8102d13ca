/** A database of its own for a test file: a copy of the migrated template, made in a fraction of a second. */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';
import { OWNER_ROLE } from '../../src/platform/db/roles.ts';
import './global-setup.ts';

/** A fresh database. */
export type TestDatabase = {
  /** As the role that migrated it. */
  adminUrl: string;
  name: string;
  /** Drops it, and whoever is still connected. Without this it goes with the test run. */
  drop(): Promise<void>;
};

/** Copies the template. Call it in `beforeAll`, and `drop` in `afterAll`. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = inject('postgres');
  const name = `${template}_${randomBytes(5).toString('hex')}`;
  await copyTemplate(adminUrl, template, name);
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    adminUrl: url.href,
    name,
    drop: () => runAsAdmin(adminUrl, `drop database if exists ${name} with (force)`),
  };
}

/** PostgreSQL copies no database that somebody is connected to; its own maintenance connects now and then. */
async function copyTemplate(adminUrl: string, template: string, name: string): Promise<void> {
  const objectInUse = '55006';
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runAsAdmin(adminUrl, `create database ${name} template ${template}`);
      // Rights on a database are not copied with it: these are what a migration gives (src/platform/db/migrate.ts).
      const grant = `grant create, temporary on database ${name} to ${OWNER_ROLE}`;
      await runAsAdmin(adminUrl, `${grant}; revoke temporary on database ${name} from public`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== objectInUse || attempt === 20) throw error;
      await pause(100);
    }
  }
}

async function runAsAdmin(adminUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
