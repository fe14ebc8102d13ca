/** From Meta's POST to the event in a browser, beside the POST alone and beside the commit alone. */
import { CROWD, ms, printTable, whole, type Bench } from './bench.ts';
import { connectOwner } from '../../test/harness/process-clients.ts';
import { measureCommits } from './commit-rate.ts';
import { messageDelivery } from './people.ts';
import { postAtRate, toRequest } from './post-deliveries.ts';
import { startServer } from './server.ts';
import { measureArrivals } from './watch-arrivals.ts';

const PER_SECOND = 20;
const YARDSTICK_SECONDS = 10;

export async function arrive({ adminUrl, admin, dataDir, scale }: Bench): Promise<void> {
  const seconds = Math.min(YARDSTICK_SECONDS, scale.seconds);
  const row = (name: string, times: number[]) => [name, whole(times.length), ms(times, 0.5), ms(times, 0.99)];
  const server = await startServer({ dataDir, adminUrl });
  const owner = await connectOwner(server.url);
  const place = { url: server.url, admin };
  await measureArrivals(place, owner, { perSecond: 10, seconds: 2 });
  const times = await measureArrivals(place, owner, { perSecond: PER_SECOND, seconds: scale.seconds });
  await server.stop();
  const bare = await startServer({ dataDir, adminUrl, mode: 'web', store: false });
  const load = {
    perSecond: PER_SECOND,
    connections: 10,
    make: (n: number) => toRequest(messageDelivery(CROWD, n, 1)),
  };
  await postAtRate(bare.url, { ...load, seconds: 2 });
  const { latencies } = await postAtRate(bare.url, { ...load, seconds });
  await bare.stop();
  const alone = await measureCommits(adminUrl, { seconds, perSecond: PER_SECOND });
  printTable(
    `From the POST to the event in a browser: ${String(PER_SECOND)} messages a second`,
    ['', 'messages', 'p50 ms', 'p99 ms'],
    [
      row('to the event in a browser', times),
      row('to the 200 of the same server without storage', latencies),
      row(`${alone.tool}: the commit of a delivery`, alone.latencies),
    ],
  );
}
