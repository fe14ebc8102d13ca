import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findHolder, isLock, tryToHold } from './holder-lock.ts';
import type { HolderLock } from './holder-lock.ts';
import { identifyProcess } from './process-identity.ts';

let dataDir: string;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'switchboard-lock-'));
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test('tells the second who has it, since when and where', () => {
  const before = Date.now();
  hold('the first').announce('http://localhost:3000');
  expect(tryToHold(dataDir, 'the second')).toMatchObject({
    pid: process.pid,
    role: 'the first',
    address: 'http://localhost:3000',
  });
  expect(Date.parse(findHolder(dataDir)?.since ?? '')).toBeGreaterThanOrEqual(before);
});

test('can be taken again after it was given back, and giving back twice does nothing', () => {
  const first = hold('the first');
  first.release();
  expect(findHolder(dataDir)).toBeNull();
  hold('the second');
  first.release();
  expect(findHolder(dataDir)?.role).toBe('the second');
});

test('keeps one file however often it is taken', () => {
  for (let round = 0; round < 5; round += 1) hold(`round ${round}`).release();
  expect(readdirSync(join(dataDir, 'holder'))).toEqual(['5.json']);
});

test('is taken over from a process id that means another process now', () => {
  hold('long gone').release();
  writeHolder(2, {
    pid: process.pid,
    processStartedAt: 'another boot/1',
    role: 'gone',
    since: '',
    address: null,
  });
  hold('the next');
  expect(findHolder(dataDir)?.role).toBe('the next');
});

test('is taken over from a program that was killed while it wrote its name', () => {
  hold('long gone').release();
  const file = join(dataDir, 'holder', '2.json');
  writeFileSync(file, '');
  const tenSecondsAgo = Date.now() / 1_000 - 10;
  utimesSync(file, tenSecondsAgo, tenSecondsAgo);
  hold('the next');
  expect(findHolder(dataDir)?.role).toBe('the next');
});

test('identifies this process by a start time that another one does not share', () => {
  const self = identifyProcess(process.pid);
  const parent = identifyProcess(process.ppid);
  expect(self).toMatchObject({ commandLine: expect.stringContaining('node') });
  expect(typeof self === 'object' && typeof parent === 'object' && self.startedAt !== parent.startedAt).toBe(
    true,
  );
});

function hold(role: string): HolderLock {
  const result = tryToHold(dataDir, role);
  if (!isLock(result)) throw new Error(`held by ${result.role}`);
  return result;
}

function writeHolder(number: number, content: object): void {
  writeFileSync(join(dataDir, 'holder', `${number}.json`), JSON.stringify(content));
}
