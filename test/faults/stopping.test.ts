/**
 * What `npm start` runs, on its embedded database: it stops in order when asked to, outlives a kill of everything, and does not
 * start twice on one directory.
 */
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { registerOwner, request } from '../harness/api.ts';
import { connectOwner } from '../harness/process-clients.ts';
import {
  makeDataDirectory,
  postgresProcesses,
  startServerProcess,
  until,
  type ServerProcess,
} from '../harness/server-process.ts';
import { deliveryOf, postDelivery } from '../harness/signed-delivery.ts';
import { printFigure } from '../harness/print-figure.ts';

const data = makeDataDirectory();
const processes: ServerProcess[] = [];

afterAll(async () => {
  for (const started of processes) started.kill('SIGTERM');
  await Promise.all(processes.map(({ ended }) => ended));
  data.remove();
});

async function start(direct: boolean): Promise<ServerProcess> {
  const started = await startServerProcess({ dataDir: data.dataDir, direct });
  processes.push(started);
  return started;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('everything is killed, server and database, and what was acknowledged is there after the next start', async () => {
  const server = await start(true);
  await server.ready;
  const number = await connectOwner(server.url);
  const texts = Array.from({ length: 40 }, (_, index) => `wamid.everything.${String(index)}`);
  for (const wamid of texts) {
    const text = { wamid, from: '4917011', text: wamid, timestamp: 1_790_000_000 };
    expect((await postDelivery(server.url, deliveryOf(number, [text]))).status).toBe(200);
  }
  const postgres = postgresProcesses(data.dataDir);
  for (const pid of [server.pid, ...postgres]) process.kill(pid, 'SIGKILL');
  await server.ended;
  await until(async () => postgres.filter(isAlive), {
    is: (alive) => alive.length === 0,
    within: 10_000,
    what: 'the database gone',
  });

  const again = await start(true);
  await again.ready;
  const stored = async () => {
    const inbox = await request<{ data: { id: string }[] }>(`${again.url}/api/v1/conversations`, {
      token: number.token,
    });
    const page = await request<{ data: { text: string }[] }>(
      `${again.url}/api/v1/conversations/${inbox.body.data[0]?.id ?? ''}/messages?limit=100`,
      { token: number.token },
    );
    return page.body.data.map(({ text }) => text).toReversed();
  };
  await until(stored, {
    is: (found) => found.length >= texts.length,
    within: 40_000,
    what: 'every acknowledged message',
  });
  expect(await stored()).toEqual(texts);

  // A second start, as npm start does it, is refused and says by whom.
  const second = await start(false);
  expect(await second.ended).toBe(1);
  expect(second.output().stderr).toContain(data.dataDir);
  expect(second.output().stderr).toContain(String(again.pid));
  expect(second.output().stderr).toContain(new URL(again.url).port);
  expect(second.output().stderr).not.toMatch(/^\s+at /m);
  expect((await request(`${again.url}/readyz`)).status).toBe(200);
  again.kill('SIGTERM');
  expect(await again.ended).toBe(0);
}, 120_000);

test('SIGTERM: running requests are answered, streams end, the exit code is 0 and the database stops too', async () => {
  // Through the launcher, as a service manager would.
  const server = await start(false);
  await server.ready;
  const owner = await registerOwner(server.url);
  const postgres = postgresProcesses(data.dataDir);
  const stream = await fetch(`${server.url}/api/v1/events`, {
    headers: { authorization: `Bearer ${owner.access_token}`, accept: 'text/event-stream' },
  });
  expect(stream.status).toBe(200);
  const streamEnds = stream.text().then(
    () => 'ended',
    () => 'cut',
  );
  // Argon2 keeps each of these busy for a while.
  const running = Array.from({ length: 6 }, (_, index) =>
    request(`${server.url}/api/v1/auth/register`, {
      body: {
        name: 'Late',
        email: `late-${String(index)}@example.test`,
        password: 'a long enough password',
        organization_name: 'Late',
      },
    }).then(({ status }) => status),
  );
  await until(async () => (await request<string>(`${server.url}/metrics`)).body, {
    is: (text) => text.length > 0,
    within: 5_000,
    what: 'the server at work',
  });
  const start_ = performance.now();
  server.kill('SIGTERM');
  expect(await Promise.all(running)).toEqual([201, 201, 201, 201, 201, 201]);
  expect(await streamEnds).toBe('ended');
  expect(await server.ended).toBe(0);
  const took = Math.round(performance.now() - start_);
  printFigure(`stopped within ${String(took)} ms`);
  expect(took).toBeLessThan(20_000);
  // Its last children may take a moment more to be gone from the process table.
  await until(() => Promise.resolve(postgres.filter(isAlive)), {
    is: (alive) => alive.length === 0,
    within: 5_000,
    what: 'the database gone',
  });
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
}, 60_000);
