/**
 * Writes a file into a directory that belongs to the server's account. Root writes there, so the file is always a new one: a
 * link that the account put in its place is replaced, never followed.
 */
import { closeSync, fchownSync, openSync, rmSync, writeSync } from 'node:fs';
import type { ServerAccount } from './server-account.ts';

/** Replaces a file by one that only the account (or we, without an account) can read. */
export function writePrivateFile(path: string, content: string, account: ServerAccount | null): void {
  rmSync(path, { force: true });
  const file = openSync(path, 'wx', 0o600);
  try {
    if (account) fchownSync(file, account.uid, account.gid);
    writeSync(file, content);
  } finally {
    closeSync(file);
  }
}
