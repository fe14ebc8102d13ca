/** Every main page, light and dark, wide and narrow, by axe-core: nothing serious or critical. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { keepPicture, openPage, signIn } from '../harness/browser-page.ts';
import { DEMO_PASSWORD } from '../harness/demo.ts';
import { browser, switchboard } from '../harness/with-demo.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Violation = { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] };

/** What axe finds that matters, a line each. */
async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(`${axe}; undefined`);
  const found = await page.evaluate<Violation[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  );
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
    );
}

const looks = [
  { colorScheme: 'light', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'dark', viewport: { width: 1280, height: 800 } },
  { colorScheme: 'light', viewport: { width: 390, height: 844 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

describe.each(looks)('nothing serious, $colorScheme at $viewport.width', (look) => {
  const name = `${look.colorScheme}-${String(look.viewport.width)}`;

  test('from sign-in to connecting', async () => {
    const { page, faults, close } = await openPage(browser, { ...look, expected: /status of 401/ });
    const violations: Record<string, string[]> = {};
    const inspect = async (what: string) => {
      await keepPicture(page, `${name}-${what}`);
      violations[what] = await findViolations(page);
    };
    await page.goto(`${switchboard.url}/register`);
    await page.getByRole('button', { name: 'Create account' }).waitFor();
    await inspect('register');
    await page.goto(`${switchboard.url}/sign-in`);
    await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
    await inspect('sign-in');
    await signIn(page, switchboard.url, { email: 'agent1@demo.test', password: DEMO_PASSWORD });
    const row = page.getByRole('link', { name: /Kenji Watanabe/ });
    await row.waitFor();
    await inspect('inbox');
    await row.click();
    const thread = page.getByRole('region', { name: 'Conversation' });
    await thread.getByText('Noted. I have three that fit').waitFor();
    await inspect('thread');
    await page.goto(`${switchboard.url}/connect`);
    await page.getByRole('heading', { name: 'Connect WhatsApp' }).waitFor();
    await inspect('connect');
    const none = { register: [], 'sign-in': [], inbox: [], thread: [], connect: [] };
    expect(violations).toEqual(none);
    expect(faults).toEqual([]);
    await close();
  });
});

test('the check would find what it looks for', async () => {
  const { page, close } = await openPage(browser, { expected: /status of 401/ });
  await page.goto(`${switchboard.url}/sign-in`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await page.evaluate(`document.querySelector('main').append(document.createElement('button'))`);
  expect(await findViolations(page)).toEqual([expect.stringContaining('button-name')]);
  await close();
});
