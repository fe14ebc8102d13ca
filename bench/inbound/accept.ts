/** What a server takes in at saturation, beside the same server without storage and beside the database alone. */
import { forgetWork, printTable, ratio, whole, CROWD, type Bench, type Yardsticks } from './bench.ts';
import { measureCommits } from './commit-rate.ts';
import { messageDelivery } from './people.ts';
import { postAtSaturation, toRequest } from './post-deliveries.ts';
import { startServer } from './server.ts';

const WARM_UP_SECONDS = 2;
const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** In turns, so that what else the machine does hits all alike. Returns the yardsticks for the other parts. */
export async function accept({ adminUrl, admin, dataDir, scale }: Bench): Promise<Yardsticks> {
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
      await postAtSaturation(server.url, { ...load, seconds: WARM_UP_SECONDS });
      const { perSecond, refused } = await postAtSaturation(server.url, load);
      if (refused > 0) console.warn(`${String(refused)} deliveries were refused`);
      found[store ? 'stored' : 'bare'].push(perSecond);
      await server.stop();
    }
    const commits = await measureCommits(adminUrl, { seconds });
    tool = commits.tool;
    found.commits.push(commits.perSecond);
    await forgetWork(admin);
  }
  const [bare, stored, commits] = [middle(found.bare), middle(found.stored), middle(found.commits)];
  printTable(
    'Taking deliveries in: 1.5 KB, 64 connections, one process',
    ['', 'a second', 'against no storage'],
    [
      ['the same server without storage', whole(bare), '1.00'],
      ['the server', whole(stored), ratio(stored, bare)],
      [`${tool}: one delivery a transaction, 16 clients`, whole(commits), ratio(commits, bare)],
    ],
  );
  return { bare, commits, tool };
}
