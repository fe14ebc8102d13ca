/**
 * An embedded PostgreSQL for one test run, and the data directories of its Switchboards, in temporary directories that go with it. What
 * must stay true: no run deletes what another that goes on still uses.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import process from 'node:process';
import { findHolder } from '../../src/platform/db/embedded/holder-lock.ts';
import { readInstallationRecord } from '../../src/platform/db/embedded/installation-record.ts';
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start-embedded-postgres.ts';

/** A server and the way to get rid of it. */
export type ThrowawayServer = { adminUrl: string; remove(): Promise<void> };

const PREFIX = 'switchboard-test-';
/** With the process that uses it: nothing else says so, because its database lies elsewhere. */
const DATA = 'switchboard-data-';
const USED_BY = new RegExp(`^${DATA}(\\d+)-`);
const quiet = { info: () => undefined, warn: console.warn, error: console.error };

/** Starts a server that syncs nothing to disk. */
export async function startThrowawayServer(): Promise<ThrowawayServer> {
  const dataDir = mkdtempSync(join(tmpdir(), PREFIX));
  const server = await startEmbeddedPostgres({ dataDir, log: quiet, role: 'a test run', durable: false });
  return {
    adminUrl: server.adminUrl,
    remove: async () => {
      await server.stop();
      deleteDataDirectory(dataDir);
    },
  };
}

/** A data directory for a Switchboard on another directory's server; whoever made it deletes it. */
export function makeDataDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), `${DATA}${String(process.pid)}-`));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Deletes the data directories of runs that were killed. */
function deleteAbandonedData(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = USED_BY.exec(name)?.[1];
    const dataDir = join(tmpdir(), name);
    if (pid !== undefined && isOurs(dataDir) && !isRunning(Number(pid)))
      rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Stops and deletes the servers of runs that were killed. Those of runs that go on are left alone. */
export async function deleteAbandonedServers(): Promise<void> {
  deleteAbandonedData();
  for (const name of readdirSync(tmpdir())) {
    const dataDir = join(tmpdir(), name);
    if (!name.startsWith(PREFIX) || !isOurs(dataDir)) continue;
    try {
      if (findHolder(dataDir) !== null) continue;
      // Adopting it is the way to stop it in order: the server may outlive the run that started it.
      if (readInstallationRecord(dataDir)) {
        const server = await startEmbeddedPostgres({
          dataDir,
          log: quiet,
          role: 'a clean-up',
          durable: false,
        });
        await server.stop();
      }
      deleteDataDirectory(dataDir);
    } catch (error) {
      // Another run may be deleting it at this moment.
      console.warn(`${dataDir} of an earlier test run could not be deleted: ${String(error)}`);
    }
  }
}

function isOurs(path: string): boolean {
  return process.getuid === undefined || statSync(path, { throwIfNoEntry: false })?.uid === process.getuid();
}

/** Deletes a data directory, and its database where that had to live elsewhere. */
export function deleteDataDirectory(dataDir: string): void {
  const home = readInstallationRecord(dataDir)?.home;
  if (home && isAbsolute(home)) rmSync(home, { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
}
