import pg from 'pg';
import { expect, test } from 'vitest';
import { cloneDatabase } from './postgres.ts';

test('gives each caller a database that the others do not see', async () => {
  const [one, other] = await Promise.all([cloneDatabase(), cloneDatabase()]);
  await query(one.adminUrl, 'create table only_here (id int)');
  const found = await query(other.adminUrl, "select to_regclass('only_here') as name");
  expect(found.rows).toEqual([{ name: null }]);
  await Promise.all([one.drop(), other.drop()]);
});

test('drops a database that somebody is still connected to', async () => {
  const database = await cloneDatabase();
  const client = new pg.Client({ connectionString: database.adminUrl });
  const cut = new Promise((resolve) => client.on('error', resolve));
  await client.connect();
  await database.drop();
  await expect(cut).resolves.toMatchObject({ code: '57P01' });
  await expect(query(database.adminUrl, 'select 1')).rejects.toMatchObject({ code: '3D000' });
});

async function query(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return await client.query(statement);
  } finally {
    await client.end();
  }
}
