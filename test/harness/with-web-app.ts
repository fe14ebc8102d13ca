/** Where tests of screens begin that nobody has used yet: a Switchboard with the built browser app, and a browser. */
import { afterAll, beforeAll } from 'vitest';
import { ensureWebBuilt } from '../../scripts/build-web.ts';
import { printFigure } from './print-figure.ts';
import { startTestSwitchboard, type TestSwitchboard } from './switchboard.ts';
import { browser } from './with-chromium.ts';

export { browser };
export let switchboard: TestSwitchboard;

beforeAll(async () => {
  await ensureWebBuilt(printFigure);
  switchboard = await startTestSwitchboard();
});
afterAll(() => switchboard.stop());
