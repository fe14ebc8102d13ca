/** Blocking from the thread and the panel, the list of who is blocked, and handing a customer over: by mouse and by keyboard, undone too. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { DEMO_ACCOUNT } from '../../src/demo/demo-content.ts';
import { keepPicture, openPage, press, sawToast, signIn } from '../harness/browser-page.ts';
import { deliver, envelope, newWamid, textChange } from '../harness/deliveries.ts';
import { DEMO_PASSWORD } from '../harness/demo.ts';
import { browser, switchboard } from '../harness/with-demo.ts';

const write = async (phone: string, name: string, text: string) => {
  const change = textChange(DEMO_ACCOUNT.dedicated.id, { from: { phone, name }, text, id: newWamid() });
  await deliver(switchboard.url, envelope([change]));
  await switchboard.settle();
};

beforeAll(async () => {
  await write('4915155501011', 'Vera Blum', 'Buy cheap suns, today only!');
  await write('4915155501012', 'Omar Said', 'Is the flat by the harbour free?');
});

const person = (email: string) => ({ email: `${email}@demo.test`, password: DEMO_PASSWORD });
const threadOf = (page: Page) => page.getByRole('region', { name: 'Conversation' });
const phone = { viewport: { width: 390, height: 844 }, hasTouch: true };

async function openThread(page: Page, email: string, name: string): Promise<void> {
  await signIn(page, switchboard.url, person(email));
  await page.getByRole('link', { name }).click();
  await threadOf(page).getByRole('button', { name: 'More' }).waitFor();
}

async function noOverflow(page: Page): Promise<void> {
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
}

test('an agent blocks a sender with a reason, finds them in the list and unblocks them by keyboard', async () => {
  const { page, faults, close } = await openPage(browser);
  await openThread(page, 'agent1', 'Vera Blum');
  await threadOf(page).getByRole('button', { name: 'More' }).click();
  await keepPicture(page, 'thread-menu');
  await page.getByRole('menuitem', { name: 'Block…' }).click();
  await page.getByLabel('Why (optional)').fill('Advertises suns');
  await keepPicture(page, 'block-dialog');
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await sawToast(page, 'Vera Blum is blocked');
  await page.getByText('nobody can answer. Unblock them to write').waitFor();
  await keepPicture(page, 'blocked-thread');
  await page.getByRole('link', { name: 'All blocked senders' }).click();
  await page.getByText('Advertises suns').waitFor();
  await keepPicture(page, 'blocked-list');
  await press(page, 'j', 'u');
  await page.getByText('Nobody is blocked').waitFor();
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await page.getByText('Advertises suns').waitFor();
  await page.getByRole('button', { name: 'Unblock Vera Blum' }).click();
  await page.getByText('Nobody is blocked').waitFor();
  await keepPicture(page, 'blocked-nobody');
  expect(faults).toEqual([]);
  await close();
});

test('on a phone, in the dark, the panel blocks and unblocks, and Undo takes a block back', async () => {
  const { page, faults, close } = await openPage(browser, { ...phone, colorScheme: 'dark' });
  await openThread(page, 'agent1', 'Vera Blum');
  await keepPicture(page, 'thread-header-phone');
  await page.getByRole('button', { name: 'Customer details' }).click();
  const panel = page.getByRole('dialog', { name: 'Customer' });
  await panel.getByRole('button', { name: 'Block…' }).scrollIntoViewIfNeeded();
  await keepPicture(page, 'panel-phone');
  await panel.getByRole('button', { name: 'Block…' }).click();
  await keepPicture(page, 'block-dialog-phone');
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByText('nobody can answer. Unblock them to write').waitFor();
  await keepPicture(page, 'blocked-thread-phone');
  await page.getByRole('button', { name: 'Undo' }).click();
  await sawToast(page, 'Vera Blum is not blocked any more');
  await page.getByRole('button', { name: 'Customer details' }).click();
  await panel.getByRole('button', { name: 'Block…' }).click();
  await page.getByRole('button', { name: 'Block', exact: true }).click();
  await page.getByRole('button', { name: 'Customer details' }).click();
  await keepPicture(page, 'panel-blocked-phone');
  await panel.getByRole('link', { name: 'All blocked senders' }).click();
  await page.getByRole('button', { name: 'Unblock Vera Blum' }).waitFor();
  await keepPicture(page, 'blocked-list-phone');
  await noOverflow(page);
  await page.getByRole('button', { name: 'Unblock Vera Blum' }).click();
  await page.getByText('Nobody is blocked').waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('an owner hands a customer over; both agents see it at once, and Undo brings them back', async () => {
  const [giver, taker] = [
    await openPage(browser),
    await openPage(browser, { ...phone, colorScheme: 'dark' }),
  ];
  const { page, faults, close } = await openPage(browser);
  await openThread(giver.page, 'agent1', 'Omar Said');
  await signIn(taker.page, switchboard.url, person('agent2'));
  await taker.page.getByRole('textbox', { name: 'Search conversations' }).waitFor();
  await openThread(page, 'owner', 'Omar Said');
  await threadOf(page).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Hand over…' }).click();
  const dialog = page.getByRole('dialog');
  const offered = await dialog.getByLabel('Who gets them').locator('option').allTextContents();
  const [name] = offered.slice(1).filter((one) => !one.endsWith('(you)'));
  if (!name) throw new Error('There is nobody to hand over to.');
  await dialog.getByLabel('Who gets them').selectOption({ label: name });
  const title = (await dialog.getByRole('heading').first().textContent()) ?? '';
  expect(title).toMatch(/^Hand Omar Said over from .+ to .+\?$/u);
  expect(title.endsWith(`to ${name}?`)).toBe(true);
  await keepPicture(page, 'hand-over-dialog');
  await dialog.getByRole('button', { name: 'Hand over' }).click();
  await sawToast(page, `Handed over to ${name}`);
  await threadOf(page)
    .getByText(/^Handed over from/u)
    .waitFor();
  await keepPicture(page, 'handed-over');
  await giver.page.getByText('This conversation is not here').waitFor();
  await giver.page.getByRole('link', { name: 'Omar Said' }).waitFor({ state: 'detached' });
  await keepPicture(giver.page, 'handed-over-giver');
  await page.getByRole('button', { name: 'Undo' }).click();
  await giver.page.getByRole('link', { name: 'Omar Said' }).waitFor();
  expect([...faults.filter((fault) => !fault.includes('404')), ...taker.faults]).toEqual([]);
  await Promise.all([close(), giver.close(), taker.close()]);
});

test('an agent hands a customer over and is back at the list, without them', async () => {
  const { page, faults, close } = await openPage(browser, { ...phone, expected: /404/u });
  await openThread(page, 'agent1', 'Omar Said');
  await threadOf(page).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Hand over…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Who gets them').selectOption({ index: 1 });
  await dialog.getByRole('heading', { name: /over from you to/u }).waitFor();
  await keepPicture(page, 'hand-over-dialog-phone');
  await noOverflow(page);
  await dialog.getByRole('button', { name: 'Hand over' }).click();
  await page.getByRole('textbox', { name: 'Search conversations' }).waitFor();
  expect(await page.getByRole('link', { name: 'Omar Said' }).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});
