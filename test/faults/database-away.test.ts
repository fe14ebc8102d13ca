/**
 * The database goes away, or hangs, under a running server. Deliveries are refused so that Meta comes again, health tells what
 * is wrong, and everything works again by itself when the database is back.
 */
import process from 'node:process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/platform/db/embedded/start-embedded-postgres.ts';
import { request } from '../harness/api.ts';
import { connectOwner, type ConnectedOwner } from '../harness/process-clients.ts';
import {
  makeDataDirectory,
  postgresProcesses,
  startServerProcess,
  until,
  type ServerProcess,
} from '../harness/server-process.ts';
import { deliveryOf, postDelivery } from '../harness/signed-delivery.ts';
import { printFigure } from '../harness/print-figure.ts';

const serverData = makeDataDirectory();
const postgresData = makeDataDirectory();
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let postgres: EmbeddedPostgres;
let server: ServerProcess;
let number: ConnectedOwner;
let messages = 0;

const startPostgres = () =>
  startEmbeddedPostgres({ dataDir: postgresData.dataDir, log: quiet, durable: false });

beforeAll(async () => {
  postgres = await startPostgres();
  server = await startServerProcess({
    dataDir: serverData.dataDir,
    env: { DATABASE_URL: postgres.adminUrl },
  });
  await server.ready;
  number = await connectOwner(server.url);
});
afterAll(async () => {
  server.kill('SIGKILL');
  await server.ended;
  await postgres.stop();
  serverData.remove();
  postgresData.remove();
});

function post(timeoutMs?: number) {
  messages++;
  const text = {
    wamid: `wamid.away.${String(messages)}`,
    from: '491701',
    text: 'hi',
    timestamp: 1_790_000_000,
  };
  return postDelivery(server.url, deliveryOf(number, [text]), timeoutMs ? { timeoutMs } : {});
}

const conversations = () =>
  request<{ code?: string; data?: unknown[] }>(`${server.url}/api/v1/conversations`, { token: number.token });

/** The answer, and how many milliseconds it took. */
async function timed<T>(work: Promise<T>): Promise<{ answer: T; ms: number }> {
  const start = performance.now();
  return { answer: await work, ms: Math.round(performance.now() - start) };
}

async function expectRefusals(within: { webhook: number; api: number }): Promise<void> {
  const [webhook, api, ready, health] = await Promise.all([
    timed(post()),
    timed(conversations()),
    timed(request<{ detail: string }>(`${server.url}/readyz`)),
    timed(request(`${server.url}/healthz`)),
  ]);
  printFigure(
    `webhook ${String(webhook.ms)} ms, API ${String(api.ms)} ms, readyz ${String(ready.ms)} ms, healthz ${String(health.ms)} ms`,
  );
  expect(webhook.answer.status).toBe(503);
  expect(Number(webhook.answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(webhook.ms).toBeLessThan(within.webhook);
  expect(api.answer.status).toBe(503);
  expect(api.answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(Number(api.answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(api.answer.body.code).toMatch(/^platform\.(unavailable|busy)$/);
  expect(api.ms).toBeLessThan(within.api);
  expect(ready.answer.status).toBe(503);
  expect(ready.answer.body.detail).toContain('database');
  expect(health.answer.status).toBe(200);
  expect(health.ms).toBeLessThan(1_000);
}

/** Deliveries are taken, the API answers and what was delivered arrives, all without anybody doing anything. */
async function expectRecovery(within: number): Promise<void> {
  const start = performance.now();
  await until(() => post(2_000), {
    is: ({ status }) => status === 200,
    within,
    what: 'a delivery taken again',
  });
  const taken = Math.round(performance.now() - start);
  await until(conversations, { is: ({ status }) => status === 200, within, what: 'the API back' });
  await until(() => request(`${server.url}/readyz`), {
    is: ({ status }) => status === 200,
    within,
    what: 'ready again',
  });
  printFigure(`deliveries taken again after ${String(taken)} ms`);
  const last = `wamid.away.${String(messages)}`;
  await until(newestMessages, {
    is: (wamids) => wamids.includes(last),
    within: 30_000,
    what: 'the delivered message in the conversation',
  });
}

async function newestMessages(): Promise<string[]> {
  const { body } = await conversations();
  const id = (body.data as { id: string }[])[0]?.id ?? '';
  const page = await request<{ data: { wamid: string }[] }>(
    `${server.url}/api/v1/conversations/${id}/messages`,
    { token: number.token },
  );
  return page.body.data.map(({ wamid }) => wamid);
}

describe('a database that is', () => {
  test('stopped: refusals at once, back by itself within 5 s', async () => {
    expect((await post()).status).toBe(200);
    await until(async () => (await conversations()).body.data?.length, {
      is: (length) => length === 1,
      within: 20_000,
      what: 'a conversation',
    });
    await postgres.stop();
    await expectRefusals({ webhook: 3_000, api: 3_000 });
    postgres = await startPostgres();
    await expectRecovery(5_000);
  });

  test('killed with all its connections: the same', async () => {
    const pids = postgresProcesses(postgresData.dataDir);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await expectRefusals({ webhook: 3_000, api: 3_000 });
    // Its own supervision starts it again.
    await until(async () => readFileSync(pidFile(), 'utf8').split('\n')[7]?.trim(), {
      is: (state) =>
        state === 'ready' && !pids.includes(Number(readFileSync(pidFile(), 'utf8').split('\n', 1)[0])),
      within: 30_000,
      what: 'the database started again',
    });
    await expectRecovery(5_000);
  });

  test('hanging, connections open and no answer: refusals in time, back by itself', async () => {
    // Requests that find an open connection wait for an answer on it; those that find none wait for the connection.
    await Promise.all(Array.from({ length: 8 }, conversations));
    const pids = postgresProcesses(postgresData.dataDir);
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    try {
      await expectRefusals({ webhook: 8_000, api: 8_000 });
      // Now that the first have noticed, the next must not wait any longer.
      await expectRefusals({ webhook: 8_000, api: 8_000 });
    } finally {
      for (const pid of pids) process.kill(pid, 'SIGCONT');
    }
    await expectRecovery(5_000);
  });
});

const pidFile = () => path.join(clusterHome(), 'data', 'postmaster.pid');
function clusterHome(): string {
  const record = JSON.parse(
    readFileSync(path.join(postgresData.dataDir, 'embedded-postgres.json'), 'utf8'),
  ) as { home: string };
  return path.resolve(postgresData.dataDir, record.home);
}
