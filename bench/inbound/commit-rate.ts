/**
 * What the database does alone: deliveries stored one a transaction, by PostgreSQL's own pgbench where it is installed (Debian: postgresql-contrib),
 * otherwise by a loop of ours of the same kind.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';

const CLIENTS = 16;

export type CommitRate = { tool: string; perSecond: number };

/** Transactions a second of 16 clients that each store one delivery of 1.5 KB and commit. */
export async function measureCommits(databaseUrl: string, seconds: number): Promise<CommitRate> {
  const statement = `SELECT app.store_deliveries(decode(repeat('61', 1500), 'hex'), ARRAY[1500], ARRAY['install'], ARRAY['77'])`;
  return (
    runPgbench(databaseUrl, `${statement};\n`, seconds) ?? {
      tool: 'a loop of our own',
      perSecond: await runLoop(databaseUrl, statement, seconds),
    }
  );
}

function runPgbench(databaseUrl: string, script: string, seconds: number): CommitRate | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'switchboard-pgbench-'));
  const file = path.join(directory, 'store.sql');
  writeFileSync(file, script);
  const settings = ['-n', '-c', String(CLIENTS), '-T', String(seconds), '-M', 'prepared', '-f', file];
  const { stdout } = spawnSync('pgbench', [...settings, databaseUrl], { encoding: 'utf8' });
  rmSync(directory, { recursive: true, force: true });
  const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
  return tps === undefined ? null : { tool: 'pgbench', perSecond: Number(tps) };
}

async function runLoop(databaseUrl: string, statement: string, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let commits = 0;
  const client = async () => {
    const connection = new pg.Client(databaseUrl);
    await connection.connect();
    for (; performance.now() < end; commits++) await connection.query({ name: 'store', text: statement });
    await connection.end();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return commits / seconds;
}
