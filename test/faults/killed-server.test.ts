/**
 * The server is killed with no warning while customers write, at the moment at which it promised something and at every named place
 * between two steps of the work: what it answered 200 to is there afterwards, once and in order. FAULT_KILLS sets how often
 * (npm run test:faults); the default keeps the usual run short.
 */
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  compareWithStored,
  countByPlace,
  describeComparison,
  startCustomers,
  workedOff,
  type Customers,
} from '../harness/customers.ts';
import { expectKilled, INGEST_PLACES as PLACES, killTable } from '../harness/kill-places.ts';
import { connectOwner, type ConnectedOwner } from '../harness/process-clients.ts';
import { until, type ServerProcess } from '../harness/server-process.ts';
import { openServers, type Servers } from '../harness/servers.ts';
import { printFigure } from '../harness/print-figure.ts';

const KILLS = Number(process.env['FAULT_KILLS'] ?? 2);
/** At each of the named places. */
const KILLS_EACH = Number(process.env['FAULT_KILLS'] ?? 1);
const CUSTOMERS = 12;

let servers: Servers;
let server: ServerProcess;
let number: ConnectedOwner;

beforeAll(async () => {
  servers = await openServers();
  server = await servers.start();
  await server.ready;
  number = await connectOwner(server.url);
});
afterAll(() => servers.close());

/** On the same port: those who write do not notice but by the gap. */
async function startAgain(failpoints?: string): Promise<void> {
  const { port } = new URL(server.url);
  server = await servers.start({ env: { PORT: port }, failpoints });
}

async function expectEverything(customers: Customers, what: string): Promise<void> {
  await customers.stop();
  const found = await compareWithStored(servers.database, customers);
  printFigure(`${what}: posted ${String(customers.posted())}, ${describeComparison(found)}`);
  expect(found).toMatchObject({ lost: [], doubled: 0, disordered: [] });
  const count = async (sql: string) => Number((await servers.database.query<{ n: string }>(sql)).rows[0]?.n);
  expect(await count('SELECT count(*) AS n FROM conversations')).toBe(CUSTOMERS);
  expect(await count("SELECT count(*) AS n FROM app.webhook_items WHERE state = 'quarantined'")).toBe(0);
  expect(await count('SELECT count(*) AS n FROM app.webhook_lanes')).toBe(0);
}

test(`${String(KILLS)} kills at the moment of a promise lose nothing, double nothing and keep the order`, async () => {
  /** The next acknowledgement is the last that this server gives. */
  let isDue = false;
  const customers = startCustomers({
    url: () => server.url,
    number,
    count: CUSTOMERS,
    prefix: 'wamid.promised',
    onAcknowledged: () => {
      if (isDue) server.kill('SIGKILL');
    },
  });
  for (let kill = 1; kill <= KILLS; kill++) {
    const before = customers.acknowledged();
    // Not before the server took some: the kill is to hit it at work, at no particular moment.
    await until(() => Promise.resolve(customers.acknowledged()), {
      is: (now) => now >= before + 50,
      within: 60_000,
      what: 'fifty acknowledged messages',
    });
    await pause((kill * 37) % 150);
    isDue = true;
    await server.ended;
    isDue = false;
    await startAgain();
    await server.ready;
  }
  await expectEverything(customers, `${String(KILLS)} kills at a promise`);
}, 600_000);

test(`${String(KILLS_EACH)} kills at each of ${String(PLACES.length)} places lose nothing, double nothing and keep the order`, async () => {
  const customers = startCustomers({
    url: () => server.url,
    number,
    count: CUSTOMERS,
    prefix: 'wamid.placed',
  });
  server.kill('SIGKILL');
  await server.ended;
  const begun: { place: string; counts: number[] }[] = [];
  for (let kill = 1; kill <= KILLS_EACH; kill++)
    for (const [index, place] of PLACES.entries()) {
      begun.push({ place, counts: customers.people.map(({ acknowledged }) => acknowledged.length) });
      // Not always at the first time, when nothing else is in work yet.
      await startAgain(`${place}:kill@${String(1 + ((kill * 7 + index * 3) % 4))}`);
      await expectKilled(server, place);
    }
  await startAgain();
  await server.ready;
  await customers.stop();
  printFigure(killTable(await countByPlace(servers.database, customers, begun)));
  await expectEverything(customers, `${String(KILLS_EACH)} kills at each of ${String(PLACES.length)} places`);
}, 3_600_000);

test('what a killed process had in work is taken over by another before its leases end', async () => {
  await workedOff(servers.database);
  server.kill('SIGKILL');
  await server.ended;
  await startAgain('inbound.items-claimed:kill');
  const customers = startCustomers({
    url: () => server.url,
    number,
    count: CUSTOMERS,
    prefix: 'wamid.taken',
  });
  await server.ended;
  const killedAt = performance.now();
  const { rows } = await servers.database.query<{ leased_by: number; leased_until: Date }>(
    'SELECT leased_by, max(leased_until) AS leased_until FROM app.webhook_lanes WHERE leased_until > now() GROUP BY 1',
  );
  const [dead] = rows;
  expect(rows).toHaveLength(1);
  await startAgain();
  const left = () =>
    servers.database.query<{ n: number; now: Date }>(
      'SELECT count(*)::int AS n, now() AS now FROM app.webhook_lanes WHERE leased_by = $1',
      [dead?.leased_by],
    );
  const found = await until(left, {
    is: ({ rows: [row] }) => row?.n === 0,
    within: 60_000,
    what: 'the leases of the dead given back',
  });
  printFigure(
    `given back ${((performance.now() - killedAt) / 1000).toFixed(1)} s after the kill, start of another process included`,
  );
  expect(found.rows[0]?.now.getTime()).toBeLessThan(dead?.leased_until.getTime() ?? 0);
  await server.ready;
  await expectEverything(customers, 'a killed process');
}, 120_000);
