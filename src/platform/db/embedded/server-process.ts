/**
 * Starts and stops the server on a cluster. A start ends when the server takes connections, so crash recovery is
 * waited for; a server that already runs on the cluster is adopted as it is.
 */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import process from 'node:process';
import { letThrough } from './cluster-home.ts';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { findFreePort, isFree } from './free-port.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { findRunningServer, removeStalePostmasterFile } from './postmaster-file.ts';
import type { RunningServer } from './postmaster-file.ts';
import { spawnAs } from './server-account.ts';
import type { ServerAccount } from './server-account.ts';
import { serverEnvironment } from './server-environment.ts';
import { openServerLog, readServerLogFrom, serverLogPath } from './server-log.ts';
import { writeServerSettings } from './server-settings.ts';

/** A cluster that is whole, and what it takes to run it. */
export type Cluster = {
  dataDir: string;
  path: string;
  account: ServerAccount | null;
  binaries: PostgresBinaries;
  durable: boolean;
};

/** Crash recovery replays at most about two checkpoints; a server that takes longer is in trouble that its log tells. */
const READY_WITHIN_MS = 300_000;
/** Children of a killed server notice its death within moments and hold its shared memory until then. */
const START_ATTEMPTS = 10;
/** A fast shutdown still writes a checkpoint. */
const STOPPED_WITHIN_MS = 60_000;
const POLL_MS = 25;

/**
 * Makes the cluster's server run.
 * @param preferredPort the port it had before
 * @param fixedPort whether clients hold on to that port, so that no other will do
 * @returns the server, and whether it had been running before
 */
export async function ensureServerRuns(
  cluster: Cluster,
  preferredPort: number | null,
  fixedPort = false,
): Promise<{ server: RunningServer; adopted: boolean }> {
  const running = findRunningServer(cluster.path);
  if (running) {
    const ready = await waitUntilReady(cluster, () => findRunningServer(cluster.path) === null);
    if (ready) return { server: ready, adopted: true };
  }
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort && preferredPort !== null ? preferredPort : await findFreePort(preferredPort);
    const result = await startOnce(cluster, port);
    if (typeof result !== 'string') return { server: result, adopted: false };
    const worthRepeating =
      /shared memory block|could not bind|lock file/i.test(result) || !(await isFree(port));
    if (!worthRepeating || attempt === START_ATTEMPTS || fixedPort) throw startFailed(cluster, result);
    await pause(300);
  }
}

/**
 * Shuts the server down: running statements are rolled back, everything committed is on disk. Does nothing when none runs.
 * @throws EmbeddedDatabaseError when it does not end even when told to drop everything
 */
export async function stopServer(cluster: Cluster): Promise<void> {
  for (const mode of ['fast', 'immediate'] as const) {
    const server = findRunningServer(cluster.path);
    if (!server) return;
    await requestStop(cluster, server, mode);
    if (await hasStopped(cluster)) return;
  }
  throw new EmbeddedDatabaseError(
    'stop_failed',
    `The embedded PostgreSQL does not stop. Look at ${serverLogPath(cluster.dataDir)}; the next start uses it as it is.`,
  );
}

/** By signal where there are signals: that needs no way into the directory, which may have been closed to the account. */
async function requestStop(
  cluster: Cluster,
  server: RunningServer,
  mode: 'fast' | 'immediate',
): Promise<void> {
  if (process.platform !== 'win32') {
    try {
      process.kill(server.pid, mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
    } catch (error) {
      // It ended by itself a moment ago.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    return;
  }
  const args = ['stop', '-D', cluster.path, '-m', mode, '-W'];
  const child = spawn(cluster.binaries.pgCtl, args, { ...programOptions(cluster), stdio: 'ignore' });
  await Promise.race([once(child, 'exit'), once(child, 'error')]);
}

async function hasStopped(cluster: Cluster): Promise<boolean> {
  const until = Date.now() + STOPPED_WITHIN_MS;
  while (findRunningServer(cluster.path)) {
    if (Date.now() > until) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** Starts it and waits; the server's own words when it ended instead. */
async function startOnce(cluster: Cluster, port: number): Promise<RunningServer | string> {
  if (cluster.account) letThrough(cluster.dataDir, cluster.account);
  removeStalePostmasterFile(cluster.path);
  writeServerSettings(cluster.path, { port, durable: cluster.durable }, cluster.account);
  const log = openServerLog(cluster.dataDir);
  const logged = fstatSync(log).size;
  const child = launch(cluster, log);
  closeSync(log);
  const failures: string[] = [];
  child.once('error', (error) => failures.push(error.message));
  child.once('exit', (code, signal) => failures.push(`ended with ${signal ?? `code ${code}`}`));
  const isWrapper = process.platform === 'win32';
  const ready = await waitUntilReady(cluster, () => failures.length > 0 && !isWrapper);
  child.unref();
  return ready ?? `${failures[0] ?? 'not ready in time'}\n${readServerLogFrom(cluster.dataDir, logged)}`;
}

function launch(cluster: Cluster, log: number): ChildProcess {
  const options = programOptions(cluster);
  if (process.platform !== 'win32') {
    // A session of its own: Ctrl-C in the terminal reaches us alone, and we stop the server in order.
    return spawn(cluster.binaries.postgres, ['-D', cluster.path], {
      ...options,
      detached: true,
      stdio: ['ignore', log, log],
    });
  }
  // On Windows only pg_ctl can give up an administrator's rights, without which postgres refuses to start.
  const args = ['start', '-D', cluster.path, '-l', serverLogPath(cluster.dataDir), '-W'];
  return spawn(cluster.binaries.pgCtl, args, { ...options, stdio: 'ignore' });
}

function programOptions(cluster: Cluster): object {
  const cwd = cluster.account ? '/' : process.cwd();
  return { ...spawnAs(cluster.account), cwd, env: serverEnvironment(), windowsHide: true };
}

async function waitUntilReady(cluster: Cluster, hasEnded: () => boolean): Promise<RunningServer | null> {
  const until = Date.now() + READY_WITHIN_MS;
  let seen = false;
  while (Date.now() < until && !hasEnded()) {
    const server = findRunningServer(cluster.path);
    if (server?.ready) return server;
    if (seen && !server) return null;
    seen = server !== null;
    await pause(POLL_MS);
  }
  return null;
}

function startFailed(cluster: Cluster, why: string): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    'start_failed',
    `The embedded PostgreSQL did not start: ${why}\nMore may be in ${serverLogPath(cluster.dataDir)}.`,
  );
}
