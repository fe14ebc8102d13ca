import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedDatabaseError } from './embedded-database-error.ts';
import { findPlatformPackage, prepareBinaries } from './postgres-binaries.ts';
import type { PlatformPackage } from './postgres-binaries.ts';
import { chooseServerAccount, spawnAs } from './server-account.ts';

let directory: string;
let source: PlatformPackage;
let copyTo: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'switchboard-binaries-'));
  chmodSync(directory, 0o755);
  source = { ...findPlatformPackage(), root: join(directory, 'package') };
  copyTo = join(directory, 'copies');
  cpSync(findPlatformPackage().root, source.root, { recursive: true, verbatimSymlinks: true });
  for (const { target } of links()) rmSync(join(source.root, target), { force: true });
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('makes the library links that a skipped install script left out', () => {
  const binaries = prepareBinaries(null, copyTo, source);
  expect(binaries.postgres.startsWith(source.root)).toBe(true);
  expect(links().filter(({ target }) => !existsSync(join(source.root, target)))).toEqual([]);
  expect(existsSync(copyTo)).toBe(false);
});

test.runIf(process.getuid?.() === 0)('copies the programs to where the account can reach them', () => {
  const account = chooseServerAccount(null);
  chmodSync(source.root, 0o700);
  const binaries = prepareBinaries(account, copyTo, source);
  expect(binaries.postgres.startsWith(copyTo)).toBe(true);
  const version = spawnSync(binaries.initdb, ['--version'], {
    ...spawnAs(account),
    cwd: '/',
    encoding: 'utf8',
  });
  expect(version.stdout).toContain(`(PostgreSQL) ${binaries.majorVersion}.`);
});

test('says what to do when the programs do not run here', () => {
  rmSync(join(source.root, 'native', 'lib'), { recursive: true });
  const attempt = (): unknown => prepareBinaries(null, copyTo, source);
  expect(attempt).toThrow(EmbeddedDatabaseError);
  expect(attempt).toThrow(/does not run on this machine.*Set DATABASE_URL/);
});

function links(): { target: string }[] {
  const list = readFileSync(join(findPlatformPackage().root, 'native', 'pg-symlinks.json'), 'utf8');
  return JSON.parse(list) as { target: string }[];
}
