/** Entering, revealing and deleting an organization's own Meta app; the admin's pages. By mouse and by keyboard, wide and narrow. */
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { keepPicture, openPage, press, sawToast, signIn } from '../harness/browser-page.ts';
import { browser, switchboard } from '../harness/with-web-app.ts';

const PASSWORD = 'a long enough password';
const SECRET = 'canary-app-secret-of-the-screen-7f3a';

let admin: SessionAnswer;
beforeAll(async () => {
  // The first user of an install runs it.
  admin = await registerOwner(switchboard.url, 'Avery Root');
});

async function openAt(where: string, options: Parameters<typeof openPage>[1] = {}) {
  const opened = await openPage(browser, { expected: /status of 40[14]/, ...options });
  await signIn(opened.page, switchboard.url, { email: admin.user.email, password: PASSWORD });
  await opened.page.waitForURL(/\/inbox/);
  await opened.page.goto(`${switchboard.url}${where}`);
  return opened;
}

/** As if everybody had signed in longer ago than counts as recent. */
function ageSignIns(): Promise<unknown> {
  return queryAsAdmin(
    switchboard.database,
    `UPDATE sessions SET authenticated_at = now() - interval '6 minutes'`,
  );
}

async function proveIdentity(page: Page): Promise<void> {
  await page
    .getByRole('dialog', { name: 'Confirm that it is you' })
    .getByLabel('Password', { exact: true })
    .fill(PASSWORD);
  await press(page, 'Enter');
}

test('an owner enters, tests, reveals, switches off, deletes and restores the organization’s own app', async () => {
  const { page, faults, close } = await openAt('/settings/credentials');
  await page.getByRole('heading', { name: 'What is in use' }).waitFor();
  await keepPicture(page, 'credentials-empty');
  await page.getByLabel('App ID', { exact: true }).fill('not digits');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('There is a blank inside. Copy it again without it.').waitFor();
  await page.getByLabel('App ID', { exact: true }).fill('940001');
  await page.getByLabel('App secret').fill(SECRET);
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await sawToast(page, 'Your credentials are saved.');
  await page.getByText('••••••••7f3a').first().waitFor();
  expect(await page.content()).not.toContain(SECRET);
  await keepPicture(page, 'credentials-filled');

  await page.getByRole('button', { name: 'Test these credentials' }).click();
  await page.getByRole('list', { name: 'Result of the test' }).waitFor();
  await keepPicture(page, 'credentials-tested');

  await ageSignIns();
  await page.getByRole('button', { name: 'Reveal' }).click();
  await proveIdentity(page);
  await page.getByText(SECRET).waitFor();
  await page.getByRole('button', { name: 'Hide' }).click();
  await page.getByText(SECRET).waitFor({ state: 'hidden' });

  await page.getByRole('switch', { name: 'Use these credentials' }).click();
  await page.getByText('940001').waitFor({ state: 'hidden' });
  await page.getByRole('switch', { name: 'Use these credentials' }).click();
  await page.getByText('940001').first().waitFor();

  await ageSignIns();
  await page.getByRole('button', { name: 'Delete configuration' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await proveIdentity(page);
  await page.getByText(/A configuration was deleted/).waitFor();
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('••••••••7f3a').first().waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('the audit tells of it, newest first', async () => {
  const { page, faults, close } = await openAt('/settings/audit');
  const events = page.getByRole('list', { name: 'Events' });
  await events.getByText('restored the credentials').waitFor();
  const texts = await events.getByRole('listitem').allInnerTexts();
  expect(texts.findIndex((text) => text.includes('restored'))).toBeLessThan(
    texts.findIndex((text) => text.includes('entered')),
  );
  await keepPicture(page, 'audit');
  expect(faults).toEqual([]);
  await close();
});

test('an admin sees the install, deletes all credentials by typing it out, and restores them', async () => {
  const { page, faults, close } = await openAt('/admin');
  await page.getByRole('heading', { name: 'What waits' }).waitFor();
  await page.getByRole('button', { name: 'Reveal' }).click();
  await page.getByLabel('Verify token', { exact: true }).waitFor();
  await keepPicture(page, 'admin-install');
  await page.getByRole('link', { name: /^Organizations/ }).click();
  await page.getByRole('list', { name: 'Organizations' }).getByText(admin.organization.name).waitFor();
  await keepPicture(page, 'admin-organizations');
  await page.getByRole('link', { name: /All credentials/ }).click();
  await page.getByRole('button', { name: 'Delete all credentials' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'Delete all' }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox').fill('delete all configurations');
  await keepPicture(page, 'admin-delete-all');
  await dialog.getByRole('button', { name: 'Delete all' }).click();
  await page.getByText('No organization has entered credentials.').waitFor();
  await page.getByRole('list', { name: 'Deleted' }).getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('list', { name: 'In place' }).getByText(admin.organization.name).waitFor();
  await keepPicture(page, 'admin-configurations');
  await page.getByRole('link', { name: /Audit of all/ }).click();
  await page.getByText(/deleted the credentials of all organizations/).waitFor();
  await keepPicture(page, 'admin-audit');
  expect(faults).toEqual([]);
  await close();
});

test.each([
  ['phone, dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const }],
  ['desktop, dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' as const }],
])('no page is wider than the screen: %s', async (what, options) => {
  const { page, faults, close } = await openAt('/settings/credentials', options);
  for (const [where, heading] of [
    ['/settings/credentials', 'What is in use'],
    ['/settings/audit', 'Audit'],
    ['/admin', 'What waits'],
    ['/admin/organizations', 'Organizations'],
    ['/admin/configurations', 'Delete all'],
    ['/admin/audit', 'Audit of all'],
  ] as const) {
    await page.goto(`${switchboard.url}${where}`);
    await page.getByRole('heading', { name: heading }).first().waitFor();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'hidden' });
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    await keepPicture(page, `${what.replace(', ', '-')}${where.replaceAll('/', '-')}`);
  }
  expect(faults).toEqual([]);
  await close();
});
