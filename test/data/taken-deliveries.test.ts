/** How many deliveries the splitter gets at once: as many as it asks for, and never more than its memory is meant for. */
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { cloneDatabase, type TestDatabase } from '../harness/postgres.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await cloneDatabase();
});
afterAll(() => database.drop());
beforeEach(() => queryAsAdmin(database, 'DELETE FROM app.webhook_deliveries'));

/** `count` deliveries of so many bytes for each turn, one turn's after the other's; their ids in this order. */
async function store(turns: string[], { count, bytes }: { count: number; bytes: number }): Promise<number[]> {
  const rows = await queryAsAdmin<{ id: string }>(
    database,
    `INSERT INTO app.webhook_deliveries (body, signed_by, turn_of)
     SELECT convert_to(repeat(md5(n::text), $2::integer / 32), 'UTF8'), 'install', t.turn FROM unnest($1::text[]) WITH ORDINALITY AS t (turn, place),
       generate_series(1, $3::integer) AS n ORDER BY t.place, n RETURNING id`,
    [turns, bytes, count],
  );
  return rows.map(({ id }) => Number(id));
}

async function take(most: number): Promise<number[]> {
  const client = new pg.Client(database.adminUrl);
  await client.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query<{ id: string }>(`SELECT id FROM app.take_deliveries('', $1)`, [most]);
    await client.query('ROLLBACK');
    return rows.map(({ id }) => Number(id));
  } finally {
    await client.end();
  }
}

const MIB = 1024 * 1024;

test.each([['of one account'], ['of several accounts at once']])(
  'small ones %s come together',
  async (what) => {
    const turns = what === 'of one account' ? ['app one'] : [''];
    const ids = await store(turns, { count: 30, bytes: 2048 });
    expect(await take(100)).toEqual(ids);
    expect(await take(10)).toEqual(ids.slice(0, 10));
  },
);

test.each([['of one account'], ['of several accounts at once']])(
  'large ones %s come a few at a time, the oldest first',
  async (what) => {
    const turns = what === 'of one account' ? ['app one'] : [''];
    const ids = await store(turns, { count: 12, bytes: 7 * MIB });
    expect(await take(100)).toEqual(ids.slice(0, 3));
  },
);

test('accounts still take turns, and a large delivery of one keeps none of the others from being taken', async () => {
  const large = await store(['app large'], { count: 5, bytes: 8 * MIB });
  const small = await store(['app small'], { count: 5, bytes: 2048 });
  expect(await take(100)).toEqual([large[0], small[0], large[1]]);
});
