/**
 * From Meta's POST to a browser: what a server takes in at saturation; Meta's own example of a busy number; how long a message takes to a
 * browser; what processing costs, with ten agents and with many; and what live messages notice of a backlog. Each figure beside the same server without
 * storage or beside the database alone, in the same run, on a cluster of its own with the settings of a real install.
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
import { accept } from './inbound/accept.ts';
import { arrive } from './inbound/arrive.ts';
import type { Bench, Scale, Yardsticks } from './inbound/bench.ts';
import { busy } from './inbound/busy.ts';
import { makeAgents } from './inbound/people.ts';
import { drain, processing } from './inbound/work-off.ts';

const FULL: Scale = { seconds: 60, rounds: 3, backlog: 1_000_000, messages: 20_000, agents: [10, 1_000] };
const QUICK: Scale = { seconds: 5, rounds: 1, backlog: 5_000, messages: 2_000, agents: [10, 50] };
const quiet = { info: () => undefined, warn: console.warn, error: console.error };

const PARTS: Record<string, (bench: Bench, yardsticks: Yardsticks) => Promise<void>> = {
  busy,
  arrive,
  process: processing,
  drain,
};

/** Options: `--quick`, `--backlog 100000`, `--only accept` (or busy, arrive, process, drain). Prints Markdown as it measures. */
export async function benchInbound(small: boolean, args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, backlog: { type: 'string' }, only: { type: 'string' } },
  });
  const { only } = values;
  if (only !== undefined && only !== 'accept' && !PARTS[only])
    throw new Error(`There is no part "${only}". There are: accept, ${Object.keys(PARTS).join(', ')}.`);
  const base = small || values.quick ? QUICK : FULL;
  const scale = { ...base, ...(values.backlog ? { backlog: Number(values.backlog) } : {}) };
  await onOwnCluster(async (place) => {
    // Of one part alone, the yardsticks need not be as exact.
    const isShort = only !== undefined && only !== 'accept';
    const yardsticks = await accept({
      ...place,
      scale: isShort ? { ...scale, rounds: 1, seconds: 5 } : scale,
    });
    for (const [name, part] of Object.entries(PARTS))
      if (only === undefined || only === name) await part({ ...place, scale }, yardsticks);
  });
}

async function onOwnCluster(work: (place: Omit<Bench, 'scale'>) => Promise<void>): Promise<void> {
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
    await makeAgents(admin, 10);
    await work({ adminUrl, admin, dataDir });
  } finally {
    await admin.end();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
