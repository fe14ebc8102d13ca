/**
 * The server as its users run it: `node cli/switchboard.js start` in a process of its own, for tests that kill it, starve it or
 * misconfigure it. Nothing is shared with the test but HTTP, signals and what it prints.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../src/platform/db/embedded/free-port.ts';
import { lookForSecrets } from './secret-watch.ts';
import { TEST_APP_SECRET } from './secrets.ts';
import { deleteDataDirectory } from './throwaway-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export type ServerProcessOptions = {
  dataDir: string;
  env?: Record<string, string>;
  /** After the name of the command. */
  args?: string[];
  /** `start` if absent. */
  command?: string;
  /**
   * Starts the program without its launcher, so that its process id is known and a kill hits it alone. The launcher is what
   * `npm start` runs.
   */
  direct?: boolean;
  /** Where the process ends, throws or waits: see src/platform/failpoints.ts. Needs `direct`. */
  failpoints?: string | undefined;
};

export type ServerProcess = {
  url: string;
  pid: number;
  /** Everything printed so far. */
  output(): { stdout: string; stderr: string };
  /** Resolves when it printed that it is ready; rejects with what it printed when it ended instead. */
  ready: Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string>;
};

/** Only what the test gives: nothing of the machine's own environment configures the server. */
function environment(dataDir: string, port: number, env: Record<string, string>): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    DATA_DIR: dataDir,
    PORT: String(port),
    SIMULATOR: 'on',
    FB_APP_SECRET: TEST_APP_SECRET,
    LOG_LEVEL: 'warn',
    ...env,
  };
}

/** Starts the program. It is not ready yet: wait for `ready`, or for `ended` when it is meant to refuse or to finish. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const { dataDir, env = {}, args = [], command = 'start', direct = true, failpoints } = options;
  const port = env['PORT'] === undefined ? await findFreePort(null) : Number(env['PORT']);
  const file = direct ? 'cli/switchboard.ts' : 'cli/switchboard.js';
  const program = path.join(ROOT, failpoints === undefined ? file : 'test/harness/armed-server.ts');
  const child = spawn(process.execPath, [program, command, ...args], {
    cwd: dataDir,
    env: environment(dataDir, port, failpoints === undefined ? env : { ...env, FAILPOINTS: failpoints }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    lookForSecrets('the log of a server process', output.stderr);
    return (code ?? signal) as number | string;
  });
  const ready = waitForLine(child, output, /is ready at|works in the background/);
  ready.catch(() => undefined);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    pid: child.pid ?? 0,
    output: () => output,
    ready,
    kill: (signal) => void child.kill(signal),
    ended,
  };
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

function waitForLine(
  child: ChildProcess,
  output: { stdout: string; stderr: string },
  line: RegExp,
): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => line.test(output.stdout) && resolve());
    child.once('close', (code, signal) =>
      reject(
        new Error(
          `the server ended with ${String(code ?? signal)} before it was ready:\n${output.stdout}${output.stderr}`,
        ),
      ),
    );
  });
}

/** A directory for DATA_DIR, deleted when the test run's process ends or by the returned function. */
export function makeDataDirectory(): { dataDir: string; remove: () => void } {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'switchboard-fault-'));
  return { dataDir, remove: () => deleteDataDirectory(dataDir) };
}

/** Process ids of the PostgreSQL that runs in a data directory: the postmaster first, then all its children. */
export function postgresProcesses(dataDir: string): number[] {
  const record = JSON.parse(readFileSync(path.join(dataDir, 'embedded-postgres.json'), 'utf8')) as {
    home: string;
  };
  const file = path.join(path.resolve(dataDir, record.home), 'data', 'postmaster.pid');
  const postmaster = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  return [postmaster, ...childrenOf(postmaster)];
}

function childrenOf(parent: number): number[] {
  if (process.platform !== 'linux') {
    const listed = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).stdout;
    const pairs = listed.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    return pairs.filter(([, ppid]) => ppid === parent).map(([pid]) => pid ?? 0);
  }
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => parentOf(pid) === parent).map(Number);
}

function parentOf(pid: string): number | null {
  try {
    // The name in parentheses may hold anything; the state and the parent follow it.
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return Number(parent);
  } catch {
    return null;
  }
}

/** Asks until the answer is the wanted one; rejects with the last one after the given milliseconds. */
export async function until<T>(
  ask: () => Promise<T>,
  { is, within, what }: { is: (answer: T) => boolean; within: number; what: string },
): Promise<T> {
  const end = Date.now() + within;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (is(answer)) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end)
      throw new Error(`${what}: not within ${String(within)} ms; the last answer was ${describe(last)}`);
    await pause(25);
  }
}

function describe(value: unknown): string {
  return value instanceof Error ? String(value) : JSON.stringify(value);
}
