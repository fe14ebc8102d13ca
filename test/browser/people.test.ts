/** A colleague's way in and out, in two browsers: invited, joined, in the list, disabled, out within two seconds. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { keepPicture, openPage, sawToast, signIn } from '../harness/browser-page.ts';
import { hire, MEMBER_PASSWORD } from '../harness/people.ts';
import { browser, switchboard } from '../harness/with-web-app.ts';

let owner: SessionAnswer;
const OWNER_PASSWORD = 'a long enough password';
const NORA = { email: 'nora@fresh.test', password: 'seven quiet herons wade' };

beforeAll(async () => {
  owner = await registerOwner(switchboard.url, 'Olga Owner');
});

async function openSettings(page: Page): Promise<void> {
  await signIn(page, switchboard.url, { email: owner.user.email, password: OWNER_PASSWORD });
  await page.getByRole('button', { name: /Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Profile' }).waitFor();
}

test('a colleague is invited, joins, appears, is disabled and is out within two seconds', async () => {
  const ofOwner = await openPage(browser, { expected: /status of 401/ });
  const page = ofOwner.page;
  await openSettings(page);
  await page.getByRole('link', { name: /People/ }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  await dialog.getByText('Enter their name').waitFor();
  await dialog.getByLabel('Name', { exact: true }).fill('Nora');
  await dialog.getByLabel('Email').fill(NORA.email);
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  await keepPicture(page, 'invitation-link');
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('list', { name: 'Invitations' }).getByText(NORA.email).waitFor();

  const ofNora = await openPage(browser, { expected: /status of 401/ });
  const hers = ofNora.page;
  await hers.goto(link);
  await hers.getByRole('heading', { name: `Join ${owner.organization.name}` }).waitFor();
  expect(hers.url()).not.toContain('#');
  await hers.getByText('Olga Owner invites you').waitFor();
  await keepPicture(hers, 'join');
  await hers.getByLabel('Your name').fill('Nora New');
  await hers.getByLabel('Password', { exact: true }).fill(NORA.password);
  await hers.getByRole('button', { name: 'Join' }).click();
  await hers.getByRole('region', { name: 'Inbox', exact: true }).waitFor();
  await hers.waitForURL(/\/inbox/);

  await page.reload();
  const people = page.getByRole('list', { name: 'People', exact: true });
  await people.getByText('Nora New').waitFor();
  expect(await page.getByRole('list', { name: 'Invitations' }).count()).toBe(0);
  await page.getByRole('button', { name: 'More for Nora New' }).click();
  await page.getByRole('menuitem', { name: /Disable/ }).click();
  await keepPicture(page, 'disable');
  const disable = page.getByRole('dialog').getByRole('button', { name: 'Disable' });
  const answered = page.waitForResponse((response) => response.request().method() === 'PATCH');
  await disable.click();
  await answered;
  const begun = Date.now();
  await hers.getByRole('heading', { name: 'Welcome back' }).waitFor();
  expect(Date.now() - begun).toBeLessThan(2_000);
  await people.getByText('Disabled').waitFor();

  const used = await openPage(browser, { expected: /status of 404/ });
  await used.page.goto(link);
  await used.page.getByRole('heading', { name: 'This invitation cannot be opened' }).waitFor();
  for (const opened of [ofOwner, ofNora, used]) {
    expect(opened.faults).toEqual([]);
    await opened.close();
  }
});

test('a key is made, shown once, works, and is revoked', async () => {
  const { page, faults, close } = await openPage(browser, { expected: /status of 401/ });
  await openSettings(page);
  await page.getByRole('link', { name: /API keys/ }).click();
  await page.getByText('No keys yet').waitFor();
  await keepPicture(page, 'no-keys');
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Nightly report');
  await dialog.getByRole('checkbox', { name: 'Send messages' }).click();
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  const key = await dialog.getByRole('textbox', { name: 'API key' }).inputValue();
  const me = () => request(`${switchboard.url}/api/v1/auth/me`, { token: key });
  expect((await me()).status).toBe(200);
  await dialog.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('list', { name: 'API keys' }).getByText('Nightly report').waitFor();
  expect(await page.content()).not.toContain(key);
  await page.getByRole('button', { name: 'Revoke Nightly report' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('No keys yet').waitFor();
  expect((await me()).status).toBe(401);
  expect(faults).toEqual([]);
  await close();
});

test('the signature shows as the customer will see it while one types, also on a phone', async () => {
  const { page, faults, close } = await openPage(browser, {
    expected: /status of 401/,
    viewport: { width: 390, height: 844 },
  });
  await signIn(page, switchboard.url, { email: owner.user.email, password: OWNER_PASSWORD });
  await page.getByRole('button', { name: /Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await page
    .getByRole('navigation', { name: 'Settings' })
    .getByRole('link', { name: /Profile/ })
    .click();
  await page.getByLabel('Your signature').fill('{name} of {brand}');
  await page.getByText('Olga Owner of Switchboard').waitFor();
  await page.getByRole('switch', { name: 'Take part' }).click();
  await sawToast(page, 'You take part in shared numbers.');
  await keepPicture(page, 'profile-phone');
  const width = await page.evaluate('document.documentElement.scrollWidth');
  expect(width).toBe(390);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a colleague without a second factor is offered no way to remove one; what is not for an agent says whose it is', async () => {
  const agent = await hire(switchboard, owner, 'Arno Agent');
  const ofOwner = await openPage(browser, { expected: /status of 401/ });
  await openSettings(ofOwner.page);
  await ofOwner.page.getByRole('link', { name: /People/ }).click();
  await ofOwner.page.getByRole('button', { name: 'More for Arno Agent' }).click();
  await ofOwner.page.getByRole('menuitem', { name: /Link for a new password/ }).waitFor();
  expect(await ofOwner.page.getByRole('menuitem', { name: /second factor/ }).count()).toBe(0);

  const ofAgent = await openPage(browser, { expected: /status of 401/, colorScheme: 'dark' });
  const { page } = ofAgent;
  await signIn(page, switchboard.url, { email: agent.user.email, password: MEMBER_PASSWORD });
  await page.getByRole('region', { name: 'Inbox', exact: true }).waitFor();
  await page.goto(`${switchboard.url}/admin`);
  await page.getByRole('heading', { name: 'Only for administrators of this install' }).waitFor();
  await keepPicture(page, 'admin-for-agents');
  await page.goto(`${switchboard.url}/settings/organization`);
  await page.getByRole('heading', { name: 'Only for owners' }).waitFor();
  for (const opened of [ofOwner, ofAgent]) {
    expect(opened.faults).toEqual([]);
    await opened.close();
  }
});
