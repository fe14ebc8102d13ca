/**
 * The way to the database fails in every manner that networks have, and the database itself is killed, while customers write: nothing that
 * was answered 200 is lost, nothing is doubled, the order holds, and nobody has to do anything.
 */
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start-embedded-postgres.ts';
import {
  compareWithStored,
  describeComparison,
  startCustomers,
  type Customers,
} from '../harness/customers.ts';
import { startFaultProxy } from '../harness/fault-proxy.ts';
import { printFigure } from '../harness/print-figure.ts';
import { connectOwner } from '../harness/process-clients.ts';
import {
  makeDataDirectory,
  postgresProcesses,
  startServerProcess,
  until,
} from '../harness/server-process.ts';
import { startThrowawayServer } from '../harness/throwaway-server.ts';

const ROUNDS = Number(process.env['FAULT_KILLS'] ?? 2);
const CUSTOMERS = 8;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** A server on a database, and customers who write to it. */
async function startWriting(databaseUrl: string, prefix: string): Promise<Customers> {
  const data = makeDataDirectory();
  const server = await startServerProcess({ dataDir: data.dataDir, env: { DATABASE_URL: databaseUrl } });
  cleanUps.push(async () => {
    server.kill('SIGKILL');
    await server.ended;
    data.remove();
  });
  await server.ready;
  const number = await connectOwner(server.url);
  return startCustomers({ url: () => server.url, number, count: CUSTOMERS, prefix });
}

/** Until some more were taken: what went wrong before is over. */
function moved(customers: Customers): Promise<number> {
  const before = customers.acknowledged();
  return until(() => Promise.resolve(customers.acknowledged()), {
    is: (now) => now >= before + 20,
    within: 60_000,
    what: 'twenty more acknowledged messages',
  });
}

async function expectEverything(adminUrl: string, customers: Customers, what: string): Promise<void> {
  await customers.stop();
  const database = new pg.Client(adminUrl);
  await database.connect();
  const found = await compareWithStored(database, customers);
  await database.end();
  printFigure(`${what}: posted ${String(customers.posted())}, ${describeComparison(found)}`);
  expect(found).toMatchObject({ lost: [], doubled: 0, disordered: [] });
}

test('connections that are cut, reset, swallowed or cut between a statement and its answer lose and double nothing', async () => {
  const postgres = await startThrowawayServer();
  cleanUps.push(() => postgres.remove());
  const proxy = await startFaultProxy(postgres.adminUrl);
  cleanUps.push(() => proxy.close());
  const customers = await startWriting(proxy.url, 'wamid.cut');
  const faults: Record<string, () => unknown> = {
    cut: () => proxy.cut(),
    reset: () => proxy.reset(),
    'cut at the answer to a COMMIT': () => proxy.cutAnswerTo('COMMIT'),
    'cut at the answer to a delivery': () => proxy.cutAnswerTo('store-deliveries'),
    'swallowed for six seconds': async () => {
      proxy.swallow();
      await pause(6_000);
      proxy.restore();
    },
  };
  for (let round = 1; round <= ROUNDS; round++)
    for (const fault of Object.values(faults)) {
      await moved(customers);
      await fault();
    }
  await moved(customers);
  await expectEverything(
    postgres.adminUrl,
    customers,
    `${String(ROUNDS)} times each: ${Object.keys(faults).join(', ')}`,
  );
}, 1_800_000);

test('a database that is killed and comes back loses and doubles nothing', async () => {
  const data = makeDataDirectory();
  cleanUps.push(async () => data.remove());
  // It holds what it promised only when it is durable; whoever holds it starts it again.
  const postgres = await startEmbeddedPostgres({ dataDir: data.dataDir, log: quiet, role: 'a test' });
  cleanUps.push(() => postgres.stop());
  const customers = await startWriting(postgres.adminUrl, 'wamid.struck');
  for (let round = 1; round <= ROUNDS; round++) {
    await moved(customers);
    for (const pid of postgresProcesses(data.dataDir)) process.kill(pid, 'SIGKILL');
  }
  await moved(customers);
  await expectEverything(postgres.adminUrl, customers, `${String(ROUNDS)} kills of the database`);
}, 1_800_000);
