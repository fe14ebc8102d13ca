/** A new encryption key while the server works: nothing fails, everything stored is sealed anew, and the old key may go. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rotateSecrets } from '../../src/platform/crypto/rotate-secrets.ts';
import { SecretBox } from '../../src/platform/crypto/secret-box.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner, request } from '../harness/api.ts';
import { newPhone } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber } from '../harness/numbers.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

const oldKey = randomBytes(32);
const newKey = randomBytes(32);
const PEOPLE = 4;

type Person = { token: string; conversation: string };
let switchboard: TestSwitchboard;
let people: Person[];

beforeAll(async () => {
  const keys = [newKey, oldKey].map((key) => key.toString('base64')).join(',');
  switchboard = await startTestSwitchboard({ ENCRYPTION_KEY: keys });
  people = [];
  for (let made = 0; made < PEOPLE; made++) people.push(await makePerson());
});
afterAll(() => switchboard.stop());

async function makePerson(): Promise<Person> {
  const owner = await registerOwner(switchboard.url);
  const token = owner.access_token;
  const { phoneNumberId } = await connectNumber(switchboard, token);
  const from = newPhone();
  switchboard.simulator.control.inbound({ phone_number_id: phoneNumberId, from, text: 'Hello' });
  await switchboard.settle();
  return { token, conversation: (await inboxOf(switchboard.url, token).with(from)).id };
}

const silent = () => undefined;
const rotate = (keys: Buffer[], report: (line: string) => void = silent) =>
  rotateSecrets({ app: { databases: switchboard.app.databases, secretBox: new SecretBox(keys) }, report });

/** How many tokens each key has sealed. */
async function countByKey(): Promise<Record<string, number>> {
  const rows = await queryAsAdmin<{ key: string; count: string }>(
    switchboard.database,
    `SELECT split_part(access_token, ':', 2) AS key, count(*) FROM waba_accounts WHERE access_token IS NOT NULL GROUP BY 1`,
  );
  return Object.fromEntries(rows.map(({ key, count }) => [key, Number(count)]));
}

const idOf = (key: Buffer) => new SecretBox([key]).newestKeyId;

/** Sends one message and reads the thread and the accounts; the statuses of all three. */
async function work({ token, conversation }: Person): Promise<number[]> {
  const { url } = switchboard;
  const sent = await inboxOf(url, token).send(conversation, `At ${String(Date.now())}`);
  const read = await request(`${url}/api/v1/conversations/${conversation}/messages`, { token });
  const status = await request(`${url}/api/waba/status`, { token });
  return [sent.status, read.status, status.status];
}

test('while people send and read, every secret comes under the new key and no call fails', async () => {
  await rotate([oldKey, newKey]);
  expect(await countByKey()).toEqual({ [idOf(oldKey)]: PEOPLE });
  let isDone = false;
  const worker = async (person: Person) => {
    const statuses: number[] = [];
    do statuses.push(...(await work(person)));
    while (!isDone);
    return statuses;
  };
  const working = Promise.all(people.map(worker));
  const rounds = [];
  for (let round = 0; round < 6; round++)
    rounds.push((await rotate(round % 2 === 0 ? [newKey, oldKey] : [oldKey, newKey])).rotated);
  rounds.push((await rotate([newKey, oldKey])).rotated);
  isDone = true;
  const statuses = (await working).flat();
  expect(rounds.every((rotated) => rotated >= PEOPLE)).toBe(true);
  expect(statuses.length).toBeGreaterThanOrEqual(PEOPLE * 3);
  expect(new Set(statuses)).toEqual(new Set([200, 202]));
  await switchboard.settle();
  const messages = await queryAsAdmin<{ status: string }>(
    switchboard.database,
    `SELECT DISTINCT status FROM messages WHERE direction = 'outbound' AND status IN ('failed', 'unknown', 'queued')`,
  );
  expect(messages).toEqual([]);
});

test('afterwards the old key is needed no more', async () => {
  expect(await countByKey()).toEqual({ [idOf(newKey)]: PEOPLE });
  switchboard.app.secretBox = new SecretBox([newKey]);
  for (const person of people) expect(await work(person)).toEqual([202, 200, 200]);
  await switchboard.settle();
  expect(
    await queryAsAdmin(switchboard.database, `SELECT FROM messages WHERE status = 'failed'`),
  ).toHaveLength(0);
});

test('run again, stopped in between or run twice at once, it does what is left and nothing else', async () => {
  await rotate([oldKey, newKey]);
  const stopped = new AbortController();
  stopped.abort();
  const secretBox = new SecretBox([newKey, oldKey]);
  const app = { databases: switchboard.app.databases, secretBox };
  expect((await rotateSecrets({ app, report: silent, signal: stopped.signal })).rotated).toBe(0);
  const both = await Promise.all([rotate([newKey, oldKey]), rotate([newKey, oldKey])]);
  expect(both.flatMap(({ unreadable }) => unreadable)).toEqual([]);
  expect(await countByKey()).toEqual({ [idOf(newKey)]: PEOPLE });
  expect((await rotate([newKey, oldKey])).rotated).toBe(0);
});

test('a secret that was moved to another row, or whose key is gone, is named and left as it is', async () => {
  await rotate([oldKey, newKey]);
  const before = await queryAsAdmin<{ user_id: string; access_token: string }>(
    switchboard.database,
    'SELECT user_id, access_token FROM waba_accounts ORDER BY user_id',
  );
  const [first, second, ...rest] = before;
  if (!first || !second) throw new Error('There are too few accounts.');
  const put = (userId: string, text: string) =>
    queryAsAdmin(switchboard.database, 'UPDATE waba_accounts SET access_token = $2 WHERE user_id = $1', [
      userId,
      text,
    ]);
  await put(first.user_id, second.access_token);
  await put(second.user_id, first.access_token);
  const swapped = await rotate([newKey, oldKey]);
  expect(swapped.rotated).toBeGreaterThanOrEqual(rest.length);
  expect(swapped.unreadable).toEqual([
    expect.stringMatching(/^The secret in waba_accounts\.access_token of row .* belongs to another row/),
    expect.stringMatching(/^The secret in waba_accounts\.access_token of row .* belongs to another row/),
  ]);
  const lost = await rotate([randomBytes(32)]);
  expect(lost.rotated).toBe(0);
  expect(lost.unreadable.length).toBeGreaterThanOrEqual(PEOPLE);
  await put(first.user_id, first.access_token);
  await put(second.user_id, second.access_token);
  expect((await rotate([newKey, oldKey])).unreadable).toEqual([]);
});

test('every column of the list exists, and is made of text', async () => {
  const rows = await queryAsAdmin(
    switchboard.database,
    `SELECT s.table_name, s.column_name FROM app.sealed_columns() s LEFT JOIN information_schema.columns c
       ON c.table_schema = 'public' AND c.table_name = s.table_name AND c.column_name = s.column_name
     WHERE c.data_type IS NULL OR c.data_type NOT IN ('text', 'character varying')`,
  );
  expect(rows).toEqual([]);
});
