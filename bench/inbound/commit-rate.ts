/**
 * What the database does alone: deliveries stored one a transaction, by PostgreSQL's own pgbench where it is installed (Debian: postgresql-contrib),
 * otherwise by a loop of ours of the same kind.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

const CLIENTS = 16;

export type Commits = {
  tool: string;
  perSecond: number;
  /** Milliseconds, sorted; of commits at a given rate alone. */
  latencies: number[];
};
type Load = {
  seconds: number;
  /** As many as it takes when absent. */
  perSecond?: number;
};

/** Clients that each store one delivery of 1.5 KB and commit, again and again. */
export async function measureCommits(databaseUrl: string, load: Load): Promise<Commits> {
  const statement = `SELECT app.store_deliveries(decode(repeat('61', 1500), 'hex'), ARRAY[1500], ARRAY['install'], ARRAY['77'])`;
  return runPgbench(databaseUrl, `${statement};\n`, load) ?? (await runLoop(databaseUrl, statement, load));
}

function runPgbench(databaseUrl: string, script: string, { seconds, perSecond }: Load): Commits | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'switchboard-pgbench-'));
  const file = path.join(directory, 'store.sql');
  writeFileSync(file, script);
  const settings = ['-n', '-c', String(CLIENTS), '-T', String(seconds), '-M', 'prepared', '-f', file];
  const paced = perSecond === undefined ? [] : ['-R', String(perSecond), '-l'];
  const { stdout } = spawnSync('pgbench', [...settings, ...paced, databaseUrl], {
    encoding: 'utf8',
    cwd: directory,
  });
  const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
  const latencies = readLog(directory);
  rmSync(directory, { recursive: true, force: true });
  return tps === undefined ? null : { tool: 'pgbench', perSecond: Number(tps), latencies };
}

/** The third field of a line is the transaction's time in microseconds, from when it was due (pgbench, "Per-Transaction Logging"). */
function readLog(directory: string): number[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith('pgbench_log'))
    .flatMap((name) => readFileSync(path.join(directory, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => Number(line.split(' ')[2]) / 1000)
    .sort((a, b) => a - b);
}

async function runLoop(
  databaseUrl: string,
  statement: string,
  { seconds, perSecond }: Load,
): Promise<Commits> {
  const start = performance.now();
  const end = start + seconds * 1000;
  const latencies: number[] = [];
  let begun = 0;
  const client = async () => {
    const connection = new pg.Client(databaseUrl);
    await connection.connect();
    for (let dueAt = start; dueAt < end && performance.now() < end;) {
      dueAt = perSecond === undefined ? performance.now() : start + (begun * 1000) / perSecond;
      begun++;
      const early = dueAt - performance.now();
      if (early > 0) await pause(early);
      await connection.query({ name: 'store', text: statement });
      latencies.push(performance.now() - dueAt);
    }
    await connection.end();
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const tool = 'a loop of our own';
  return { tool, perSecond: latencies.length / seconds, latencies: latencies.sort((a, b) => a - b) };
}
