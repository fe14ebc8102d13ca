/**
 * Makes the database cluster by initdb. It is made under another name and renamed when it is whole, so an
 * interruption at any moment leaves nothing that could be taken for a cluster.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { clusterIn } from './cluster-home.ts';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { ServerAccount } from './server-account.ts';
import { spawnAs } from './server-account.ts';
import { serverEnvironment } from './server-environment.ts';
import { writePrivateFile } from './write-private-file.ts';

/** The cluster's superuser. The application never serves with it: row level security does not bind it. */
export const SUPERUSER = 'switchboard_admin';

/** What a new cluster needs. */
export type NewCluster = {
  binaries: PostgresBinaries;
  account: ServerAccount | null;
  home: string;
  password: string;
  durable: boolean;
};

/** Makes the cluster in a home that has none. */
export async function createCluster({
  binaries,
  account,
  home,
  password,
  durable,
}: NewCluster): Promise<void> {
  removeUnfinished(home);
  // An initdb that outlived an interrupted start may still be writing: it must not meet this one.
  const attempt = randomBytes(6).toString('hex');
  const unfinished = join(home, `data.${attempt}.new`);
  const passwordFile = join(home, `password.${attempt}.new`);
  writePrivateFile(passwordFile, `${password}\n`, account);
  try {
    await runInitdb(binaries, account, [
      ...['-D', unfinished, '-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      // The built-in provider does not change with the machine's C library or its list of locales.
      ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
      ...['--data-checksums', '--no-instructions', ...(durable ? [] : ['--no-sync'])],
    ]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(unfinished, clusterIn(home));
}

/** Whether the home has a cluster, and one that these programs can run. */
export function hasCluster(home: string, binaries: PostgresBinaries): boolean {
  const cluster = clusterIn(home);
  if (!existsSync(cluster)) return false;
  const version = clusterVersion(cluster);
  if (version === binaries.majorVersion) return true;
  throw new EmbeddedDatabaseError(
    'cluster_unusable',
    `The database in ${cluster} was made by PostgreSQL ${version}, this release brings PostgreSQL ${binaries.majorVersion}. ` +
      'Go back to the release that made it, export the data there, and import it into a new DATA_DIR.',
  );
}

function clusterVersion(cluster: string): number {
  try {
    return Number.parseInt(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'), 10);
  } catch (error) {
    throw new EmbeddedDatabaseError(
      'cluster_unusable',
      `The database in ${cluster} is damaged: its PG_VERSION cannot be read. Restore the directory from a backup.`,
      error,
    );
  }
}

function removeUnfinished(home: string): void {
  for (const name of readdirSync(home)) {
    if (name.endsWith('.new')) rmSync(join(home, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runInitdb(
  binaries: PostgresBinaries,
  account: ServerAccount | null,
  args: string[],
): Promise<void> {
  const child = spawn(binaries.initdb, args, {
    ...spawnAs(account),
    cwd: account ? '/' : process.cwd(),
    env: serverEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ended = new Promise<string | null>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : `ended with ${signal ?? `code ${code}`}`),
    );
  });
  const [failure, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (failure === null) return;
  throw new EmbeddedDatabaseError(
    'start_failed',
    `The database could not be created: initdb ${failure}.\n${(errors.trim() || output.trim()).slice(-2_000)}`,
  );
}
