/**
 * Gives a test run its PostgreSQL: the one at TEST_DATABASE_URL or DATABASE_URL, else a throwaway embedded one in a directory of
 * its own, deleted at the end. Also deletes what a run that was killed left behind.
 */
import { randomBytes } from 'node:crypto';
import process from 'node:process';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { prepareTemplate } from './template.ts';
import { deleteAbandonedServers, startThrowawayServer } from './throwaway-server.ts';

/** What test files know of the run's PostgreSQL. */
export type TestPostgres = {
  /** A superuser's URL, or that of a role that may create databases and roles. */
  adminUrl: string;
  /** The migrated database that every test file's own is copied from. */
  template: string;
};

declare module 'vitest' {
  // Vitest's way to type what is provided: interfaces merge, types do not.
  interface ProvidedContext {
    postgres: TestPostgres;
  }
}

/** Vitest calls this once before all tests, and what it returns after them. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const outside = process.env['TEST_DATABASE_URL'] || process.env['DATABASE_URL'];
  if (!outside) await deleteAbandonedServers();
  const server = outside
    ? { adminUrl: outside, remove: async () => undefined }
    : await startThrowawayServer();
  const template = `switchboard_test_${randomBytes(4).toString('hex')}`;
  try {
    await withAdmin(server.adminUrl, (client) =>
      client.query(`create database ${template} template template0`),
    );
    const templateUrl = new URL(server.adminUrl);
    templateUrl.pathname = `/${template}`;
    await prepareTemplate(templateUrl.href);
  } catch (error) {
    await server.remove();
    throw error;
  }
  project.provide('postgres', { adminUrl: server.adminUrl, template });
  return async () => {
    if (outside) await dropDatabases(outside, template);
    await server.remove();
  };
}

async function dropDatabases(adminUrl: string, template: string): Promise<void> {
  await withAdmin(adminUrl, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_catalog.pg_database where starts_with(datname, $1)',
      [template],
    );
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  });
}

async function withAdmin(adminUrl: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
