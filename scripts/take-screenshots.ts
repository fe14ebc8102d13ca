/**
 * Takes the pictures of the README: the inbox of the demo, light and dark, in Chromium. Starts a demo of its own in a directory that
 * is deleted afterwards, so that the pictures show what `npm start -- --demo` shows.
 */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../test/harness/chromium.ts';
import { makeDataDirectory, startServerProcess } from '../test/harness/server-process.ts';
import { ensureWebBuilt } from './build-web.ts';

const IMAGES = fileURLToPath(new URL('../docs/images', import.meta.url));
const PASSWORD = 'a password for pictures';
const SIZE = { width: 1440, height: 900 };

type Picture = { url: string; theme: 'light' | 'dark'; file: string };

async function takePicture(browser: Browser, { url, theme, file }: Picture): Promise<void> {
  const page = await browser.newPage({
    viewport: SIZE,
    colorScheme: theme,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Email').fill('agent1@demo.test');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('link', { name: /Kenji Watanabe/u }).click();
  const thread = page.getByRole('region', { name: 'Conversation' });
  await thread.getByText('Noted. I have three that fit').waitFor();
  await thread.getByRole('textbox', { name: 'Message' }).waitFor();
  await page.screenshot({ path: file, animations: 'disabled' });
  await page.close();
  console.log(`${file}: ${String(Math.round(statSync(file).size / 1024))} KiB`);
}

async function takeAll(): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  await ensureWebBuilt((line) => console.log(line));
  const { dataDir, remove } = makeDataDirectory();
  const server = await startServerProcess({ dataDir, args: ['--demo'], env: { DEMO_PASSWORD: PASSWORD } });
  await server.ready;
  const browser = await launchChromium();
  // The browser's cookies belong to the host that links name.
  const url = server.url.replace('127.0.0.1', 'localhost');
  try {
    await takePicture(browser, { url, theme: 'light', file: join(IMAGES, 'inbox.png') });
    await takePicture(browser, { url, theme: 'dark', file: join(IMAGES, 'inbox-dark.png') });
  } finally {
    await browser.close();
    server.kill('SIGTERM');
    await server.ended;
    remove();
  }
}

await takeAll();
