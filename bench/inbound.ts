/**
 * From Meta's POST to a browser: what a server takes in at saturation beside the same server without storage and beside the database alone;
 * Meta's own example of a busy number; how long a message takes to a browser; what processing costs, with ten agents and with many; and
 * what live messages notice of a backlog. On a cluster of its own with the settings of a real install.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { derivePasswords } from '../src/platform/db/roles.ts';
import { startEmbeddedPostgres } from '../src/platform/db/embedded/start-embedded-postgres.ts';
import { migrate } from '../src/platform/db/migrate.ts';
import { installJobQueue } from '../src/platform/queue/install-job-queue.ts';
import { connectOwner } from '../test/harness/process-clients.ts';
import { until } from '../test/harness/server-process.ts';
import { measureCommits } from './inbound/commit-rate.ts';
import { fillBacklog, makeAgents, messageDelivery, statusDelivery, type Crowd } from './inbound/people.ts';
import { postAtRate, postAtSaturation, toRequest, type Posted } from './inbound/post-deliveries.ts';
import { postgresSeconds, startServer } from './inbound/server.ts';
import { measureArrivals } from './inbound/watch-arrivals.ts';

type Scale = { seconds: number; rounds: number; backlog: number; messages: number; agents: number[] };
type Bench = { adminUrl: string; admin: pg.Client; dataDir: string; scale: Scale };

const FULL: Scale = { seconds: 60, rounds: 3, backlog: 1_000_000, messages: 20_000, agents: [10, 1_000] };
const QUICK: Scale = { seconds: 5, rounds: 1, backlog: 5_000, messages: 2_000, agents: [10, 50] };
/** Meta's example of a busy number: 3,000 statuses and 300 messages a second (Cloud API, "Throughput"). */
const BUSY = { deliveries: 100, statuses: 30, messages: 3 };
const LIVE_PER_SECOND = 5;
const PARTS = ['accept', 'busy', 'arrive', 'process', 'drain'] as const;
const quiet = { info: () => undefined, warn: console.warn, error: console.error };

/** Options: `--quick`, `--backlog 100000`, `--only accept` (or busy, arrive, process, drain). Prints Markdown as it measures. */
export async function benchInbound(small: boolean, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, backlog: { type: 'string' }, only: { type: 'string' } },
  });
  const base = small || values.quick ? QUICK : FULL;
  const scale = { ...base, ...(values.backlog ? { backlog: Number(values.backlog) } : {}) };
  const dataDir = mkdtempSync(path.join(tmpdir(), 'switchboard-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log: quiet, role: 'a benchmark' });
  const { adminUrl } = postgres;
  const admin = new pg.Client(adminUrl);
  try {
    await migrate({
      adminUrl,
      passwords: derivePasswords(new URL(adminUrl).password),
      settings: { agent_tables_limit: '1000' },
      install: [installJobQueue],
    });
    await admin.connect();
    const bench = { adminUrl, admin, dataDir, scale };
    const parts = { accept, busy, arrive, process: processing, drain };
    await makeAgents(admin, 10);
    for (const part of PARTS) if (values.only === undefined || values.only === part) await parts[part](bench);
  } finally {
    await admin.end();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

const CROWD: Crowd = { agents: 10, contacts: 1_000 };
const ms = (sorted: number[], share: number) =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
const whole = (n: number) => Math.round(n).toLocaleString('en');
const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

function printTable(title: string, head: string[], rows: string[][]): void {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  console.log([`### ${title}`, '', ...lines, ''].join('\n'));
}

/** In turns, so that what else the machine does hits all alike. */
async function accept({ adminUrl, admin, dataDir, scale }: Bench): Promise<void> {
  const seconds = Math.max(3, scale.seconds / 6);
  const requests = Array.from({ length: 2_000 }, (_, index) => toRequest(messageDelivery(CROWD, index, 2)));
  const load = {
    open: 64,
    seconds,
    make: (index: number) => requests[index % requests.length] ?? Buffer.alloc(0),
  };
  const found = { bare: [] as number[], stored: [] as number[], commits: [] as number[] };
  let tool = '';
  for (let round = 0; round < scale.rounds; round++) {
    for (const store of [false, true]) {
      const server = await startServer({ dataDir, adminUrl, mode: 'web', store });
      await postAtSaturation(server.url, { ...load, seconds: 2 });
      const { perSecond, refused } = await postAtSaturation(server.url, load);
      if (refused > 0) console.warn(`${String(refused)} deliveries were refused`);
      found[store ? 'stored' : 'bare'].push(perSecond);
      await server.stop();
    }
    const commits = await measureCommits(adminUrl, seconds);
    tool = commits.tool;
    found.commits.push(commits.perSecond);
    await admin.query('TRUNCATE app.webhook_deliveries CASCADE');
  }
  const bare = middle(found.bare);
  printTable(
    'Taking deliveries in: 1.5 KB, 64 connections, one process',
    ['', 'a second', 'against no storage'],
    [
      ['the same server without storage', whole(bare), '1.00'],
      ['the server', whole(middle(found.stored)), (middle(found.stored) / bare).toFixed(2)],
      [
        `${tool}: one delivery a transaction, 16 clients`,
        whole(middle(found.commits)),
        (middle(found.commits) / bare).toFixed(2),
      ],
    ],
  );
}

async function busy({ adminUrl, admin, dataDir, scale }: Bench): Promise<void> {
  const server = await startServer({ dataDir, adminUrl });
  const both = (seconds: number): Promise<Posted[]> => {
    const load = { perSecond: BUSY.deliveries, seconds, connections: 50 };
    return Promise.all([
      postAtRate(server.url, { ...load, make: (n) => toRequest(statusDelivery(CROWD, n, BUSY.statuses)) }),
      postAtRate(server.url, { ...load, make: (n) => toRequest(messageDelivery(CROWD, n, BUSY.messages)) }),
    ]);
  };
  await both(2);
  const posted = await both(scale.seconds);
  const latencies = posted.flatMap((one) => one.latencies).sort((a, b) => a - b);
  const refused = posted.reduce((sum, one) => sum + one.refused, 0);
  const left = await admin.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM app.webhook_items WHERE state = 'waiting'`,
  );
  printTable(
    `Meta's busy number: 3,000 statuses and 300 messages a second for ${String(scale.seconds)} s, everything processed beside it`,
    ['deliveries', 'p50 ms', 'p99 ms', 'not 200', 'items still waiting at the end'],
    [
      [
        whole(latencies.length),
        ms(latencies, 0.5),
        ms(latencies, 0.99),
        String(refused),
        whole(left.rows[0]?.n ?? 0),
      ],
    ],
  );
  await server.stop();
  await forgetWork(admin);
}

const forgetWork = (admin: pg.Client) => admin.query('TRUNCATE app.webhook_deliveries CASCADE');

async function arrive({ adminUrl, admin, dataDir, scale }: Bench): Promise<void> {
  const server = await startServer({ dataDir, adminUrl });
  const owner = await connectOwner(server.url);
  const place = { url: server.url, admin };
  await measureArrivals(place, owner, { perSecond: 10, seconds: 2 });
  const times = await measureArrivals(place, owner, { perSecond: 20, seconds: scale.seconds });
  printTable(
    'From the POST to the event in a browser: 20 messages a second',
    ['messages', 'p50 ms', 'p99 ms'],
    [[whole(times.length), ms(times, 0.5), ms(times, 0.99)]],
  );
  await server.stop();
}

type Cost = { perSecond: number; server: number; database: number; memory: number };

/** Starts a server before a backlog and waits until it is worked off; milliseconds of processor time a message. */
async function workOff(
  bench: Bench,
  messages: number,
  beside: (url: string) => Promise<void>,
): Promise<Cost> {
  const { adminUrl, admin, dataDir } = bench;
  const server = await startServer({ dataDir, adminUrl, mode: 'all' });
  const before = { server: await server.usage(), database: postgresSeconds(dataDir), at: performance.now() };
  const live = beside(server.url);
  const waiting = async () =>
    Number(
      (
        await admin.query<{ n: string }>(
          `SELECT (SELECT count(*) FROM app.webhook_deliveries WHERE state = 'received')
             + (SELECT count(*) FROM app.webhook_items WHERE state = 'waiting' AND signed_by = 'install') AS n`,
        )
      ).rows[0]?.n,
    );
  await until(waiting, {
    is: (n) => n <= LIVE_PER_SECOND,
    within: 3_600_000,
    what: 'the backlog worked off',
  });
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

async function processing(bench: Bench): Promise<void> {
  const { admin, scale } = bench;
  const rows: string[][] = [];
  for (const agents of scale.agents) {
    await makeAgents(admin, agents);
    const crowd = { agents, contacts: Math.max(CROWD.contacts, agents * 2) };
    const make = (index: number) => messageDelivery(crowd, index, 4);
    // Contacts and conversations are there when it counts, as in an install that has been used.
    await fillBacklog(admin, crowd.contacts / 4, make);
    await workOff(bench, crowd.contacts, () => Promise.resolve());
    await admin.query('ANALYZE');
    await fillBacklog(admin, scale.messages / 4, make);
    const cost = await workOff(bench, scale.messages, () => Promise.resolve());
    rows.push([whole(agents), whole(cost.perSecond), cost.server.toFixed(2), cost.database.toFixed(2)]);
  }
  printTable(
    `Processing ${whole(scale.messages)} messages of known contacts, one process`,
    ['agents', 'messages a second', 'ms of the server a message', 'ms of the database a message'],
    rows,
  );
}

async function drain(bench: Bench): Promise<void> {
  const { admin, adminUrl, dataDir, scale } = bench;
  const setUp = await startServer({ dataDir, adminUrl });
  const owner = await connectOwner(setUp.url);
  const alone = await measureArrivals({ url: setUp.url, admin }, owner, {
    perSecond: LIVE_PER_SECOND,
    seconds: 10,
  });
  await setUp.stop();
  const crowd = { agents: 10, contacts: Math.max(1_000, scale.backlog / 20) };
  await fillBacklog(admin, scale.backlog / 20, (index) => messageDelivery(crowd, index, 20));
  let live: number[] = [];
  const cost = await workOff(bench, scale.backlog, async (url) => {
    const seconds = Math.max(10, Math.min(60, scale.backlog / 2_000));
    live = await measureArrivals({ url, admin }, owner, { perSecond: LIVE_PER_SECOND, seconds });
  });
  printTable(
    `A backlog of ${whole(scale.backlog)} messages, with ${String(LIVE_PER_SECOND)} live ones a second of another organization`,
    ['', 'p50 ms', 'p99 ms'],
    [
      ['live messages alone', ms(alone, 0.5), ms(alone, 0.99)],
      ['live messages while the backlog is worked off', ms(live, 0.5), ms(live, 0.99)],
    ],
  );
  console.log(
    `Worked off at ${whole(cost.perSecond)} messages a second; the server held ${whole(cost.memory / 1e6)} MB at the end.\n`,
  );
}
