import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { deleteDataDirectory } from '../test/harness/throwaway-server.ts';
import { findHolder } from '../src/platform/db/embedded/holder-lock.ts';
import { ensureWebBuilt } from '../scripts/build-web.ts';

const launcher = fileURLToPath(new URL('switchboard.js', import.meta.url));

test('lists the commands', () => {
  const { status, stdout } = command(['--help']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^ {2}start \[options\]/m);
});

test('refuses a command that it does not know, with the nearest one', () => {
  const { status, stderr } = command(['strat']);
  expect(status).toBe(1);
  expect(stderr).toContain('Did you mean start?');
});

test('builds the browser app once', async () => {
  await ensureWebBuilt(() => undefined);
  expect(await ensureWebBuilt(() => undefined)).toBe(false);
}, 120_000);

test.each(['SIGTERM', 'SIGINT', 'SIGKILL'] as const)(
  'leaves no server behind when the launcher gets %s',
  async (signal) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'switchboard-start-'));
    onTestFinished(() => deleteDataDirectory(dataDir));
    const child = spawn(process.execPath, [launcher, 'start'], {
      env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const errors = text(child.stderr);
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    // The program's own end closes its output, also when the launcher is long gone.
    const ended = once(child, 'close');
    await expect.poll(() => printed, { timeout: 60_000 }).toContain('is ready at');
    expect(findHolder(dataDir)?.role).toBe('switchboard start');
    child.kill(signal);
    await ended;
    expect(await errors).not.toContain('"level":"error"');
    expect(findHolder(dataDir)).toBeNull();
    expect(printed).toContain('Stopping on');
  },
  120_000,
);

function command(args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [launcher, ...args], { encoding: 'utf8' });
}
