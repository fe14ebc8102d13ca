import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadOrGenerate } from './generated-secrets.ts';

const run = promisify(execFile);
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'switchboard-secrets-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('a generated secret', () => {
  it('is made once and kept, for its owner alone', async () => {
    const dataDir = join(root, 'new', 'data');
    const first = await loadOrGenerate(dataDir, 'encryption-key', 32);
    expect(first).toHaveLength(32);
    expect(await loadOrGenerate(dataDir, 'encryption-key', 32)).toEqual(first);
    expect(await loadOrGenerate(dataDir, 'session-secret', 32)).not.toEqual(first);
    const modes = await Promise.all(
      [dataDir, join(dataDir, 'encryption-key')].map(async (path) => (await stat(path)).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o600]);
    expect(await readdir(dataDir)).toEqual(['encryption-key', 'session-secret']);
  });

  it('is the same for all who start at once, in one process or several', async () => {
    const together = await Promise.all(Array.from({ length: 20 }, () => loadOrGenerate(root, 'a', 32)));
    expect(new Set(together.map((secret) => secret.toString('hex'))).size).toBe(1);
    const module = new URL('./generated-secrets.ts', import.meta.url).href;
    const script = `const { loadOrGenerate } = await import(${JSON.stringify(module)});
      process.stdout.write((await loadOrGenerate(${JSON.stringify(root)}, 'b', 32)).toString('hex'));`;
    const processes = await Promise.all(
      Array.from({ length: 4 }, () => run(process.execPath, ['--input-type=module', '-e', script])),
    );
    expect(new Set(processes.map(({ stdout }) => stdout)).size).toBe(1);
    expect((await readdir(root)).sort()).toEqual(['a', 'b']);
  });

  it('is not replaced when its file is damaged', async () => {
    await writeFile(join(root, 'a'), 'c2hvcnQ=\n');
    await expect(loadOrGenerate(root, 'a', 32)).rejects.toThrow(/does not hold 32 bytes.*backup/);
  });

  it('has a name that stays inside the data directory', async () => {
    await expect(loadOrGenerate(root, '../a', 32)).rejects.toThrow(/not a name/);
  });
});
