/**
 * The server is killed with no warning, again and again, while customers write: what it answered 200 to is there afterwards, once
 * and in order. FAULT_KILLS sets how often (npm run test:faults); the default keeps the usual run short.
 */
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import pg from 'pg';
import { connectOwner, type ConnectedOwner } from '../harness/process-clients.ts';
import {
  makeDataDirectory,
  startServerProcess,
  until,
  type ServerProcess,
} from '../harness/server-process.ts';
import { deliveryOf, postDelivery, type CustomerText } from '../harness/signed-delivery.ts';
import { startThrowawayServer, type ThrowawayServer } from '../harness/throwaway-server.ts';
import { printFigure } from '../harness/print-figure.ts';

const KILLS = Number(process.env['FAULT_KILLS'] ?? 5);
const SENDERS = 12;

const data = makeDataDirectory();
let postgres: ThrowawayServer;
let database: pg.Client;
let server: ServerProcess;
let number: ConnectedOwner;
/** The next acknowledgement is the last that this server gives. */
let isDue = false;

beforeAll(async () => {
  postgres = await startThrowawayServer();
  database = new pg.Client(postgres.adminUrl);
  await database.connect();
  server = await start();
  await server.ready;
  number = await connectOwner(server.url);
});
afterAll(async () => {
  server.kill('SIGKILL');
  await server.ended;
  await database.end();
  await postgres.remove();
  data.remove();
});

const start = (env: Record<string, string> = {}) =>
  startServerProcess({ dataDir: data.dataDir, env: { DATABASE_URL: postgres.adminUrl, ...env } });

type Sender = { contact: string; acknowledged: string[]; attempts: number; stop(): Promise<void> };

/** Posts one message after the other; one that was not acknowledged is posted again, as Meta does. */
function startSender(index: number): Sender {
  const contact = `49170000${String(index).padStart(4, '0')}`;
  const sender = { contact, acknowledged: [] as string[], attempts: 0 };
  let stopped = false;
  const isStopped = () => stopped;
  const run = async () => {
    for (let count = 1; !isStopped(); count++) {
      const text: CustomerText = {
        wamid: `wamid.kill.${String(index)}.${String(count)}`,
        from: contact,
        text: `message ${String(count)}`,
        timestamp: 1_790_000_000,
      };
      const body = deliveryOf(number, [text]);
      while (!(await isAcknowledged(body))) {
        if (isStopped()) return;
        await pause(20);
      }
      sender.acknowledged.push(text.wamid);
    }
  };
  const isAcknowledged = async (body: string) => {
    sender.attempts++;
    try {
      if ((await postDelivery(server.url, body)).status !== 200) return false;
    } catch {
      return false;
    }
    // At the very moment that the promise was given.
    if (isDue) server.kill('SIGKILL');
    return true;
  };
  const done = run();
  return Object.assign(sender, {
    async stop() {
      stopped = true;
      await done;
    },
  });
}

const count = async (sql: string) => Number((await database.query<{ n: string }>(sql)).rows[0]?.n);

/** Longer than the lease of a killed worker, 20 seconds: what stands still for this long is stuck. */
const STUCK_AFTER_MS = 40_000;

/** Resolves when nothing waits any more; rejects when nothing moves. However much there is, it may take its time. */
async function workedOff(): Promise<void> {
  const waiting = () =>
    count(`SELECT (SELECT count(*) FROM app.webhook_deliveries WHERE state = 'received')
      + (SELECT count(*) FROM app.webhook_items WHERE state = 'waiting') AS n`);
  for (let left = await waiting(); left > 0;) {
    const before = left;
    left = await until(waiting, {
      is: (now) => now < before,
      within: STUCK_AFTER_MS,
      what: `fewer than ${String(before)} waiting`,
    });
  }
}

test(`${String(KILLS)} kills under load lose nothing, double nothing and keep the order`, async () => {
  const senders = Array.from({ length: SENDERS }, (_, index) => startSender(index));
  for (let kill = 1; kill <= KILLS; kill++) {
    const before = senders.reduce((sum, sender) => sum + sender.acknowledged.length, 0);
    // Not before the server took some: the kill is to hit it at work, at no particular moment.
    await until(async () => senders.reduce((sum, sender) => sum + sender.acknowledged.length, 0), {
      is: (now) => now >= before + 50,
      within: 20_000,
      what: 'fifty acknowledged messages',
    });
    await pause((kill * 37) % 150);
    isDue = true;
    await server.ended;
    isDue = false;
    server = await start({ PORT: new URL(server.url).port });
    await server.ready;
  }
  await Promise.all(senders.map((sender) => sender.stop()));

  const drain = performance.now();
  await workedOff();
  const drained = Math.round((performance.now() - drain) / 1000);
  const { rows } = await database.query<{ wamid: string; phone: string; id: string }>(`
    SELECT m.wamid, c.phone, m.id FROM messages m JOIN customers c ON c.id = m.customer_id AND c.home = m.home
    WHERE m.wamid LIKE 'wamid.kill.%' ORDER BY m."timestamp", m.id`);
  const stored = rows.map(({ wamid }) => wamid);
  const acknowledged = senders.flatMap((sender) => sender.acknowledged);
  const lost = acknowledged.filter((wamid) => !stored.includes(wamid));
  const doubled = stored.length - new Set(stored).size;
  const attempts = senders.reduce((sum, sender) => sum + sender.attempts, 0);
  printFigure(
    `kills ${String(KILLS)}, posted ${String(attempts)}, acknowledged ${String(acknowledged.length)}, stored ${String(stored.length)}, ` +
      `lost ${String(lost.length)}, doubled ${String(doubled)}, worked off ${String(drained)} s after the last`,
  );
  expect(lost).toEqual([]);
  expect(doubled).toBe(0);
  for (const { contact } of senders) {
    const order = rows
      .filter(({ phone }) => phone === contact)
      .map(({ wamid }) => Number(wamid.split('.')[3]));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order[0]).toBe(1);
  }
  expect(await count('SELECT count(*) AS n FROM conversations')).toBe(SENDERS);
  expect(await count("SELECT count(*) AS n FROM app.webhook_items WHERE state = 'quarantined'")).toBe(0);
}, 600_000);
