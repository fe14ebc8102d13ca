/**
 * A new encryption key for 100,000 stored tokens, on a cluster of its own with the settings of a real install (everything synced), while
 * one connection reads tokens all the time as sending does. The figure: how long, how many a second, and what the reader noticed.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { rotateSecrets } from '../src/platform/crypto/rotate-secrets.ts';
import { SecretBox } from '../src/platform/crypto/secret-box.ts';
import { connectionOptions, createPool, withRole } from '../src/platform/db/connection.ts';
import { startEmbeddedPostgres } from '../src/platform/db/embedded/start-embedded-postgres.ts';
import { migrate } from '../src/platform/db/migrate.ts';

const PASSWORDS = { app: 'bench-app', worker: 'bench-worker' };
const quiet = { info: () => undefined, warn: console.warn, error: console.error };
const BATCH = 5_000;

export async function benchRotation(small: boolean): Promise<void> {
  const tokens = small ? 10_000 : 100_000;
  const dataDir = mkdtempSync(path.join(tmpdir(), 'switchboard-bench-'));
  const server = await startEmbeddedPostgres({ dataDir, log: quiet, role: 'a benchmark' });
  const admin = new pg.Client(server.adminUrl);
  try {
    await migrate({
      adminUrl: server.adminUrl,
      passwords: PASSWORDS,
      settings: { agent_tables_limit: '1000' },
    });
    await admin.connect();
    const [older, newer] = [randomBytes(32), randomBytes(32)];
    await fill(admin, new SecretBox([older]), tokens);
    const figures = await rotate(server.adminUrl, new SecretBox([newer, older]), admin);
    console.log(
      `\n${String(tokens)} tokens under a new key: ${(figures.ms / 1000).toFixed(1)} s, ${String(
        Math.round(tokens / (figures.ms / 1000)),
      )} a second; ${String(figures.reads)} reads meanwhile, none failed, the slowest ${figures.slowest.toFixed(1)} ms`,
    );
  } finally {
    await admin.end();
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function fill(admin: pg.Client, box: SecretBox, tokens: number): Promise<void> {
  const { rows } = await admin.query<{ id: string }>(
    `SELECT app.register_organization('firm', 'Firm', 'Owner', 'owner@bench.test', 'x', 'agt_owner') AS id`,
  );
  const userId = rows[0]?.id ?? '';
  for (let from = 0; from < tokens; from += BATCH) {
    const ids = Array.from({ length: BATCH }, (_, n) => String(1_000_000 + from + n));
    const sealed = ids.map((id) =>
      box.seal(`EAA${randomBytes(120).toString('hex')}`, {
        table: 'waba_accounts',
        rowId: `${userId}/${id}`,
        column: 'access_token',
      }),
    );
    await admin.query(
      `INSERT INTO waba_accounts (organization_id, user_id, waba_id, access_token)
       SELECT 'firm', $1, * FROM unnest($2::text[], $3::text[])`,
      [userId, ids, sealed],
    );
  }
}

async function rotate(adminUrl: string, secretBox: SecretBox, admin: pg.Client) {
  const fail = (error: Error) => {
    throw error;
  };
  const upkeep = createPool(
    {
      connectionString: withRole(adminUrl, 'switchboard_worker', PASSWORDS.worker),
      name: 'bench',
      max: 1,
      statementTimeoutMs: 600_000,
    },
    fail,
  );
  const reader = new pg.Client(
    connectionOptions({ connectionString: adminUrl, name: 'reader', max: 1, statementTimeoutMs: 60_000 }),
  );
  await reader.connect();
  const { rows } = await admin.query<{ user_id: string; waba_id: string }>(
    'SELECT user_id, waba_id FROM waba_accounts TABLESAMPLE SYSTEM (1)',
  );
  let isDone = false;
  const reading = readAllTheTime({ reader, secretBox, rows, isDone: () => isDone });
  const started = performance.now();
  const databases = { web: upkeep, worker: upkeep, ingest: upkeep, upkeep };
  const { unreadable } = await rotateSecrets({ app: { databases, secretBox }, report: () => undefined });
  const ms = performance.now() - started;
  isDone = true;
  const read = await reading;
  await Promise.all([reader.end(), upkeep.end()]);
  if (unreadable.length > 0) throw new Error(unreadable[0]);
  return { ms, ...read };
}

type Reading = {
  reader: pg.Client;
  secretBox: SecretBox;
  rows: { user_id: string; waba_id: string }[];
  isDone: () => boolean;
};

/** Throws when a token cannot be read or opened. */
async function readAllTheTime({ reader, secretBox, rows, isDone }: Reading) {
  let slowest = 0;
  let reads = 0;
  for (; !isDone(); reads++) {
    const grant = rows[reads % rows.length];
    if (!grant) throw new Error('There is nothing to read.');
    const started = performance.now();
    const found = await reader.query<{ sealed: string }>(
      'SELECT access_token AS sealed FROM waba_accounts WHERE user_id = $1 AND waba_id = $2',
      [grant.user_id, grant.waba_id],
    );
    const place = {
      table: 'waba_accounts',
      rowId: `${grant.user_id}/${grant.waba_id}`,
      column: 'access_token',
    };
    secretBox.open(found.rows[0]?.sealed ?? '', place);
    slowest = Math.max(slowest, performance.now() - started);
  }
  return { reads, slowest };
}
