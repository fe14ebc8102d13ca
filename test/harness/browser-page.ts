/**
 * Pages in Chromium that remember whatever went wrong in them: console errors, uncaught exceptions, violations of the content
 * security policy, answers with a server's fault. `faults` is to be empty at the end of a test.
 */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** The screens on which every page has to be usable, for `test.each`. */
export const SCREENS: [name: string, options: BrowserContextOptions][] = [
  ['desktop', { viewport: { width: 1280, height: 800 } }],
  ['phone', { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'dark' }],
];

export type WatchedPage = { page: Page; faults: string[]; close: () => Promise<void> };

export type PageOptions = BrowserContextOptions & {
  /** A console error that the test provokes, such as the browser's own line about an answer 401. */
  expected?: RegExp;
};

/** A page with cookies and storage of its own: another person's browser. */
export async function openPage(browser: Browser, options: PageOptions = {}): Promise<WatchedPage> {
  const { expected, ...context } = options;
  const opened = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    reducedMotion: 'reduce',
    ...context,
  });
  const page = await opened.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  const note = (fault: string) => {
    if (!expected?.test(fault)) faults.push(fault);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') note(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => note(`exception: ${error.message}`));
  page.on('response', (response) => {
    if (response.status() >= 500) note(`answer ${String(response.status())}: ${response.url()}`);
  });
  await page.exposeBinding('noteViolation', (_source, text: string) => note(`policy: ${text}`));
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    noteViolation(event.violatedDirective + ' blocked ' + event.blockedURI))`);
  return { page, faults, close: () => opened.close() };
}

/** Keeps a picture where SCREENSHOTS says, for people who want to look; nowhere without it. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (!folder) return;
  const target = path.resolve(tmpdir(), folder);
  mkdirSync(target, { recursive: true });
  await page.screenshot({ path: path.join(target, `${name}.png`), animations: 'disabled' });
}

/**
 * Waits for a short message at the edge of the screen. For a moment its words also stand, behind "Notification", where screen readers
 * hear them, so they are looked for as a whole.
 */
export async function sawToast(page: Page, text: string): Promise<void> {
  await page.getByText(text, { exact: true }).waitFor();
}

/**
 * Presses keys one after the other, each when the page has come to rest: no person presses the next one within the same frame, before a
 * dialog that opens listens, or one that closes has given the focus back.
 */
export async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
    );
    await page.keyboard.press(key);
  }
}

/** Signs in by the form. */
export async function signIn(
  page: Page,
  url: string,
  person: { email: string; password: string },
): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
