/** An embedded PostgreSQL for one test run, in a temporary directory that goes with it. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import process from 'node:process';
import { findHolder } from '../../src/platform/db/embedded/holder-lock.ts';
import { readInstallationRecord } from '../../src/platform/db/embedded/installation-record.ts';
import { startEmbeddedPostgres } from '../../src/platform/db/embedded/start-embedded-postgres.ts';

/** A server and the way to get rid of it. */
export type ThrowawayServer = { adminUrl: string; remove(): Promise<void> };

const PREFIX = 'switchboard-test-';
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

/** Stops and deletes the servers of runs that were killed. Those of runs that go on are left alone. */
export async function deleteAbandonedServers(): Promise<void> {
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
