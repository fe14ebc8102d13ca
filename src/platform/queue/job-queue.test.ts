import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { enqueueJob } from './enqueue-job.ts';
import { installJobQueue } from './install-job-queue.ts';
import type { JobDefinition } from './job-definition.ts';
import { createJobQueue, type JobQueue } from './job-queue.ts';
import { onConnection, makeQueueDatabase, type QueueDatabase } from './queue-database.fixture.ts';

vi.setConfig({ testTimeout: 40_000 });
const log = pino({ level: 'silent' });
let database: QueueDatabase;
let app: pg.Pool;
let admin: pg.Pool;
const started: JobQueue[] = [];

beforeAll(async () => {
  database = await makeQueueDatabase();
  app = new pg.Pool({ connectionString: database.app, max: 4 });
  admin = new pg.Pool({ connectionString: database.admin, max: 2 });
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((queue) => queue.stop()));
  await admin.query('DELETE FROM pgboss.job; DELETE FROM pgboss.schedule');
});
afterAll(async () => {
  await app.end();
  await admin.end();
  await database.drop();
});

async function startQueue(jobs: JobDefinition[]): Promise<JobQueue> {
  const queue = createJobQueue({ connectionString: database.worker, log, connections: 3 });
  started.push(queue);
  await queue.start(jobs);
  return queue;
}

const quick = { retry: { limit: 2, delaySeconds: 0, backoff: false }, leaseSeconds: 60 };
const waitFor = <T>(check: () => T | Promise<T>, timeout = 15_000) =>
  vi.waitFor(check, { timeout, interval: 50 });

async function jobsNamed(name: string): Promise<{ state: string; data: unknown; keep_days: number }[]> {
  const { rows } = await admin.query(
    `SELECT state, data, extract(day FROM keep_until - now())::int AS keep_days FROM pgboss.job WHERE name = $1`,
    [name],
  );
  return rows;
}

describe('who may do what', () => {
  test('the app role puts jobs in and can neither read, change nor forge one', async () => {
    await enqueueJob(app, 'test.hidden', { messageId: 7 });
    expect(await jobsNamed('test.hidden')).toHaveLength(1);
    for (const forbidden of [
      'SELECT * FROM pgboss.job',
      'SELECT * FROM pgboss.job_common',
      'SELECT * FROM pgboss.version',
      `DELETE FROM pgboss.job_common`,
      `INSERT INTO pgboss.job_common (name) VALUES ('test.hidden')`,
      `SELECT pgboss.create_queue('test.own', '{"policy":"standard"}')`,
    ]) {
      await expect(app.query(forbidden), forbidden).rejects.toThrow(/permission denied/);
    }
  });

  test('nobody else may put jobs in, and the worker cannot change the schema', async () => {
    const { rows } = await admin.query(
      `SELECT has_function_privilege('public', 'app.enqueue_job(text, jsonb, jsonb)', 'EXECUTE') AS anyone`,
    );
    expect(rows).toEqual([{ anyone: false }]);
    await onConnection(database.worker, async (worker) => {
      await expect(worker.query('CREATE TABLE pgboss.extra (id int)')).rejects.toThrow(/permission denied/);
      await expect(worker.query('ALTER TABLE pgboss.job_common ADD COLUMN extra int')).rejects.toThrow(
        /owner/,
      );
      await expect(
        worker.query('UPDATE pgboss.job_common SET priority = 1 WHERE false'),
      ).resolves.toBeDefined();
    });
  });

  test('installing again changes nothing', async () => {
    const dump = async () =>
      (
        await admin.query(
          `SELECT c.relname, c.relacl::text FROM pg_class c WHERE relnamespace = 'pgboss'::regnamespace ORDER BY 1`,
        )
      ).rows;
    const before = await dump();
    await onConnection(database.owner, installJobQueue);
    expect(await dump()).toEqual(before);
  });

  test('an installation that is rolled back leaves nothing', async () => {
    await onConnection(database.owner, async (client) => {
      await client.query('BEGIN');
      await client.query('DROP SCHEMA pgboss CASCADE');
      await installJobQueue(client);
      await client.query('ROLLBACK');
    });
    expect((await admin.query('SELECT FROM pgboss.version')).rowCount).toBe(1);
    await onConnection(database.owner, async (client) => {
      await client.query('BEGIN; DROP SCHEMA pgboss CASCADE');
      await installJobQueue(client);
      const { rows } = await client.query(
        `SELECT nspowner::regrole::text AS owner FROM pg_namespace WHERE nspname = 'pgboss'`,
      );
      expect(rows).toEqual([{ owner: 'switchboard_owner' }]);
      await client.query('COMMIT');
    });
  });

  test.each([
    ['a name without a module', 'sweep', {}],
    ['a quote in the name', "test.it's", {}],
    ['a payload that carries content', 'test.big', { text: 'x'.repeat(5000) }],
  ])('refuses %s', async (_what, name, payload) => {
    await expect(enqueueJob(app, name, payload)).rejects.toThrow(/must be an object of ids|a job is named/);
  });
});

test('refuses an option it does not know, instead of starting the job too early', async () => {
  const misspelt = { startafter: 3600 } as object;
  await expect(enqueueJob(app, 'test.later', {}, misspelt)).rejects.toThrow(/unknown options/);
});

describe('a job and its transaction', () => {
  test('disappears when the transaction rolls back and runs when it commits', async () => {
    const ran: unknown[] = [];
    await startQueue([
      { ...quick, name: 'test.transactional', run: async (payload) => void ran.push(payload) },
    ]);
    await onConnection(database.app, async (client) => {
      await client.query('BEGIN');
      await enqueueJob(client, 'test.transactional', { attempt: 'rolled back' });
      await client.query('ROLLBACK');
      await client.query('BEGIN');
      await enqueueJob(client, 'test.transactional', { attempt: 'committed' });
      await client.query('COMMIT');
    });
    await waitFor(() => expect(ran).toEqual([{ attempt: 'committed' }]));
    await waitFor(async () =>
      expect((await jobsNamed('test.transactional')).map((job) => job.state)).toEqual(['completed']),
    );
  });

  test('waits its time, and is never dropped for its age', async () => {
    await enqueueJob(app, 'test.later', {}, { startAfterSeconds: 3600 });
    const queue = await startQueue([{ ...quick, name: 'test.later', run: async () => {} }]);
    const [job] = await jobsNamed('test.later');
    expect(job?.keep_days).toBeGreaterThan(18_000);
    expect(await queue.counts()).toContainEqual({
      name: 'test.later',
      waiting: 1,
      running: 0,
      failed: 0,
      oldestDueSeconds: 0,
    });
  });

  test('with a singleton key waits once, and with the last payload', async () => {
    await enqueueJob(app, 'test.single', { revision: 1 }, { singletonKey: 'a' });
    await enqueueJob(app, 'test.single', { revision: 2 }, { singletonKey: 'a' });
    await enqueueJob(app, 'test.single', { revision: 1 }, { singletonKey: 'b' });
    await enqueueJob(app, 'test.single', { revision: 1 });
    await enqueueJob(app, 'test.single', { revision: 1 });
    const jobs = await jobsNamed('test.single');
    expect(jobs.map((job) => job.data)).toHaveLength(4);
    expect(jobs.map((job) => job.data)).toContainEqual({ revision: 2 });
  });

  test('with a singleton key does not start before the transaction that counted on it commits', async () => {
    const seen: unknown[] = [];
    await enqueueJob(app, 'test.counted-on', { by: 'first' }, { singletonKey: 'k' });
    await onConnection(database.app, async (client) => {
      await client.query('BEGIN');
      await enqueueJob(client, 'test.counted-on', { by: 'second' }, { singletonKey: 'k' });
      await startQueue([
        { ...quick, name: 'test.counted-on', run: async (payload) => void seen.push(payload) },
      ]);
      await enqueueJob(app, 'test.counted-on', { by: 'passer' });
      await waitFor(() => expect(seen).toEqual([{ by: 'passer' }]));
      await client.query('COMMIT');
    });
    await waitFor(() => expect(seen).toEqual([{ by: 'passer' }, { by: 'second' }]));
  });
});

describe('failing, dying and stopping', () => {
  test('tries again as often as agreed, then stands in the dead letters, and can be put back', async () => {
    const attempts: number[] = [];
    let broken = true;
    const queue = await startQueue([
      {
        ...quick,
        name: 'test.broken',
        run: async (_payload, { attempt }) => {
          attempts.push(attempt);
          if (broken) throw Object.assign(new Error('no luck'), { token: 'do-not-store' });
        },
      },
    ]);
    await enqueueJob(app, 'test.broken', { id: 1 });
    const counts = async () => (await queue.counts()).find((count) => count.name === 'test.broken');
    await waitFor(
      async () => expect(await counts()).toMatchObject({ waiting: 0, running: 0, failed: 1 }),
      30_000,
    );
    expect(attempts).toEqual([1, 2, 3]);
    const { rows } = await admin.query(
      `SELECT source_output::text AS output FROM pgboss.job WHERE name = 'dead-letter'`,
    );
    expect(rows[0].output).toContain('no luck');
    expect(rows[0].output).not.toContain('do-not-store');

    broken = false;
    expect(await queue.retryFailed('test.broken')).toBe(1);
    await waitFor(async () => expect(await counts()).toMatchObject({ waiting: 0, running: 0, failed: 0 }));
    expect(attempts).toEqual([1, 2, 3, 1]);
  });

  test('delays a retry longer with every try, with jitter', async () => {
    await startQueue([
      {
        name: 'test.slow-down',
        retry: { limit: 5, delaySeconds: 100, backoff: true },
        leaseSeconds: 60,
        run: async () => {
          throw new Error('down');
        },
      },
    ]);
    for (let id = 0; id < 5; id++) await enqueueJob(app, 'test.slow-down', { id });
    const delays = await waitFor(async () => {
      const { rows } = await admin.query(
        `SELECT extract(epoch FROM start_after - now())::int AS delay FROM pgboss.job WHERE name = 'test.slow-down' AND state = 'retry'`,
      );
      expect(rows).toHaveLength(5);
      return rows.map((row) => Number(row.delay));
    });
    expect(Math.min(...delays)).toBeGreaterThan(80);
    expect(Math.max(...delays)).toBeLessThanOrEqual(200);
    expect(new Set(delays).size).toBeGreaterThan(1);
  });

  test(
    'is taken over within 30 seconds of a kill -9, whatever its retry delay',
    { timeout: 60_000 },
    async () => {
      await enqueueJob(app, 'test.outlives-its-worker', { id: 1 });
      const fixture = fileURLToPath(new URL('worker-to-kill.fixture.ts', import.meta.url));
      const child = spawn(process.execPath, [fixture, database.worker], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      const ran: number[] = [];
      await startQueue([
        {
          name: 'test.outlives-its-worker',
          retry: { limit: 3, delaySeconds: 600, backoff: true },
          leaseSeconds: 600,
          run: async (_payload, { attempt }) => void ran.push(attempt),
        },
      ]);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const killedAt = performance.now();
      await waitFor(() => expect(ran).toEqual([2]), 30_000);
      expect(performance.now() - killedAt).toBeLessThan(30_000);
    },
  );

  test('is waited for by a stop', async () => {
    const release = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<void>();
    const queue = await startQueue([
      {
        ...quick,
        name: 'test.finishes',
        run: async () => {
          taken.resolve();
          await release.promise;
        },
      },
    ]);
    await enqueueJob(app, 'test.finishes', {});
    await taken.promise;
    const stopped = queue.stop();
    release.resolve();
    await stopped;
    expect((await jobsNamed('test.finishes')).map((job) => job.state)).toEqual(['completed']);
  });
});

/** A schedule names a minute of the real clock: with too little left of this one it is tried in the next. */
async function minuteWithTimeLeft(milliseconds: number): Promise<Date> {
  const left = 60_000 - (Date.now() % 60_000);
  if (left < milliseconds) await pause(left + 100);
  return new Date();
}

test('a schedule runs once with two workers', { timeout: 150_000 }, async () => {
  const ran: string[] = [];
  const now = await minuteWithTimeLeft(40_000);
  const scheduled = (worker: string): JobDefinition => ({
    ...quick,
    name: 'test.scheduled',
    schedule: `${now.getUTCMinutes()} ${now.getUTCHours()} * * *`,
    run: async () => void ran.push(worker),
  });
  const passes = async () =>
    (await admin.query('SELECT cron_on FROM pgboss.version')).rows[0].cron_on as Date | null;
  await Promise.all([startQueue([scheduled('first')]), startQueue([scheduled('second')])]);
  await waitFor(() => expect(ran).toHaveLength(1), 30_000);
  const seen = await passes();
  await waitFor(async () => expect(await passes()).not.toEqual(seen), 40_000);
  expect(ran).toHaveLength(1);
  expect((await jobsNamed('test.scheduled')).map((job) => job.state)).toEqual(['completed']);
});
