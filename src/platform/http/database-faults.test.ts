import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { databaseFault } from './database-faults.ts';

/** The error with which the driver gives up. */
async function errorOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error,
  );
}

const connect = (options: pg.ClientConfig) =>
  errorOf(new pg.Client({ user: 'x', database: 'x', ...options }).connect());

/** A port on which nobody listens any more. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('a database that cannot be reached', () => {
  it('is a passing fault, by address, by a name with two addresses, by an unknown name, by socket', async () => {
    const port = await closedPort();
    for (const host of ['127.0.0.1', 'localhost', 'nowhere.invalid', '/nowhere']) {
      const fault = databaseFault(await connect({ host, port }));
      expect([fault?.status, fault?.code, fault?.details], host).toEqual([
        503,
        'platform.unavailable',
        { retry_after: 5 },
      ]);
    }
  });

  it('is a passing fault when it hangs up, or when all connections are taken', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy())).listen(
      0,
      '127.0.0.1',
    );
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(databaseFault(await connect({ host: '127.0.0.1', port }))?.status).toBe(503);
    server.close();

    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const busy = (silent.address() as AddressInfo).port;
    const pool = new pg.Pool({ host: '127.0.0.1', port: busy, user: 'x', connectionTimeoutMillis: 50 });
    expect(databaseFault(await errorOf(pool.query('select 1')))?.status).toBe(503);
    silent.close();
    await pool.end();
  });
});

describe('other errors', () => {
  it('are not taken for the database', async () => {
    const missing = await errorOf(readFile('/nowhere/at/all'));
    expect([missing, new Error('x'), 'x', null, new TypeError('fetch failed')].map(databaseFault)).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });
});
