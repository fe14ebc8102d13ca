/** What it costs to work a backlog off, with ten agents and with many, and what live messages notice of one. */
import { setTimeout as pause } from 'node:timers/promises';
import { connectOwner } from '../../test/harness/process-clients.ts';
import { CROWD, ms, printTable, ratio, whole, type Bench, type Yardsticks } from './bench.ts';
import { fillBacklog, isWorkLeft, makeAgents, messageDelivery } from './people.ts';
import { postgresSeconds, startServer } from './server.ts';
import { measureArrivals } from './watch-arrivals.ts';

const LIVE_PER_SECOND = 5;
const POLL_MS = 250;
const TELL_MS = 30_000;

type Cost = { perSecond: number; server: number; database: number; memory: number };

async function waitUntilDone({ admin }: Bench, messages: number): Promise<void> {
  const start = performance.now();
  let toldAt = start;
  while (await isWorkLeft(admin)) {
    await pause(POLL_MS);
    if (performance.now() - toldAt < TELL_MS) continue;
    toldAt = performance.now();
    const done = await admin.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM app.webhook_items WHERE state = 'done'`,
    );
    const seconds = whole((toldAt - start) / 1000);
    console.error(`… ${seconds} s: ${whole(done.rows[0]?.n ?? 0)} done, ${whole(messages)} to be worked off`);
  }
}

/** Starts a server before a backlog and waits until it is worked off; milliseconds of processor time a message. */
async function workOff(
  bench: Bench,
  messages: number,
  beside: (url: string) => Promise<void> = () => Promise.resolve(),
): Promise<Cost> {
  const { adminUrl, dataDir } = bench;
  const server = await startServer({ dataDir, adminUrl, mode: 'all' });
  const before = { server: await server.usage(), database: postgresSeconds(dataDir), at: performance.now() };
  const live = beside(server.url);
  await waitUntilDone(bench, messages);
  const seconds = (performance.now() - before.at) / 1000;
  const after = await server.usage();
  const database = postgresSeconds(dataDir) - before.database;
  await live;
  await server.stop();
  return {
    perSecond: messages / seconds,
    server: (after.cpu - before.server.cpu) / 1000 / messages,
    database: (database * 1000) / messages,
    memory: after.memory,
  };
}

export async function processing(bench: Bench, { commits, tool }: Yardsticks): Promise<void> {
  const { admin, scale } = bench;
  const costs: { agents: number; cost: Cost }[] = [];
  for (const agents of scale.agents) {
    await makeAgents(admin, agents);
    const crowd = { agents, contacts: Math.max(CROWD.contacts, agents * 2) };
    const make = (index: number) => messageDelivery(crowd, index, 4);
    // Contacts and conversations are there when it counts, as in an install that has been used.
    await fillBacklog(admin, crowd.contacts / 4, make);
    await workOff(bench, crowd.contacts);
    await admin.query('ANALYZE');
    await fillBacklog(admin, scale.messages / 4, make);
    costs.push({ agents, cost: await workOff(bench, scale.messages) });
  }
  const first = costs[0]?.cost ?? { perSecond: NaN, server: NaN, database: NaN };
  printTable(
    `Processing ${whole(scale.messages)} messages of known contacts, one process`,
    [
      'agents',
      'messages a second',
      `against ${tool}'s commits`,
      'ms of the server a message',
      'ms of the database a message',
      'processor time against the first',
    ],
    costs.map(({ agents, cost }) => [
      whole(agents),
      whole(cost.perSecond),
      ratio(cost.perSecond, commits),
      cost.server.toFixed(2),
      cost.database.toFixed(2),
      ratio(cost.server + cost.database, first.server + first.database),
    ]),
  );
}

export async function drain(bench: Bench, { commits, tool }: Yardsticks): Promise<void> {
  const { admin, adminUrl, dataDir, scale } = bench;
  const setUp = await startServer({ dataDir, adminUrl });
  const owner = await connectOwner(setUp.url);
  const seconds = Math.max(10, Math.min(60, scale.backlog / 2_000));
  const load = { perSecond: LIVE_PER_SECOND, seconds };
  const alone = await measureArrivals({ url: setUp.url, admin }, owner, { ...load, seconds: 10 });
  await setUp.stop();
  const crowd = { agents: 10, contacts: Math.max(1_000, scale.backlog / 20) };
  await fillBacklog(admin, scale.backlog / 20, (index) => messageDelivery(crowd, index, 20));
  let live: number[] = [];
  const cost = await workOff(bench, scale.backlog, async (url) => {
    live = await measureArrivals({ url, admin }, owner, load);
  });
  printTable(
    `A backlog of ${whole(scale.backlog)} messages, with ${String(LIVE_PER_SECOND)} live ones a second of another organization for ${whole(seconds)} s`,
    ['', 'p50 ms', 'p99 ms'],
    [
      ['live messages alone', ms(alone, 0.5), ms(alone, 0.99)],
      ['live messages while the backlog is worked off', ms(live, 0.5), ms(live, 0.99)],
    ],
  );
  console.log(
    `Worked off at ${whole(cost.perSecond)} messages a second (${ratio(cost.perSecond, commits)} of ${tool}'s commits); ` +
      `the server held ${whole(cost.memory / 1e6)} MB at the end.\n`,
  );
}
