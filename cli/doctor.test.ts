import { spawn } from 'node:child_process';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TEST_APP_SECRET } from '../test/harness/secrets.ts';
import { makeDataDirectory, startServerProcess, type ServerProcess } from '../test/harness/server-process.ts';

const launcher = fileURLToPath(new URL('switchboard.js', import.meta.url));
/** As the harness starts the server: the doctor must know the same app. */
const METAS = { SIMULATOR: 'on', FB_APP_SECRET: TEST_APP_SECRET };
type Diagnosis = {
  healthy: boolean;
  install: { check: string; severity: string }[];
  accounts: { severity: string; findings: unknown[] }[];
};

const { dataDir, remove } = makeDataDirectory();
let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess({
    dataDir,
    args: ['--demo'],
    env: { DEMO_PASSWORD: 'a password of the demo' },
  });
  await server.ready;
}, 120_000);
afterAll(async () => {
  server.kill('SIGKILL');
  await server.ended;
  remove();
});

async function doctor(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [launcher, 'doctor', ...args], {
    env: { PATH: process.env['PATH'], DATA_DIR: dataDir, PORT: new URL(server.url).port, ...METAS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { stdout, stderr, status };
}

test('on a healthy install it ends with 0 and names every account', async () => {
  const { status, stdout, stderr } = await doctor([]);
  expect(stdout).toContain('✓ The webhook address answers');
  expect(stdout).toContain('Nothing is broken.');
  expect(stderr).toContain('Checking account 1 of');
  expect(status).toBe(0);
}, 120_000);

test('on a broken install it ends with 1, and says as JSON what is wrong', async () => {
  const { status, stdout } = await doctor(['--json'], { PUBLIC_URL: 'http://127.0.0.1:9' });
  const diagnosis = JSON.parse(stdout) as Diagnosis;
  expect(status).toBe(1);
  expect(diagnosis.healthy).toBe(false);
  expect(diagnosis.install).toContainEqual(
    expect.objectContaining({ check: 'address', severity: 'critical' }),
  );
}, 120_000);

test('without its database it ends with 1 and says so', async () => {
  const { status, stdout } = await doctor(['--json'], { DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none' });
  expect(status).toBe(1);
  expect((JSON.parse(stdout) as Diagnosis).install).toMatchObject([
    { check: 'database', severity: 'critical' },
  ]);
}, 60_000);

test('its help says how it ends', async () => {
  const { status, stdout } = await doctor(['--help']);
  expect(status).toBe(0);
  expect(stdout).toContain('--json');
  expect(stdout).toContain('Ends with 0 when nothing is broken');
});

test('with another app secret than the server’s it says that signed deliveries are refused', async () => {
  const { status, stdout } = await doctor([], { FB_APP_SECRET: 'another-apps-secret' });
  expect(stdout).toContain('✗ Signed deliveries are refused');
  expect(status).toBe(1);
}, 120_000);
