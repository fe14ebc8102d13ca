/** The server's output: a file in DATA_DIR, since a pipe would end with our process while the server goes on. */
import { closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { giveToOwnerOf } from './give-to-owner.ts';

const KEPT_BYTES = 10 * 1024 * 1024;

/** Where the file is. */
export const serverLogPath = (dataDir: string): string => join(dataDir, 'postgres.log');

/** Opens the file for appending; one that has grown past 10 MiB becomes `postgres.log.1` first. */
export function openServerLog(dataDir: string): number {
  const path = serverLogPath(dataDir);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > KEPT_BYTES) renameSync(path, `${path}.1`);
  const file = openSync(path, 'a', 0o600);
  if (fstatSync(file).size === 0) giveToOwnerOf(dataDir, path);
  return file;
}

/** The end of the file from a position on, for an error message. */
export function readServerLogFrom(dataDir: string, position: number): string {
  const file = openSync(serverLogPath(dataDir), 'r');
  try {
    const from = Math.max(position, fstatSync(file).size - 2_000);
    const buffer = Buffer.alloc(2_000);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from)).trim();
  } finally {
    closeSync(file);
  }
}
