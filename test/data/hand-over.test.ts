/** Handing over misses no table: whatever carries an agent's id is the colleague's afterwards, and as much as it was before. */
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../harness/postgres.ts';
import { asTableOwner, makeTwoOrganizations, type CanaryOrganization } from '../harness/two-organizations.ts';

/** What moves the screens is kept for a day and told to whoever had it; agents are the two themselves. */
const LEFT_BEHIND = ['agents', 'events'];

let database: TestDatabase;
let north: CanaryOrganization;

beforeAll(async () => {
  database = await cloneDatabase();
  ({ north } = await makeTwoOrganizations(database.adminUrl));
});
afterAll(() => database.drop());

/** Rows of both agents by table, and how many of them are the taker's. */
async function countByTable(client: pg.Client, giver: number, taker: number) {
  const { rows: tables } = await client.query<{ name: string }>(`
    SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'agent_id'
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND NOT a.attisdropped ORDER BY 1`);
  const counted: Record<string, { both: number; takers: number }> = {};
  for (const { name } of tables) {
    if (LEFT_BEHIND.includes(name)) continue;
    const { rows } = await client.query<{ both: string; takers: string }>(
      `SELECT count(*) AS both, count(*) FILTER (WHERE agent_id = $2) AS takers FROM ${name} WHERE agent_id IN ($1, $2)`,
      [giver, taker],
    );
    counted[name] = { both: Number(rows[0]?.both), takers: Number(rows[0]?.takers) };
  }
  return counted;
}

test('every table that knows an agent has as many rows afterwards, all of them the colleague’s', async () => {
  await asTableOwner(database.adminUrl, async (client) => {
    const [giver, taker] = [north.first.agentId, north.second.agentId];
    // A customer's consent; a landlord's own goes with the landlord.
    await client.query(
      `UPDATE consent_events SET subject = 'customer', user_id = NULL, identity_kind = 'phone', identity_value = '4917'
       WHERE agent_id IN ($1, $2)`,
      [giver, taker],
    );
    const before = await countByTable(client, giver, taker);
    expect(Object.keys(before).length).toBeGreaterThan(10);
    expect(Object.values(before).filter(({ both, takers }) => both <= takers)).toEqual([]);
    await client.query('BEGIN');
    await client.query(`SET LOCAL request.jwt.claims = '${JSON.stringify({ sub: north.owner.userId })}'`);
    await client.query(`SET LOCAL app.organization_id = '${north.id}'`);
    // The only grant of an account would keep the person; that is another test's.
    await client.query('UPDATE waba_accounts SET connected = false WHERE user_id = $1', [north.first.userId]);
    const { rows } = await client.query('SELECT outcome FROM app.remove_person($1, $2)', [
      north.first.userId,
      north.second.userId,
    ]);
    expect(rows).toEqual([{ outcome: 'ok' }]);
    const after = await countByTable(client, giver, taker);
    expect(after).toEqual(
      Object.fromEntries(Object.entries(before).map(([name, { both }]) => [name, { both, takers: both }])),
    );
    await client.query('ROLLBACK');
  });
});
