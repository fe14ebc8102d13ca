/** Where tests of screens with something on them begin: the demo with the built browser app, and a browser. */
import { afterAll, beforeAll } from 'vitest';
import { startDemo } from './demo.ts';
import type { TestSwitchboard } from './switchboard.ts';
import { browser } from './with-chromium.ts';

export { browser };
export let switchboard: TestSwitchboard;

beforeAll(async () => {
  switchboard = await startDemo();
});
afterAll(() => switchboard.stop());
