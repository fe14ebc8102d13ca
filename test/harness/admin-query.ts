/** Looks into a test's database, or changes it, as the role that owns it: past every wall, to see what is really there. */
import pg from 'pg';
import type { TestDatabase } from './postgres.ts';

/** Runs one statement on a connection of its own. */
export async function queryAsAdmin<Row extends pg.QueryResultRow>(
  database: TestDatabase,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}

/** How many rows a table has, or as many as meet the condition. */
export async function countRows(database: TestDatabase, table: string, condition = 'true'): Promise<number> {
  const [row] = await queryAsAdmin<{ count: string }>(
    database,
    `SELECT count(*) FROM ${table} WHERE ${condition}`,
  );
  return Number(row?.count);
}
