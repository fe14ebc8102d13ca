/** Connects to the embedded server as its superuser: makes the application's database, and asks who else is connected. */
import pg from 'pg';
import { SUPERUSER } from './create-cluster.ts';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';

/** The database that the application lives in. */
export const DATABASE = 'switchboard';

/** Where a server is and how to get in. */
export type ServerAccess = { port: number; password: string };

/** The superuser's connection URL. */
export function adminUrlOf({ port, password }: ServerAccess, database: string = DATABASE): string {
  return `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/${database}`;
}

/** Makes the database on the first start. Safe to run by two at once. */
export async function ensureApplicationDatabase(access: ServerAccess): Promise<void> {
  await withConnection(access, async (client) => {
    const found = await client.query('select from pg_catalog.pg_database where datname = $1', [DATABASE]);
    if (found.rowCount) return;
    try {
      await client.query(`create database ${DATABASE} template template0`);
    } catch (error) {
      const isThere =
        (error as { code?: string }).code === '42P04' || (error as { code?: string }).code === '23505';
      if (!isThere) throw error;
    }
  });
}

/** Whether other programs are connected. */
export async function othersAreConnected(access: ServerAccess): Promise<boolean> {
  return await withConnection(access, async (client) => {
    const others = await client.query(
      `select from pg_catalog.pg_stat_activity
       where backend_type = 'client backend' and pid <> pg_catalog.pg_backend_pid() limit 1`,
    );
    return others.rowCount !== 0;
  });
}

async function withConnection<T>(access: ServerAccess, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: adminUrlOf(access, 'postgres'),
    connectionTimeoutMillis: 10_000,
    application_name: 'switchboard start',
  });
  // An error outside a query arrives as an event; the query that it interrupts rejects as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error;
    throw new EmbeddedDatabaseError(
      'cluster_unusable',
      'The embedded PostgreSQL does not accept the password in DATA_DIR/embedded-postgres.json. ' +
        'Restore that file from a backup of DATA_DIR.',
      error,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}
