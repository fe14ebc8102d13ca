/** The demo on a test's own server, as `npm start -- --demo` makes it. */
import { ensureWebBuilt } from '../../scripts/build-web.ts';
import { makeDemo } from '../../src/demo/make-demo.ts';
import { startTestSwitchboard, type TestSwitchboard } from './switchboard.ts';
import { printFigure } from './print-figure.ts';

export const DEMO_PASSWORD = 'a password for the demo';

/** Starts it with a built browser app. */
export async function startDemo(): Promise<TestSwitchboard> {
  await ensureWebBuilt(printFigure);
  const switchboard = await startTestSwitchboard();
  await makeDemo(switchboard, { password: DEMO_PASSWORD, print: () => undefined });
  return switchboard;
}
