/** For tests: a database of their own with the product's three roles and the job queue installed. */
import pg from 'pg';
import { cloneDatabase } from '../../../test/harness/postgres.ts';
import { installJobQueue } from './install-job-queue.ts';

/** Connection strings of one test database, each acting as one role. */
export type QueueDatabase = {
  admin: string;
  owner: string;
  app: string;
  worker: string;
  drop(): Promise<void>;
};

/** Makes the database; `drop` removes it, and whoever is still connected. */
export async function makeQueueDatabase(): Promise<QueueDatabase> {
  const clone = await cloneDatabase();
  const { adminUrl, name } = clone;
  await onConnection(adminUrl, async (client) => {
    for (const role of ['switchboard_owner', 'switchboard_app', 'switchboard_worker']) {
      // Roles belong to the whole server: another test file may make them at the same time.
      await client.query(`DO $$ BEGIN
        IF to_regrole('${role}') IS NULL THEN CREATE ROLE ${role}; END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
      END $$`);
    }
    await client.query(`GRANT CREATE ON DATABASE ${name} TO switchboard_owner;
      CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION switchboard_owner`);
  });
  const database = {
    admin: adminUrl,
    owner: actingAs(adminUrl, 'switchboard_owner'),
    app: actingAs(adminUrl, 'switchboard_app'),
    worker: actingAs(adminUrl, 'switchboard_worker'),
    drop: () => clone.drop(),
  };
  await onConnection(database.owner, async (client) => {
    await client.query(`GRANT USAGE ON SCHEMA app TO switchboard_app, switchboard_worker;
      ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC`);
    await installJobQueue(client);
  });
  return database;
}

/** Runs on a connection of its own. */
export async function onConnection<T>(
  connectionString: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function actingAs(adminUrl: string, role: string): string {
  const url = new URL(adminUrl);
  url.searchParams.set('options', `-c role=${role}`);
  return url.href;
}
