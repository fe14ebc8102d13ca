/**
 * Reads postmaster.pid, in which a running server says who and where it is, and tells whether that process is still the
 * server of this cluster. PostgreSQL itself takes any live process of the same user for one.
 */
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { identifyProcess, isAlive } from './process-identity.ts';

/** A server that runs now. */
export type RunningServer = {
  pid: number;
  port: number;
  /** Opaque; another start of the same process id differs. */
  startedAt: string;
  /** Whether it takes connections: false while it starts, recovers or shuts down. */
  ready: boolean;
};

const FILE_NAME = 'postmaster.pid';

/** Whether the file is there at all. A server that was shut down removes it, one that was killed leaves it. */
export function hasPostmasterFile(cluster: string): boolean {
  return readLines(cluster) !== null;
}

/** The server that runs on the cluster, or null. A process that cannot be looked at is taken for the server. */
export function findRunningServer(cluster: string): RunningServer | null {
  const lines = readLines(cluster);
  if (!lines) return null;
  const pid = Number(lines[0]);
  const identity = identifyProcess(pid);
  if (identity === 'gone') return null;
  if (identity !== 'hidden' && !isServerOf(cluster, identity.commandLine, identity.workingDirectory))
    return null;
  return {
    pid,
    port: Number(lines[3]),
    startedAt: identity === 'hidden' ? 'hidden' : identity.startedAt,
    ready: lines[7]?.trim() === 'ready',
  };
}

/** `findRunningServer` for looking often: where identifying a process means starting a program, its id must do. */
export function findKnownServer(cluster: string, known: RunningServer): RunningServer | null {
  if (process.platform === 'linux') return findRunningServer(cluster);
  const isKnown = Number(readLines(cluster)?.[0]) === known.pid && isAlive(known.pid);
  return isKnown ? known : findRunningServer(cluster);
}

/** Removes what a killed server left, which would stop the next one when its process id is in use again. */
export function removeStalePostmasterFile(cluster: string): void {
  if (hasPostmasterFile(cluster) && !findRunningServer(cluster)) {
    rmSync(join(cluster, FILE_NAME), { force: true });
  }
}

function isServerOf(cluster: string, commandLine: string, workingDirectory: string | null): boolean {
  if (!/postgres/i.test(commandLine)) return false;
  // The working directory follows a cluster that was moved, and needs no quoting.
  if (workingDirectory !== null) return samePath(workingDirectory, cluster);
  return commandLine.includes(cluster);
}

function samePath(one: string, other: string): boolean {
  try {
    return one === other || realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

function readLines(cluster: string): string[] | null {
  try {
    return readFileSync(join(cluster, FILE_NAME), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
