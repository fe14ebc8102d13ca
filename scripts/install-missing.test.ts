import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

let project: string;

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'switchboard-install-'));
  mkdirSync(join(project, 'scripts'));
  copyFileSync(
    fileURLToPath(new URL('install-missing.js', import.meta.url)),
    join(project, 'scripts', 'install-missing.js'),
  );
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  writeLock('package-lock.json', '1.0.0');
});

afterEach(() => rmSync(project, { recursive: true, force: true }));

test('installs on a fresh clone, from the lock and with what tests need', () => {
  const { status, stderr } = runIt({ npmEndsWith: 0 });
  expect(status).toBe(0);
  expect(stderr).toMatch(/^Installing the packages that are missing/);
  expect(readFileSync(join(project, 'npm-was-called'), 'utf8')).toMatch(/^ci --include=dev/);
});

test('says nothing and leaves npm alone when everything is there', () => {
  writeInstalled('1.0.0');
  expect(runIt({ npmEndsWith: 1 })).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(join(project, 'npm-was-called'))).toBe(false);
});

test('installs when the lock has another version than node_modules', () => {
  writeInstalled('0.9.0');
  runIt({ npmEndsWith: 0 });
  expect(existsSync(join(project, 'npm-was-called'))).toBe(true);
});

test('notices a lock that changed after it had found everything in order', () => {
  writeInstalled('1.0.0');
  runIt({ npmEndsWith: 1 });
  writeLock('package-lock.json', '2.0.0');
  expect(runIt({ npmEndsWith: 1 }).status).toBe(1);
});

test('ends with the exit code of npm and says what the step needs', () => {
  const { status, stderr } = runIt({ npmEndsWith: 7 });
  expect(status).toBe(7);
  expect(stderr).toContain('needs the npm registry once');
});

test('names the install scripts when the packaged Node does not run', () => {
  writeInstalled('1.0.0');
  mkdirSync(join(project, 'node_modules', 'node', 'bin'), { recursive: true });
  writeFileSync(join(project, 'node_modules', 'node', 'bin', nodeName), 'no program', { mode: 0o755 });
  const { status, stderr } = runIt({ npmEndsWith: 0 });
  expect(status).toBe(1);
  expect(stderr).toContain('npm rebuild node --ignore-scripts=false');
});

const nodeName = process.platform === 'win32' ? 'node.exe' : 'node';

/** Runs the script with an npm that only leaves a note. */
function runIt({ npmEndsWith }: { npmEndsWith: number }): { status: number | null; stderr: string } {
  const npm = join(project, 'npm.cjs');
  writeFileSync(
    npm,
    `require('node:fs').writeFileSync('npm-was-called', process.argv.slice(2).join(' '));
     require('node:fs').mkdirSync('node_modules', { recursive: true });
     process.exit(${npmEndsWith});`,
  );
  const { status, stderr } = spawnSync(process.execPath, [join(project, 'scripts', 'install-missing.js')], {
    encoding: 'utf8',
    env: { ...process.env, npm_execpath: npm },
  });
  return { status, stderr };
}

function writeInstalled(version: string): void {
  mkdirSync(join(project, 'node_modules', 'thing'), { recursive: true });
  writeLock(join('node_modules', '.package-lock.json'), version);
}

function writeLock(file: string, version: string): void {
  const packages = { 'node_modules/thing': { version, integrity: `sha512-${version}` } };
  writeFileSync(join(project, file), JSON.stringify({ packages }));
}
