import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import process from 'node:process';
import pg from 'pg';
import { expect, test } from 'vitest';
import { cloneDatabase } from './postgres.ts';
import { deleteAbandonedServers, makeDataDirectory } from './throwaway-server.ts';

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

test('a run deletes what killed runs left, and nothing that another run still uses', async () => {
  const [used, left] = [await makeDataDirectory(), await makeDataDirectory()];
  // No process has so great a number.
  const abandoned = left.replace(`-${String(process.pid)}-`, '-2147483647-');
  await rename(left, abandoned);
  await deleteAbandonedServers();
  expect([existsSync(used), existsSync(abandoned)]).toEqual([true, false]);
  await rm(used, { recursive: true });
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
