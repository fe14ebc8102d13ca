/**
 * Decides where the cluster lives. Its home is `DATA_DIR/postgres` wherever the server's account can get there; below a
 * directory that it cannot enter, such as /root, the home is a directory of the system's own, and the record in
 * DATA_DIR remembers which. A cluster that is there already is never moved, reused for another installation or deleted.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import process from 'node:process';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import type { InstallationRecord } from './installation-record.ts';
import { readInstallationRecord } from './installation-record.ts';
import { canEnter } from './server-account.ts';
import type { ServerAccount } from './server-account.ts';
import { writePrivateFile } from './write-private-file.ts';

/** Where root keeps what the server's account must reach. */
export const SYSTEM_DIRECTORY =
  process.platform === 'darwin' ? '/usr/local/var/switchboard' : '/var/lib/switchboard';

/** The home's part that PostgreSQL owns. */
export const clusterIn = (home: string): string => join(home, 'data');

/**
 * The home that an installation has, as a path; null on its first start.
 * @throws EmbeddedDatabaseError when DATA_DIR is a copy of another installation's that still exists: two
 * programs would write to one cluster
 */
export function findHome(dataDir: string, record: InstallationRecord | null): string | null {
  if (!record) return null;
  if (!isAbsolute(record.home)) return join(dataDir, record.home);
  const owner = ownerOf(record.home);
  if (owner !== null && owner !== dataDir && stillUses(owner, record.home)) {
    throw new EmbeddedDatabaseError(
      'cluster_unusable',
      `${dataDir} is a copy of ${owner}, and the database of both is in ${record.home}. ` +
        `Remove ${dataDir} to start afresh there, or set DATA_DIR=${owner}.`,
    );
  }
  return record.home;
}

/**
 * Makes the home ready for the account: exists, is the account's own, mode 0700.
 * @param known the home from `findHome`
 * @returns the home to use
 */
export function prepareHome(dataDir: string, account: ServerAccount | null, known: string | null): string {
  const home = known ?? chooseHome(dataDir, account);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (account) {
    if (isInside(dataDir, home)) letThrough(dataDir, account);
    chownSync(home, account.uid, account.gid);
  }
  chmodSync(home, 0o700);
  if (!isInside(dataDir, home)) writePrivateFile(join(home, 'owner'), `${dataDir}\n`, account);
  return realpathSync(home);
}

function chooseHome(dataDir: string, account: ServerAccount | null): string {
  const inside = join(dataDir, 'postgres');
  if (!account || canEnter(account, dirname(dataDir))) return inside;
  mkdirSync(SYSTEM_DIRECTORY, { recursive: true, mode: 0o755 });
  chmodSync(SYSTEM_DIRECTORY, 0o755);
  const home = join(SYSTEM_DIRECTORY, createHash('sha256').update(dataDir).digest('hex').slice(0, 16));
  setAside(home);
  return home;
}

/** DATA_DIR was deleted and made anew: the earlier cluster's password is gone with it, its data is kept. */
function setAside(home: string): void {
  if (!existsSync(home)) return;
  renameSync(home, `${home}.before-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
}

/**
 * Lets the account pass root's DATA_DIR on its way to its home, and nothing more: by its group, which cannot list the
 * directory; the files there have modes of their own.
 */
export function letThrough(dataDir: string, account: ServerAccount): void {
  const isOurs = statSync(dataDir).uid === 0;
  if (!isOurs || !canEnter(account, dirname(dataDir)) || canEnter(account, dataDir)) return;
  chownSync(dataDir, 0, account.gid);
  chmodSync(dataDir, 0o710);
}

function ownerOf(home: string): string | null {
  try {
    return readFileSync(join(home, 'owner'), 'utf8').trim();
  } catch {
    return null;
  }
}

function stillUses(dataDir: string, home: string): boolean {
  try {
    return readInstallationRecord(dataDir)?.home === home;
  } catch {
    return true;
  }
}

const isInside = (dataDir: string, path: string): boolean => path.startsWith(join(dataDir, '/'));
