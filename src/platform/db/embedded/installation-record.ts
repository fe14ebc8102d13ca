/**
 * What an installation remembers about its embedded database, in `DATA_DIR/embedded-postgres.json`: where the cluster is, the
 * port it last had and the superuser's password. The password exists nowhere else, so the file is written whole or not at all.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import process from 'node:process';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { giveToOwnerOf } from './give-to-owner.ts';

/** The content of the record. */
export type InstallationRecord = {
  /** Where the cluster's home is: relative to DATA_DIR, so that the directory can be moved, or absolute when it is elsewhere. */
  home: string;
  /** The superuser's password. */
  password: string;
  /** Null until the server has run once. */
  port: number | null;
};

const FILE_NAME = 'embedded-postgres.json';

/** Reads the record; null on a fresh data directory. */
export function readInstallationRecord(dataDir: string): InstallationRecord | null {
  const path = join(dataDir, FILE_NAME);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const record = parse(text);
  if (record) return record;
  throw new EmbeddedDatabaseError(
    'cluster_unusable',
    `${path} is damaged, so the password of the embedded database is not known. Restore the file from a backup of ${dataDir}.`,
  );
}

/** Writes the record, readable by the owner of DATA_DIR alone. */
export function writeInstallationRecord(dataDir: string, record: InstallationRecord): void {
  const path = join(dataDir, FILE_NAME);
  const fresh = `${path}.${process.pid}.new`;
  const file = openSync(fresh, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(record, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  giveToOwnerOf(dataDir, fresh);
  renameSync(fresh, path);
}

/** A password that needs no escaping anywhere. */
export function generatePassword(): string {
  return randomBytes(24).toString('hex');
}

function parse(text: string): InstallationRecord | null {
  try {
    const { home, password, port } = JSON.parse(text) as Partial<InstallationRecord>;
    if (typeof home !== 'string' || typeof password !== 'string') return null;
    return { home, password, port: typeof port === 'number' ? port : null };
  } catch {
    return null;
  }
}
