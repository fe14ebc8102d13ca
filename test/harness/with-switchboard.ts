/**
 * A file of tests that imports `switchboard` has a whole one: it starts before the first test and stops after the last. The name is
 * bound when it has started, so it is used in hooks and tests, never while the file is read. Settings of one's own need
 * `startTestSwitchboard`.
 */
import { afterAll, beforeAll } from 'vitest';
import { startTestSwitchboard, type TestSwitchboard } from './switchboard.ts';

export let switchboard: TestSwitchboard;

beforeAll(async () => {
  switchboard = await startTestSwitchboard();
});
afterAll(() => switchboard.stop());
