/**
 * The embedded PostgreSQL: a real server on the loopback address, kept in DATA_DIR, for installations without DATABASE_URL. One
 * program holds it and watches over it; commands may join it, or run it themselves for as long as they take.
 * The data directory is held before anything in it is touched, and given back after the server has stopped.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { adminUrlOf, ensureApplicationDatabase, othersAreConnected } from './application-database.ts';
import type { ServerAccess } from './application-database.ts';
import { clusterIn, findHome, prepareHome, SYSTEM_DIRECTORY } from './cluster-home.ts';
import { createCluster, hasCluster } from './create-cluster.ts';
import { openDataDirectory, notAccessible } from './data-directory.ts';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import type { EmbeddedLog } from './embedded-log.ts';
import { findHolder, heldByAnother, isLock, tryToHold } from './holder-lock.ts';
import type { Holder, HolderLock } from './holder-lock.ts';
import { generatePassword, readInstallationRecord, writeInstallationRecord } from './installation-record.ts';
import type { InstallationRecord } from './installation-record.ts';
import { prepareBinaries } from './postgres-binaries.ts';
import { findRunningServer } from './postmaster-file.ts';
import { chooseServerAccount } from './server-account.ts';
import { ensureServerRuns, stopServer } from './server-process.ts';
import type { Cluster } from './server-process.ts';
import { superviseServer } from './supervise-server.ts';
import type { StopSupervision } from './supervise-server.ts';

/** How to run it. */
export type EmbeddedPostgresOptions = {
  /** Made when missing. */
  dataDir: string;
  log: EmbeddedLog;
  /** What this program is, shown to a second one that is refused: `switchboard start`. */
  role?: string;
  /**
   * True (the default) for the program that serves: a second one is refused. False for commands: they use the server that
   * runs, and when none does, run it themselves until `stop`.
   */
  hold?: boolean;
  /** False only for throwaway databases, such as the tests': nothing is synced to disk. */
  durable?: boolean;
};

/** A server that takes connections. */
export type EmbeddedPostgres = {
  /** The superuser's URL of the database `switchboard`: for migrations and upkeep, never for serving. */
  adminUrl: string;
  port: number;
  /** Where it writes its log. */
  dataDir: string;
  /** Writes down the address that the program serves at, for the refusal that a second start gets. */
  announce: (address: string) => void;
  /** Stops the server, unless this is a command and somebody else uses it. Can be called again. */
  stop: () => Promise<void>;
};

/** How long a command waits for the server of a program that is just starting or healing it. */
const JOIN_WITHIN_MS = 60_000;
/** A shutdown writes what is in memory to disk. */
const STOPS_WITHIN_MS = 60_000;

/**
 * Starts the server, or adopts the one that an earlier program left running.
 * @throws EmbeddedDatabaseError for everything an operator can act on; `held` when another program holds the directory
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDir = openDataDirectory(options.dataDir);
  try {
    const held = await holdWhenStopped(dataDir, options.role ?? 'switchboard');
    if (isLock(held)) return await startHeld({ ...options, dataDir }, held);
    if (options.hold === false) return await joinRunning(dataDir);
    throw heldByAnother(dataDir, held);
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') throw notAccessible(path ?? dataDir, error);
    throw error;
  }
}

/** Waits for a holder that is stopping, as in a restart; any other is not waited for. */
async function holdWhenStopped(dataDir: string, role: string): Promise<HolderLock | Holder> {
  const until = Date.now() + STOPS_WITHIN_MS;
  for (;;) {
    const held = tryToHold(dataDir, role);
    if (isLock(held) || !held.stopping || Date.now() > until) return held;
    await pause(50);
  }
}

async function startHeld(options: EmbeddedPostgresOptions, lock: HolderLock): Promise<EmbeddedPostgres> {
  const { dataDir, log, hold = true } = options;
  try {
    const { cluster, record } = await prepareCluster(options);
    const { server, adopted } = await ensureServerRuns(cluster, record.port);
    const what = adopted
      ? 'The embedded PostgreSQL was still running and is used on.'
      : 'The embedded PostgreSQL runs.';
    log.info({ pid: server.pid, port: server.port, cluster: cluster.path }, what);
    if (server.port !== record.port) writeInstallationRecord(dataDir, { ...record, port: server.port });
    const access = { port: server.port, password: record.password };
    await ensureApplicationDatabase(access);
    if (!hold) return borrowing(cluster, access, lock);
    return holding(cluster, access, lock, superviseServer(cluster, server, log));
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function prepareCluster(
  options: EmbeddedPostgresOptions,
): Promise<{ cluster: Cluster; record: InstallationRecord }> {
  const { dataDir, log, durable = true } = options;
  const known = readInstallationRecord(dataDir);
  const knownHome = findHome(dataDir, known);
  const account = chooseServerAccount(knownHome);
  const binaries = prepareBinaries(
    account,
    account ? join(SYSTEM_DIRECTORY, 'programs') : join(dataDir, 'postgres-programs'),
  );
  if (!known && existsSync(join(dataDir, 'postgres', 'data'))) throw recordLost(dataDir);
  const home = prepareHome(dataDir, account, knownHome);
  const inside = join(dataDir, 'postgres');
  const record = known ?? {
    home: home === inside ? 'postgres' : home,
    password: generatePassword(),
    port: null,
  };
  if (!known) writeInstallationRecord(dataDir, record);
  if (!hasCluster(home, binaries)) {
    log.info({ cluster: clusterIn(home) }, 'Creating the embedded database.');
    await createCluster({ binaries, account, home, password: record.password, durable });
  }
  return { cluster: { dataDir, path: clusterIn(home), account, binaries, durable }, record };
}

function holding(
  cluster: Cluster,
  access: ServerAccess,
  lock: HolderLock,
  stopSupervision: StopSupervision,
): EmbeddedPostgres {
  const stop = once(async () => {
    lock.announceStop();
    await stopSupervision();
    await stopServer(cluster);
    lock.release();
  });
  return { ...describe(cluster.dataDir, access), announce: lock.announce, stop };
}

/** A command that started the server, or found it without a holder. It leaves it to others that came meanwhile. */
function borrowing(cluster: Cluster, access: ServerAccess, lock: HolderLock): EmbeddedPostgres {
  const stop = once(async () => {
    const inUse =
      findRunningServer(cluster.path) !== null && (await othersAreConnected(access).catch(() => false));
    if (!inUse) {
      lock.announceStop();
      await stopServer(cluster);
    }
    lock.release();
  });
  return { ...describe(cluster.dataDir, access), announce: lock.announce, stop };
}

/** Another program holds the directory: use its server, which may still be starting. */
async function joinRunning(dataDir: string): Promise<EmbeddedPostgres> {
  const until = Date.now() + JOIN_WITHIN_MS;
  while (Date.now() < until && findHolder(dataDir)) {
    const record = readInstallationRecord(dataDir);
    const home = findHome(dataDir, record);
    const server = home === null ? null : findRunningServer(clusterIn(home));
    if (record && server?.ready) {
      const access = { port: server.port, password: record.password };
      await ensureApplicationDatabase(access);
      return { ...describe(dataDir, access), announce: () => undefined, stop: async () => undefined };
    }
    await pause(50);
  }
  throw new EmbeddedDatabaseError(
    'start_failed',
    `The program that holds ${dataDir} has no database running. Look at ${join(dataDir, 'postgres.log')}, or restart that program.`,
  );
}

function describe(
  dataDir: string,
  access: ServerAccess,
): { adminUrl: string; port: number; dataDir: string } {
  return { adminUrl: adminUrlOf(access), port: access.port, dataDir };
}

function recordLost(dataDir: string): EmbeddedDatabaseError {
  return new EmbeddedDatabaseError(
    'cluster_unusable',
    `${join(dataDir, 'postgres')} holds a database, but embedded-postgres.json with its password is missing in ${dataDir}. ` +
      'Restore that file from a backup, or move the directory away to start afresh.',
  );
}

/** The same promise for every call: stopping twice waits for the one stop. */
function once(action: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | null = null;
  return () => (result ??= action());
}
