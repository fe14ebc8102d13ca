/** Notices by the computer: of new messages that one answers, while the page is hidden, when one wants them and the browser may. */
import type { Locator, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { registerOwner } from '../harness/api.ts';
import { keepPicture, openPage, signIn } from '../harness/browser-page.ts';
import { newPhone } from '../harness/deliveries.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { browser, switchboard } from '../harness/with-web-app.ts';

let owner: SessionAnswer;
let number: ConnectedNumber;

beforeAll(async () => {
  owner = await registerOwner(switchboard.url);
  number = await connectNumber(switchboard, owner.access_token);
});

/** As long as other waits on a page. */
const PATIENT = { timeout: 20_000 };

/** In the browser's place: keeps what would be shown; the answer of the person is `allow`. The page is hidden when the test says so. */
const recorder = (allow: 'granted' | 'denied') => `
  window.notices = [];
  window.isAway = false;
  let permission = 'default';
  window.Notification = class {
    static get permission() { return permission; }
    static async requestPermission() { return (permission = '${allow}'); }
    constructor(title, { body, tag }) { window.notices.push({ title, body, tag, notice: this }); }
    close() {}
  };
  Object.defineProperty(document, 'hidden', { get: () => window.isAway });`;

async function openChoice(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: /Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  const choice = page.getByRole('switch', { name: 'Tell me of new messages' });
  await choice.waitFor();
  return choice;
}

async function open(allow: 'granted' | 'denied') {
  const watched = await openPage(browser, { expected: /status of 401/ });
  await watched.page.addInitScript(recorder(allow));
  const person = { email: owner.user.email, password: 'a long enough password' };
  await signIn(watched.page, switchboard.url, person);
  await watched.page.getByRole('link', { name: /inbox/ }).first().waitFor();
  return { ...watched, choice: await openChoice(watched.page) };
}

test('a message that comes while the page is hidden is told once and opened by a click; none when turned off', async () => {
  const { page, faults, close, choice } = await open('granted');
  const told = () => page.evaluate<string[]>('window.notices.map(({ title, body }) => title + ": " + body)');
  const counts = (unread: number) =>
    expect.poll(() => page.title(), PATIENT).toMatch(new RegExp(`^\\(${String(unread)}\\)`, 'u'));
  /** Somebody new writes; the page has heard of it when its title counts one more. */
  async function say(text: string, unread: number): Promise<void> {
    const message = { phone_number_id: number.phoneNumberId, from: newPhone(), name: 'Hilde Bauer', text };
    switchboard.simulator.control.inbound(message);
    await counts(unread);
  }
  await page.evaluate('window.isAway = true');
  await say('Before anybody was asked', 1);
  expect(await choice.getAttribute('aria-checked')).toBe('false');
  await choice.click();
  await page.getByRole('switch', { name: 'Tell me of new messages', checked: true }).waitFor();
  await say('Is the flat free?', 2);
  await expect.poll(told, PATIENT).toEqual(['Hilde Bauer: Is the flat free?']);
  await page.evaluate('window.isAway = false');
  await say('Seen anyway', 3);
  // Looked at in another tab of the same browser: nothing is told until that one is closed.
  const other = await page.context().newPage();
  await other.goto(switchboard.url);
  await other.getByRole('textbox', { name: 'Search' }).waitFor();
  await page.evaluate('window.isAway = true');
  await say('Seen in the other tab', 4);
  await expect.poll(() => other.title(), PATIENT).toMatch(/^\(4\)/u);
  await other.close();
  await say('Told again', 5);
  await expect.poll(told, PATIENT).toEqual(['Hilde Bauer: Is the flat free?', 'Hilde Bauer: Told again']);
  await page.evaluate('window.isAway = false');
  await page.evaluate('window.notices[0].notice.onclick()');
  await page.getByRole('region', { name: 'Conversation' }).getByText('Is the flat free?').waitFor();
  await counts(4);

  await (await openChoice(page)).click();
  await page.getByRole('switch', { name: 'Tell me of new messages', checked: false }).waitFor();
  await page.evaluate('window.isAway = true');
  await say('Nobody is told', 5);
  expect(await told()).toHaveLength(2);
  expect(faults).toEqual([]);
  await close();
});

test('a browser that was refused says what to do', async () => {
  const { page, faults, close, choice } = await open('denied');
  await choice.click();
  await page.getByText(/This browser does not let Switchboard notify you/).waitFor();
  await keepPicture(page, 'notifications-denied');
  await expect.poll(() => choice.getAttribute('aria-checked')).toBe('false');
  expect(faults).toEqual([]);
  await close();
});
