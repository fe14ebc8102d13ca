/** The folder of the files, where it is not what it should be. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { MediaFiles } from './media-files.ts';

const place = mkdtempSync(path.join(tmpdir(), 'switchboard-media-'));
afterAll(() => rmSync(place, { recursive: true }));

async function listOld(dataDir: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of new MediaFiles(dataDir).olderThan(0)) names.push(name);
  return names;
}

test('a folder that is not there yet has no old files', async () => {
  expect(await listOld(path.join(place, 'not-yet'))).toEqual([]);
});

test('one that cannot be read is a fault, not a folder without files', async () => {
  const file = path.join(place, 'a-file');
  writeFileSync(file, '');
  await expect(listOld(file)).rejects.toMatchObject({ code: 'ENOTDIR' });
});
