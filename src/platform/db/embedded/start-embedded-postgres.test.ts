import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { afterEach, describe, expect, test } from 'vitest';
import { runEmbeddedPostgres } from '../../../../test/harness/embedded-postgres-process.ts';
import type {
  EmbeddedPostgresProcess,
  HolderOptions,
} from '../../../../test/harness/embedded-postgres-process.ts';
import { findHolder } from './holder-lock.ts';
import { findRunningServer } from './postmaster-file.ts';
import type { RunningServer } from './postmaster-file.ts';
import { readInstallationRecord } from './installation-record.ts';
import { spawnAs } from './server-account.ts';
import type { ServerAccount } from './server-account.ts';

const isRoot = process.getuid?.() === 0;
const nobody: ServerAccount = { name: 'nobody', uid: numberOf('-u'), gid: numberOf('-g') };
const users: [string, ServerAccount | undefined][] = isRoot
  ? [
      ['root', undefined],
      ['an ordinary user', nobody],
    ]
  : [['an ordinary user', undefined]];

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

describe.each(users)('started by %s', (_name, user) => {
  test('serves a database in UTF-8 from a path with spaces and letters of any language', async () => {
    const dataDir = makeDirectory(user);
    const { adminUrl } = await ready(
      run({ dataDir, user, env: { PGPORT: '1', PGDATA: '/nowhere', PGHOST: '/nowhere' } }),
    );
    const { rows } = await query(
      adminUrl,
      `select current_database() as database, current_setting('server_encoding') as encoding, lower('ÄΩ') as lower,
              current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets`,
    );
    expect(rows).toEqual([
      { database: 'switchboard', encoding: 'UTF8', lower: 'äω', addresses: '127.0.0.1', sockets: '' },
    ]);
    expect(statSync(clusterOf(dataDir)).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'embedded-postgres.json')).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o007).toBe(0);
  });

  test('adopts the server that a killed program left running', async () => {
    const dataDir = makeDirectory(user);
    const killed = run({ dataDir, user });
    const { adminUrl } = await ready(killed);
    await query(adminUrl, 'create table kept (id int); insert into kept values (7)');
    const before = serverOf(dataDir);
    killed.kill('SIGKILL');
    await killed.ended;
    const next = await ready(run({ dataDir, user }));
    expect(serverOf(dataDir)).toEqual(before);
    expect((await query(next.adminUrl, 'select id from kept')).rows).toEqual([{ id: 7 }]);
  });

  test('recovers when program and server were killed and the ids of both belong to others now', async () => {
    const dataDir = makeDirectory(user);
    const killed = run({ dataDir, user, durable: true });
    const { adminUrl } = await ready(killed);
    await query(adminUrl, 'create table kept (id int); insert into kept values (7)');
    killed.kill('SIGKILL');
    await killServer(dataDir);
    const stranger = await runStranger(statSync(clusterOf(dataDir)));
    const file = join(clusterOf(dataDir), 'postmaster.pid');
    const [, ...lines] = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [stranger, ...lines].join('\n'));
    rewriteHolder(dataDir, (holder) => ({ ...holder, pid: stranger }));
    const next = await ready(run({ dataDir, user, durable: true }));
    expect((await query(next.adminUrl, 'select id from kept')).rows).toEqual([{ id: 7 }]);
    expect(() => process.kill(stranger, 0)).not.toThrow();
  });

  test('begins again after a kill while the cluster was being made', async () => {
    const dataDir = makeDirectory(user);
    const killed = run({ dataDir, user });
    await killed.logged(/Creating/);
    killed.kill('SIGKILL');
    await killed.ended;
    expect(existsSync(clusterOf(dataDir))).toBe(false);
    const next = await ready(run({ dataDir, user }));
    expect((await query(next.adminUrl, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
    expect(readdirSync(join(clusterOf(dataDir), '..')).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('stops the server in order and gives the directory back', async () => {
    const dataDir = makeDirectory(user);
    const holder = run({ dataDir, user });
    const { port } = await ready(holder);
    holder.kill('SIGTERM');
    expect(await holder.ended).toBe(0);
    expect(existsSync(join(clusterOf(dataDir), 'postmaster.pid'))).toBe(false);
    expect((await ready(run({ dataDir, user }))).port).toBe(port);
  });
});

describe('started by whoever runs the tests', () => {
  test('lets nobody in without the password', async () => {
    const { adminUrl } = await ready(run({ dataDir: makeDirectory() }));
    const url = new URL(adminUrl);
    url.password = 'a guess';
    await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('refuses a second start at once and says who is there', async () => {
    const dataDir = makeDirectory();
    const first = run({ dataDir, role: 'switchboard start', address: 'http://localhost:3000' });
    await ready(first);
    const second = run({ dataDir });
    const { refused } = await second.outcome;
    expect(refused?.fault).toBe('held');
    expect(refused?.message).toMatch(
      new RegExp(
        `process ${first.pid} \\(switchboard start\\) since \\d{4}-.*serving at http://localhost:3000`,
      ),
    );
    expect(await second.ended).toBe(1);
  });

  test('lets exactly one of those win that start at the same moment', async () => {
    const dataDir = makeDirectory();
    const contenders = Array.from({ length: 5 }, () => run({ dataDir }));
    const outcomes = await Promise.all(contenders.map((contender) => contender.outcome));
    const winners = contenders.filter((_, index) => outcomes[index]?.ready);
    expect(winners).toHaveLength(1);
    const refusals = outcomes.flatMap((outcome) => outcome.refused?.message ?? []);
    expect(refusals).toHaveLength(4);
    for (const message of refusals) expect(message).toContain(`process ${winners[0]?.pid} `);
  });

  test('starts a server that crashed again, where connections find it', async () => {
    const dataDir = makeDirectory();
    const holder = run({ dataDir, durable: true });
    const { adminUrl } = await ready(holder);
    await query(adminUrl, 'create table kept (id int); insert into kept values (7)');
    await killServer(dataDir);
    await holder.logged(/has crashed/);
    await holder.logged(/runs again/);
    expect((await query(adminUrl, 'select id from kept')).rows).toEqual([{ id: 7 }]);
  });

  test('leaves a server down that somebody shut down, and says how to go on', async () => {
    const dataDir = makeDirectory();
    const holder = run({ dataDir });
    await ready(holder);
    process.kill(serverOf(dataDir)?.pid ?? 0, 'SIGINT');
    expect(await holder.logged(/shut the embedded PostgreSQL down/)).toContain('Restart Switchboard');
    expect(serverOf(dataDir)).toBeNull();
    holder.kill('SIGTERM');
    expect(await holder.ended).toBe(0);
    await ready(run({ dataDir }));
  });

  test('waits for a program that is stopping, as in a restart', async () => {
    const dataDir = makeDirectory();
    const first = run({ dataDir });
    await ready(first);
    first.kill('SIGTERM');
    await expect
      .poll(() => findHolder(dataDir)?.stopping ?? !findHolder(dataDir), { interval: 1 })
      .toBe(true);
    await ready(run({ dataDir }));
    expect(await first.ended).toBe(0);
  });

  test('lets a command use the server of the running program and leave it running', async () => {
    const dataDir = makeDirectory();
    const { adminUrl } = await ready(run({ dataDir }));
    const command = run({ dataDir, hold: false });
    expect((await ready(command)).adminUrl).toBe(adminUrl);
    command.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    expect((await query(adminUrl, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('lets a command wait for a program that is just starting', async () => {
    const dataDir = makeDirectory();
    const program = run({ dataDir });
    await program.logged(/Creating/);
    const command = run({ dataDir, hold: false });
    expect((await ready(command)).adminUrl).toBe((await ready(program)).adminUrl);
  });

  test('runs the server for a command alone when no program does', async () => {
    const dataDir = makeDirectory();
    const command = run({ dataDir, hold: false });
    await ready(command);
    command.kill('SIGTERM');
    expect(await command.ended).toBe(0);
    expect(serverOf(dataDir)).toBeNull();
  });

  test('does not guess when the record with the password is lost', async () => {
    const dataDir = makeDirectory();
    const holder = run({ dataDir });
    await ready(holder);
    holder.kill('SIGTERM');
    await holder.ended;
    rmSync(join(dataDir, 'embedded-postgres.json'));
    const { refused } = await run({ dataDir }).outcome;
    expect(refused).toMatchObject({ fault: 'cluster_unusable', message: expect.stringContaining('backup') });
  });
});

describe.runIf(isRoot)('as root, with a database that runs as another account', () => {
  test('refuses an ordinary user later, and says what to do', async () => {
    const dataDir = makeDirectory();
    const holder = run({ dataDir });
    await ready(holder);
    holder.kill('SIGTERM');
    await holder.ended;
    const { refused } = await run({ dataDir, user: nobody }).outcome;
    expect(refused?.fault).toBe('not_accessible');
    expect(refused?.message).toMatch(/belongs to root.*start Switchboard as root again/);
  });

  test('runs the database of an ordinary user as that user, who can start it again', async () => {
    const dataDir = makeDirectory(nobody);
    for (const user of [nobody, undefined, nobody]) {
      const holder = run({ dataDir, user });
      await ready(holder);
      expect(statSync(`/proc/${serverOf(dataDir)?.pid}`).uid).toBe(nobody.uid);
      holder.kill('SIGTERM');
      await holder.ended;
    }
  });

  test('stops and restarts the server also when the directory was closed to the account meanwhile', async () => {
    const dataDir = makeDirectory();
    const holder = run({ dataDir, durable: true });
    const { adminUrl } = await ready(holder);
    chmodSync(dataDir, 0o700);
    await killServer(dataDir);
    await holder.logged(/runs again/);
    await query(adminUrl, 'select 1');
    chmodSync(dataDir, 0o700);
    holder.kill('SIGTERM');
    expect(await holder.ended).toBe(0);
    expect(serverOf(dataDir)).toBeNull();
  });

  test('keeps the database elsewhere when the account cannot enter the directory', async () => {
    const dataDir = join(makeClosedDirectory(), 'data');
    const first = run({ dataDir });
    await query((await ready(first)).adminUrl, 'create table kept (id int); insert into kept values (7)');
    const home = readInstallationRecord(dataDir)?.home ?? '';
    expect(isAbsolute(home)).toBe(true);
    first.kill('SIGTERM');
    await first.ended;
    const second = run({ dataDir });
    expect((await query((await ready(second)).adminUrl, 'select id from kept')).rows).toEqual([{ id: 7 }]);
    second.kill('SIGTERM');
    await second.ended;
  });

  test('refuses a copy of a data directory whose database is elsewhere, and takes a moved one', async () => {
    const parent = makeClosedDirectory();
    const first = run({ dataDir: join(parent, 'data') });
    await ready(first);
    first.kill('SIGTERM');
    await first.ended;
    cpSync(join(parent, 'data'), join(parent, 'copy'), { recursive: true });
    const { refused } = await run({ dataDir: join(parent, 'copy') }).outcome;
    expect(refused).toMatchObject({
      fault: 'cluster_unusable',
      message: expect.stringContaining('is a copy of'),
    });
    rmSync(join(parent, 'data'), { recursive: true });
    await ready(run({ dataDir: join(parent, 'copy') }));
  });

  test('starts afresh when the data directory was deleted, and sets the old database aside', async () => {
    const dataDir = join(makeClosedDirectory(), 'data');
    const first = run({ dataDir });
    await query((await ready(first)).adminUrl, 'create table kept (id int)');
    const home = readInstallationRecord(dataDir)?.home ?? '';
    first.kill('SIGTERM');
    await first.ended;
    rmSync(dataDir, { recursive: true });
    const second = run({ dataDir });
    const { rows } = await query((await ready(second)).adminUrl, "select to_regclass('kept') as kept");
    expect(rows).toEqual([{ kept: null }]);
    const aside = readdirSync(join(home, '..')).filter((name) =>
      join(home, '..', name).startsWith(`${home}.before-`),
    );
    expect(aside).toHaveLength(1);
  });
});

function run(options: HolderOptions): EmbeddedPostgresProcess {
  const holder = runEmbeddedPostgres({ durable: false, ...options });
  cleanUps.push(async () => {
    holder.kill('SIGTERM');
    await holder.ended;
  });
  return holder;
}

async function ready(holder: EmbeddedPostgresProcess): Promise<{ adminUrl: string; port: number }> {
  const outcome = await holder.outcome;
  if (!outcome.ready) throw new Error(outcome.refused?.message);
  return outcome.ready;
}

/** A directory of the user's own, deleted after the test with what its database has elsewhere. */
function makeDirectory(user?: ServerAccount): string {
  const parent = mkdtempSync(join(tmpdir(), 'switchboard-embedded-'));
  cleanUps.push(() => rmSync(parent, { recursive: true, force: true }));
  chmodSync(parent, 0o755);
  const directory = join(parent, 'Büro – données 数据');
  mkdirSync(directory, { mode: 0o700 });
  if (user) chownSync(directory, user.uid, user.gid);
  return directory;
}

/** A directory that only root can enter, as /root is. */
function makeClosedDirectory(): string {
  const parent = mkdtempSync(join(tmpdir(), 'switchboard-embedded-'));
  cleanUps.push(() => {
    for (const name of readdirSync(parent)) {
      const home = readInstallationRecord(join(parent, name))?.home ?? '';
      if (!isAbsolute(home)) continue;
      for (const aside of readdirSync(join(home, '..'))) {
        if (join(home, '..', aside).startsWith(home)) rmSync(join(home, '..', aside), { recursive: true });
      }
    }
    rmSync(parent, { recursive: true, force: true });
  });
  chmodSync(parent, 0o700);
  return parent;
}

function clusterOf(dataDir: string): string {
  const home = readInstallationRecord(dataDir)?.home ?? 'postgres';
  return join(isAbsolute(home) ? home : join(dataDir, home), 'data');
}

function serverOf(dataDir: string): RunningServer | null {
  return findRunningServer(clusterOf(dataDir));
}

async function killServer(dataDir: string): Promise<void> {
  const pid = serverOf(dataDir)?.pid;
  if (pid === undefined) throw new Error('no server runs');
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => serverOf(dataDir), { interval: 5 }).toBeNull();
}

/** A process that has nothing to do with us, of the user that owns the cluster: PostgreSQL takes its id for a server's. */
async function runStranger({ uid, gid }: { uid: number; gid: number }): Promise<number> {
  const stranger = spawn('sleep', ['600'], {
    ...spawnAs(isRoot ? { name: '', uid, gid } : null),
    stdio: 'ignore',
  });
  await once(stranger, 'spawn');
  cleanUps.push(async () => {
    stranger.kill('SIGKILL');
    await once(stranger, 'exit');
  });
  return stranger.pid ?? 0;
}

function rewriteHolder(dataDir: string, change: (holder: object) => object): void {
  const directory = join(dataDir, 'holder');
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as object)));
  }
}

async function query(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

function numberOf(option: string): number {
  return Number(spawnSync('id', [option, 'nobody'], { encoding: 'utf8' }).stdout);
}
