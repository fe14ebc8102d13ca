/** Every name of the list is a call in the code, every call has a name of the list, and nothing that ships can arm one. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { armFailpoints, disarmFailpoints, failpoint, FailpointReached, FAILPOINTS } from './failpoints.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const OWN = /platform\/failpoints(\.test)?\.ts$/;

/** How often each text is found in what ships. */
function findAll(pattern: RegExp): string[] {
  const files = globSync('{src,cli,simulator}/**/*.{ts,js}', { cwd: ROOT }).filter((file) => !OWN.test(file));
  return files.flatMap((file) =>
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(pattern)].map((match) => match[1] ?? match[0]),
  );
}

afterEach(disarmFailpoints);

test('every failpoint of the list stands once in the code, and no other', () => {
  expect(findAll(/\bfailpoint\(\s*'([^']*)'/g).toSorted()).toEqual(FAILPOINTS.toSorted());
  expect(findAll(/\bfailpoint\((?!\s*')/g)).toEqual([]);
});

test('nothing that ships arms a failpoint', () => {
  expect(findAll(/armFailpoints/g)).toEqual([]);
});

test('a failpoint that is not armed does nothing', () => {
  armFailpoints('inbound.stored:throw');
  expect(failpoint('inbound.storing')).toBeUndefined();
});

test('an armed failpoint throws once, at the given time', async () => {
  armFailpoints('inbound.stored:throw@2');
  expect(failpoint('inbound.stored')).toBeUndefined();
  await expect(failpoint('inbound.stored')).rejects.toThrow(FailpointReached);
  expect(failpoint('inbound.stored')).toBeUndefined();
});

test('a failpoint that delays does so each time', async () => {
  armFailpoints('inbound.stored:delay=20');
  for (let time = 0; time < 2; time++) {
    const start = performance.now();
    await failpoint('inbound.stored');
    expect(performance.now() - start).toBeGreaterThan(15);
  }
});

test.each(['inbound.nowhere:kill', 'inbound.stored:explode', 'inbound.stored'])(
  'arming "%s" is refused',
  (plan) => {
    expect(() => armFailpoints(plan)).toThrow('There is no failpoint');
  },
);
