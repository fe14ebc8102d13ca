/** A browser for a whole file of tests, by importing it; bound when it has started, as `switchboard` is (with-switchboard.ts). */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchChromium } from './chromium.ts';

export let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
