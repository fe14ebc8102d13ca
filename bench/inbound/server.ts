/** Starts and stops the server of the inbound benchmark, and asks what it cost. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findFreePort } from '../../src/platform/db/embedded/free-port.ts';
import { TEST_APP_SECRET } from '../../test/harness/secrets.ts';
import type { ServeOptions, Usage } from './serve.ts';

export type BenchServer = {
  url: string;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
};

export async function startServer(options: {
  dataDir: string;
  adminUrl: string;
  mode?: ServeOptions['mode'];
  store?: boolean;
}): Promise<BenchServer> {
  const port = await findFreePort(null);
  const env = {
    DATA_DIR: options.dataDir,
    PORT: String(port),
    SIMULATOR: 'on',
    FB_APP_SECRET: TEST_APP_SECRET,
    LOG_LEVEL: 'error',
    DATABASE_URL: options.adminUrl,
  };
  const serve: ServeOptions = {
    env,
    adminUrl: options.adminUrl,
    mode: options.mode ?? 'all',
    store: options.store ?? true,
  };
  const child = fork(path.join(import.meta.dirname, 'serve.ts'), [JSON.stringify(serve)]);
  await once(child, 'message');
  return {
    url: `http://127.0.0.1:${String(port)}`,
    usage: () => ask(child),
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function ask(child: ChildProcess): Promise<Usage> {
  const answer = once(child, 'message');
  child.send('usage');
  const [usage] = (await answer) as [Usage];
  return usage;
}

const TICKS_PER_SECOND = 100;

/**
 * Seconds of processor time of a PostgreSQL so far: of its processes, and of those that have ended. Linux only; 0 elsewhere.
 */
export function postgresSeconds(dataDir: string): number {
  if (process.platform !== 'linux') return 0;
  const record = JSON.parse(readFileSync(path.join(dataDir, 'embedded-postgres.json'), 'utf8')) as {
    home: string;
  };
  const file = path.join(path.resolve(dataDir, record.home), 'data', 'postmaster.pid');
  const postmaster = readFileSync(file, 'utf8').split('\n', 1)[0] ?? '';
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const stat = processTimes(pid);
    if (pid === postmaster) ticks += (stat?.own ?? 0) + (stat?.ended ?? 0);
    else if (stat?.parent === postmaster) ticks += stat.own;
  }
  return ticks / TICKS_PER_SECOND;
}

function processTimes(pid: string): { parent: string; own: number; ended: number } | null {
  try {
    // The name in parentheses may hold anything; what follows it are the third field and on (man 5 proc).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const at = (field: number) => Number(fields[field - 3]);
    return { parent: fields[1] ?? '', own: at(14) + at(15), ended: at(16) + at(17) };
  } catch {
    return null;
  }
}
