/** An owner sees who waits, assigns them, and the agent has the conversation at once; putting aside can be undone. */
import { beforeAll, expect, test } from 'vitest';
import { DEMO_ACCOUNT } from '../../src/demo/demo-content.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import {
  keepPicture,
  openPage,
  press,
  sawToast,
  SCREENS,
  signIn,
  type PageOptions,
  type WatchedPage,
} from '../harness/browser-page.ts';
import { deliver, envelope, newWamid, textChange } from '../harness/deliveries.ts';
import { DEMO_PASSWORD } from '../harness/demo.ts';
import { browser, switchboard } from '../harness/with-demo.ts';

const write = async (phone: string, name: string, text: string) => {
  const from = { phone, name };
  await deliver(
    switchboard.url,
    envelope([textChange(DEMO_ACCOUNT.dedicated.id, { from, text, id: newWamid() })]),
  );
  await switchboard.settle();
};

async function writeSixty(phone: string, name: string): Promise<void> {
  const lines = Array.from({ length: 60 }, (_, n) => `Line ${String(n)}`);
  for (const part of [lines.slice(0, 30), lines.slice(30)]) {
    const changes = part.map((text) =>
      textChange(DEMO_ACCOUNT.dedicated.id, { from: { phone, name }, text, id: newWamid() }),
    );
    await deliver(switchboard.url, envelope(changes));
  }
  await switchboard.settle();
}

beforeAll(async () => {
  await queryAsAdmin(
    switchboard.database,
    'UPDATE phone_numbers SET routing = $1 WHERE phone_number_id = $2',
    ['["conversation"]', DEMO_ACCOUNT.dedicated.id],
  );
  await write('4915155501001', 'Rosa Lindner', 'Is the flat on the corner still free?');
  await write('4915155501001', 'Rosa Lindner', 'I could come by on Friday.');
  await write('4915155501002', 'Piet de Wit', 'Hello?');
  await writeSixty('4915155501003', 'Lena Long');
});

const owner = { email: 'owner@demo.test', password: DEMO_PASSWORD };

/** As the owner sees it. */
async function openTriage(options?: PageOptions): Promise<WatchedPage> {
  const opened = await openPage(browser, options);
  await signIn(opened.page, switchboard.url, owner);
  await opened.page.getByRole('link', { name: /^Triage/ }).click();
  return opened;
}

test.each(SCREENS)('on a %s it says who waits and why', async (name, options) => {
  const { page, faults, close } = await openPage(browser, options);
  await signIn(page, switchboard.url, owner);
  await page.getByRole('link', { name: 'Triage, 4 waiting' }).click();
  await page.getByText('I could come by on Friday.').waitFor();
  await keepPicture(page, `triage-${name}`);
  await page.getByRole('textbox', { name: 'Sender' }).fill('+49 151 555 01001');
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.getByText('It would wait in triage').waitFor();
  await page.getByText('It would wait in triage').scrollIntoViewIfNeeded();
  await keepPicture(page, `triage-${name}-explain`);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test('who is put aside comes back by Undo', async () => {
  const { page, faults, close } = await openTriage();
  await page.getByRole('button', { name: 'More for Piet de Wit' }).click();
  await page.getByRole('menuitem', { name: 'Dismiss' }).click();
  await page.getByRole('link', { name: 'Triage, 3 waiting' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Triage, 4 waiting' }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('every message of a sender can be read, back to the first', async () => {
  const { page, faults, close } = await openTriage();
  // With the notice that Switchboard has sent them.
  await page.getByRole('button', { name: 'Show 59 more' }).click();
  await page.getByRole('button', { name: 'Show older (21)' }).click();
  await page.getByText('Line 0', { exact: true }).waitFor();
  const words = page.getByRole('list', { name: 'What Lena Long wrote' }).getByRole('listitem');
  const lines = (await words.allTextContents()).filter((text) => text.startsWith('Line'));
  expect(lines).toEqual(Array.from({ length: 60 }, (_, n) => `Line ${String(n)}`));
  await keepPicture(page, 'triage-all-messages');
  await page.getByRole('button', { name: 'Show fewer' }).click();
  expect(await words.count()).toBe(2);
  expect(faults).toEqual([]);
  await close();
});

test('the keyboard alone moves, chooses, puts aside, blocks and assigns', async () => {
  const { page, faults, close } = await openTriage();
  const rows = page.getByRole('list', { name: 'Waiting senders' }).locator('[data-row]');
  await rows.nth(3).waitFor();
  await press(page, '?');
  await page.getByText('Dismiss, or take back').waitFor();
  await keepPicture(page, 'shortcuts');
  await press(page, 'Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await press(page, 'j', 'ArrowDown', 'k', 'x');
  await page.getByText('1 chosen').waitFor();
  await press(page, 'j', 'x');
  await page.getByText('2 chosen').waitFor();
  await keepPicture(page, 'triage-chosen');
  await press(page, 'e');
  await sawToast(page, 'Dismissed: 2 senders');
  expect(await rows.count()).toBe(2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await rows.nth(3).waitFor();
  await press(page, 'j', 'a');
  await page.getByRole('menuitem', { name: 'Mara Okafor' }).waitFor();
  await keepPicture(page, 'triage-assign-key');
  await press(page, 'Escape');
  await page.getByRole('menu').waitFor({ state: 'detached' });
  await press(page, 'b');
  await page.getByRole('dialog', { name: /^Block .+\?$/u }).waitFor();
  await keepPicture(page, 'triage-block');
  await press(page, 'Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
  await close();
});

test('several at once: who could not be changed says why and stays chosen, the others are done', async () => {
  const { page, faults, close } = await openTriage({ expected: /503/u });
  const rows = page.getByRole('list', { name: 'Waiting senders' }).locator('[data-row]');
  await rows.nth(3).waitFor();
  const unlucky = (await rows.nth(1).getAttribute('data-row')) ?? '';
  await page.route('**/api/v1/triage/state', (route) =>
    route.request().postData()?.includes(unlucky)
      ? route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({
            status: 503,
            code: 'platform.busy',
            detail: 'The database is busy. Try again.',
          }),
        })
      : route.continue(),
  );
  await page.getByText('Choose all').click();
  await page.getByText('4 chosen').waitFor();
  await page.getByRole('button', { name: 'Dismiss', exact: true }).first().click();
  await page.getByText('The database is busy. Try again.').waitFor();
  await page.getByText('1 chosen').waitFor();
  await keepPicture(page, 'triage-bulk-error');
  expect(await rows.count()).toBe(1);
  await page.getByRole('button', { name: 'Undo' }).click();
  await rows.nth(3).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('the focus stays where work goes on: after more were shown, after a mouse has acted, and after Undo', async () => {
  const { page, faults, close } = await openPage(browser);
  // Two at a time.
  await page.route(/\/api\/v1\/triage\?.*limit=40/u, (route) =>
    route.continue({ url: route.request().url().replace('limit=40', 'limit=2') }),
  );
  await signIn(page, switchboard.url, owner);
  await page.getByRole('link', { name: /^Triage/ }).click();
  const rows = page.getByRole('list', { name: 'Waiting senders' }).locator('[data-row]');
  const focused = (n: number) => expect.poll(() => rows.nth(n).and(page.locator(':focus')).count()).toBe(1);
  await page.getByRole('button', { name: 'Show more', exact: true }).click();
  await focused(2);
  await page.getByRole('button', { name: 'More for Piet de Wit' }).click();
  await page.getByRole('menuitem', { name: 'Dismiss' }).click();
  await sawToast(page, 'Dismissed');
  await page.getByRole('link', { name: 'Triage, 3 waiting' }).waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.hasAttribute("data-row")')).toBe(true);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect
    .poll(() => page.evaluate('document.activeElement.getAttribute("aria-label")'))
    .toBe('Piet de Wit');
  await page.getByText('Choose all').click();
  await page.getByRole('button', { name: 'Dismiss', exact: true }).first().click();
  await page.getByText('Nobody is waiting').waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain('Nobody is waiting');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Triage, 4 waiting' }).waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.hasAttribute("data-row")')).toBe(true);
  expect(faults).toEqual([]);
  await close();
});

test('who is blocked in triage shows since when, by whom and why', async () => {
  const { page, faults, close } = await openTriage();
  await page.getByRole('button', { name: 'More for Lena Long' }).click();
  await page.getByRole('menuitem', { name: 'Block…' }).click();
  await page.getByLabel('Why (optional)').fill('Counts to sixty');
  await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByRole('button', { name: 'Blocked', exact: true }).click();
  await page.getByText(/^By Nora Lindqvist, .+: Counts to sixty$/u).waitFor();
  await keepPicture(page, 'triage-blocked');
  await page.getByRole('button', { name: 'More for Lena Long' }).click();
  await page.getByRole('menuitem', { name: 'Unblock' }).click();
  await page.getByRole('link', { name: 'Triage, 4 waiting' }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('what is assigned is in the agent’s open inbox at once, says why, and can be assigned on', async () => {
  const agents = await openPage(browser);
  await signIn(agents.page, switchboard.url, { email: 'agent1@demo.test', password: DEMO_PASSWORD });
  await agents.page.getByRole('textbox', { name: 'Search' }).waitFor();
  const { page, faults, close } = await openTriage();
  await page.getByRole('button', { name: 'Assign Rosa Lindner' }).click();
  const [agent] = await queryAsAdmin<{ name: string }>(
    switchboard.database,
    "SELECT name FROM users WHERE email = 'agent1@demo.test'",
  );
  await page.getByRole('menuitem', { name: agent?.name ?? '' }).click();
  await page.getByRole('link', { name: 'Triage, 3 waiting' }).waitFor();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('button', { name: 'Why is this here?' }).click();
  await page.getByText('Nora Lindqvist assigned it from triage.').waitFor();
  await agents.page.getByRole('link', { name: /Rosa Lindner/ }).click();
  await agents.page.getByText('Is the flat on the corner still free?').waitFor();
  await keepPicture(agents.page, 'triage-assigned');
  await agents.page.getByRole('button', { name: 'Assign to a colleague' }).click();
  await keepPicture(agents.page, 'assign-menu');
  await agents.page.getByRole('menuitem').last().click();
  await agents.page.getByRole('button', { name: /^Assigned to/ }).waitFor();
  await keepPicture(agents.page, 'assigned');
  expect([...faults, ...agents.faults]).toEqual([]);
  await close();
  await agents.close();
});

test('who was disabled is not offered for assigning', async () => {
  await queryAsAdmin(
    switchboard.database,
    "UPDATE users SET disabled_at = now() WHERE email = 'agent2@demo.test'",
  );
  const { page, faults, close } = await openTriage();
  await page.getByRole('button', { name: 'Assign Piet de Wit' }).click();
  await page.getByRole('menuitem', { name: 'Mara Okafor' }).waitFor();
  expect(await page.getByRole('menuitem', { name: 'Tom Becker' }).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});
