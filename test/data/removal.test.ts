/**
 * Deleting somebody while others work: whoever has begun to receive, answer or read goes on, and the deletion waits for them. Nobody waits
 * in a circle, which PostgreSQL would end by failing one of them.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../harness/postgres.ts';
import { makeTwoOrganizations, type CanaryOrganization } from '../harness/two-organizations.ts';

let database: TestDatabase;
let north: CanaryOrganization;

beforeAll(async () => {
  database = await cloneDatabase();
  ({ north } = await makeTwoOrganizations(database.adminUrl));
});
afterAll(() => database.drop());

/** In a transaction for the owner, in which a failed wait says so. */
async function connect(): Promise<pg.Client> {
  const client = new pg.Client(database.adminUrl);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('BEGIN');
  await client.query(`SET LOCAL request.jwt.claims = '${JSON.stringify({ sub: north.owner.userId })}'`);
  await client.query(`SET LOCAL app.organization_id = '${north.id}'`);
  return client;
}

/** Begins to delete the first agent's user for the second's, and returns once that waits for somebody. */
async function beginRemoval() {
  const client = await connect();
  // The only grant of an account would keep the person; that is another test's.
  await client.query('UPDATE waba_accounts SET connected = false WHERE user_id = $1', [north.first.userId]);
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const outcome = client
    .query<{ outcome: string }>('SELECT outcome FROM app.remove_person($1, $2)', [
      north.first.userId,
      north.second.userId,
    ])
    .then(
      (answer) => answer.rows[0]?.outcome,
      (error: unknown) => String(error),
    );
  const watcher = new pg.Client(database.adminUrl);
  await watcher.connect();
  onTestFinished(() => watcher.end());
  await expect
    .poll(async () => {
      const blocking = await watcher.query('SELECT FROM unnest(pg_blocking_pids($1))', [rows[0]?.pid]);
      return blocking.rowCount;
    })
    .toBeGreaterThan(0);
  return {
    outcome: async () => {
      const said = await outcome;
      await client.query('ROLLBACK');
      return said;
    },
  };
}

test('somebody who hands a conversation over gets to its rows', async () => {
  const handing = await connect();
  const { first, second } = north;
  const { rows } = await handing.query<{ id: string }>('SELECT id FROM conversations WHERE agent_id = $1', [
    first.agentId,
  ]);
  await handing.query('SELECT app.hold_conversation($1, $2)', [rows[0]?.id, second.agentId]);
  const removal = await beginRemoval();
  await handing.query('SELECT app.hold_home($1)', [first.agentId]);
  await handing.query('UPDATE conversations SET updated_at = now() WHERE agent_id = $1', [first.agentId]);
  await handing.query('COMMIT');
  expect(await removal.outcome()).toBe('ok');
});

test('what is being sent, and its key, are held before the home in which the message stands', async () => {
  const sending = await connect();
  const { rowCount: sent } = await sending.query(
    'UPDATE outbox SET attempts = attempts WHERE agent_id = $1',
    [north.first.agentId],
  );
  const { rowCount: keys } = await sending.query(
    'UPDATE message_keys SET agent_id = agent_id WHERE agent_id = $1',
    [north.first.agentId],
  );
  expect([sent, keys]).toEqual([
    expect.toSatisfy((n: number) => n > 0),
    expect.toSatisfy((n: number) => n > 0),
  ]);
  const removal = await beginRemoval();
  await sending.query('SELECT app.hold_home($1)', [north.first.agentId]);
  await sending.query('COMMIT');
  expect(await removal.outcome()).toBe('ok');
});

test('somebody who works in the home may name the person in what they write', async () => {
  const receiving = await connect();
  await receiving.query('SELECT app.hold_home($1)', [north.first.agentId]);
  const removal = await beginRemoval();
  await receiving.query('UPDATE conversations SET assignee_id = $1 WHERE agent_id = $2', [
    north.first.userId,
    north.second.agentId,
  ]);
  await receiving.query('COMMIT');
  expect(await removal.outcome()).toBe('ok');
});

test('somebody who reads several agents’ homes takes them in the same order', async () => {
  const reading = await connect();
  const [earlier, later] = [north.first.agentId, north.second.agentId].toSorted((a, b) => a - b);
  await reading.query('SELECT app.hold_home($1)', [earlier]);
  const removal = await beginRemoval();
  await reading.query('SELECT app.hold_home($1)', [later]);
  await reading.query('COMMIT');
  expect(await removal.outcome()).toBe('ok');
});
