/** Meta's own example of a busy number, with everything processed beside it; the same load without storage, and on the database alone. */
import { CROWD, forgetWork, ms, printTable, whole, type Bench } from './bench.ts';
import { measureCommits } from './commit-rate.ts';
import { messageDelivery, statusDelivery } from './people.ts';
import { postAtRate, toRequest, type Posted } from './post-deliveries.ts';
import { startServer, type BenchServer } from './server.ts';

/** 3,000 statuses and 300 messages a second (Cloud API, "Throughput"), as two hundred deliveries. */
const BUSY = { deliveries: 100, statuses: 30, messages: 3 };
const CONNECTIONS = 50;
const WARM_UP_SECONDS = 2;
/** What does not store needs no minute to show its latency. */
const YARDSTICK_SECONDS = 10;

async function postBoth(server: BenchServer, seconds: number): Promise<Posted> {
  const load = { perSecond: BUSY.deliveries, seconds, connections: CONNECTIONS };
  const posted = await Promise.all([
    postAtRate(server.url, { ...load, make: (n) => toRequest(statusDelivery(CROWD, n, BUSY.statuses)) }),
    postAtRate(server.url, { ...load, make: (n) => toRequest(messageDelivery(CROWD, n, BUSY.messages)) }),
  ]);
  return {
    accepted: posted.reduce((sum, one) => sum + one.accepted, 0),
    refused: posted.reduce((sum, one) => sum + one.refused, 0),
    latencies: posted.flatMap((one) => one.latencies).sort((a, b) => a - b),
  };
}

export async function busy({ adminUrl, admin, dataDir, scale }: Bench): Promise<void> {
  const row = (name: string, { accepted, refused, latencies }: Posted, left: string) => [
    name,
    whole(accepted),
    ms(latencies, 0.5),
    ms(latencies, 0.99),
    String(refused),
    left,
  ];
  const bare = await startServer({ dataDir, adminUrl, mode: 'web', store: false });
  await postBoth(bare, WARM_UP_SECONDS);
  const without = await postBoth(bare, Math.min(YARDSTICK_SECONDS, scale.seconds));
  await bare.stop();

  const server = await startServer({ dataDir, adminUrl });
  await postBoth(server, WARM_UP_SECONDS);
  const posted = await postBoth(server, scale.seconds);
  const waiting = await admin.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM app.webhook_items WHERE state = 'waiting'`,
  );
  await server.stop();

  const alone = await measureCommits(adminUrl, {
    seconds: Math.min(YARDSTICK_SECONDS, scale.seconds),
    perSecond: BUSY.deliveries * 2,
  });
  const commits = { accepted: alone.latencies.length, refused: 0, latencies: alone.latencies };
  printTable(
    `Meta's busy number: 3,000 statuses and 300 messages a second for ${String(scale.seconds)} s, everything processed beside it`,
    ['', 'deliveries', 'p50 ms', 'p99 ms', 'not 200', 'items still waiting at the end'],
    [
      row('the server', posted, whole(waiting.rows[0]?.n ?? 0)),
      row('the same server without storage', without, ''),
      row(`${alone.tool}: one delivery a transaction at the same rate`, commits, ''),
    ],
  );
  await forgetWork(admin);
}
