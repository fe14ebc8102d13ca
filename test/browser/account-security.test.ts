/** Getting in safely: a second factor from the first scan to a recovery code, and a password that was forgotten. */
import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureWebBuilt } from '../../scripts/build-web.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { registerOwner } from '../harness/api.ts';
import { keepPicture, openPage, press, signIn } from '../harness/browser-page.ts';
import { launchChromium } from '../harness/chromium.ts';
import { startMailServer, type MailServer } from '../harness/mail-server.ts';
import { printFigure } from '../harness/print-figure.ts';
import { startTestSwitchboard, type TestSwitchboard } from '../harness/switchboard.ts';

let mail: MailServer;
let switchboard: TestSwitchboard;
let browser: Browser;
const person = { email: 'ada@harbour.test', password: 'seven quiet herons' };
const expected = { expected: /status of 40[0139]/ };

beforeAll(async () => {
  await ensureWebBuilt(printFigure);
  mail = await startMailServer();
  [switchboard, browser] = await Promise.all([
    startTestSwitchboard({ SMTP_URL: mail.url, MAIL_FROM: 'inbox@example.test' }),
    launchChromium(),
  ]);
  await registerOwner(switchboard.url);
});
afterAll(async () => {
  await browser.close();
  await switchboard.stop();
  await mail.stop();
});

const codeOf = (secret: string, steps = 0) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });

const linkIn = (text: string) => /https?:\/\/\S+/.exec(text)?.[0] ?? '';

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Your account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
}

async function enterCode(page: Page, code: string): Promise<void> {
  await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
  await page.getByRole('textbox', { name: /code/i }).fill(code);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

let secret = '';
let recoveryCodes: string[] = [];

test('a person registers, confirms the address by the letter, and turns a second factor on', async () => {
  const { page, faults, close } = await openPage(browser, expected);
  await page.goto(`${switchboard.url}/register`);
  await page.getByLabel('Your name').fill('Ada Harbour');
  await page.getByLabel('Business name').fill('Harbour Lights');
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill('harbour lights');
  await page.getByText('Too easily guessed').waitFor();
  await keepPicture(page, 'register-weak');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText(/made of your own name/).waitFor();
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByText('Strong').waitFor();
  await page.getByRole('button', { name: 'Create account' }).click();

  await page.getByText(/Confirm your email by the link/).waitFor();
  await keepPicture(page, 'verify-notice');
  await page.goto(linkIn((await mail.take(person.email)).text));
  await page.getByRole('heading', { name: 'Your address is confirmed' }).waitFor();
  expect(page.url()).not.toContain('#');
  await page.getByRole('link', { name: 'Go to the inbox' }).click();
  await page.getByRole('button', { name: /^Your account/ }).waitFor();
  expect(await page.getByText(/Confirm your email/).count()).toBe(0);

  // Some time passed since the person proved who they are.
  await queryAsAdmin(
    switchboard.database,
    `UPDATE sessions SET authenticated_at = now() - interval '10 minutes'`,
  );
  await page.goto(`${switchboard.url}/settings/security`);
  await page.getByRole('button', { name: 'Set up' }).click();
  const proof = page.getByRole('dialog', { name: 'Confirm that it is you' });
  await proof.getByLabel('Password', { exact: true }).fill('not this one');
  await proof.getByRole('button', { name: 'Continue' }).click();
  await proof.getByText(/not your current password/).waitFor();
  await keepPicture(page, 'confirm-identity');
  await proof.getByLabel('Password', { exact: true }).fill(person.password);
  await proof.getByRole('button', { name: 'Continue' }).click();

  await page.getByRole('img', { name: /QR code/ }).waitFor();
  await keepPicture(page, 'totp-scan');
  secret = await page.getByRole('textbox', { name: 'Or enter this key' }).inputValue();
  await page.getByLabel('Code', { exact: true }).fill(codeOf(secret, -1));
  await page.getByRole('button', { name: 'Turn on' }).click();
  await page.getByRole('heading', { name: 'Keep your recovery codes' }).waitFor();
  recoveryCodes = await page.getByRole('dialog').getByRole('listitem').allInnerTexts();
  expect(recoveryCodes).toHaveLength(10);
  await keepPicture(page, 'recovery-codes');
  await press(page, 'Escape');
  expect(await page.getByRole('button', { name: 'Done' }).isDisabled()).toBe(true);
  await page.getByLabel(/I have kept them/).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await page.getByText('10 recovery codes are left.').waitFor();
  await keepPicture(page, 'security-page');
  await signOut(page);
  expect(faults).toEqual([]);
  await close();
});

test('signing in asks for the code, and takes a recovery code when the phone is away', async () => {
  const { page, faults, close } = await openPage(browser, expected);
  await signIn(page, switchboard.url, person);
  await page.getByRole('heading', { name: 'Enter your code' }).waitFor();
  await keepPicture(page, 'sign-in-code');
  await enterCode(page, '12345x');
  await page.getByText(/This code is not right/).waitFor();
  await enterCode(page, codeOf(secret));
  await page.getByRole('button', { name: /^Your account/ }).waitFor();
  await signOut(page);

  await signIn(page, switchboard.url, person);
  await page.getByRole('button', { name: 'Use a recovery code instead' }).click();
  await enterCode(page, recoveryCodes[0] ?? '');
  await page.getByRole('button', { name: /^Your account/ }).waitFor();
  await page.goto(`${switchboard.url}/settings/security`);
  await page.getByText('9 recovery codes are left.').waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a forgotten password is replaced by the link of a letter, and every device is signed out', async () => {
  const { page, faults, close } = await openPage(browser, expected);
  await page.goto(`${switchboard.url}/sign-in`);
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByLabel('Email').fill(person.email);
  await keepPicture(page, 'forgot-password');
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
  await keepPicture(page, 'forgot-password-sent');
  const link = linkIn((await mail.take(person.email)).text);
  await page.goto(link);
  await page.getByLabel('New password', { exact: true }).fill('password12345');
  await keepPicture(page, 'reset-password');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText(/easily guessed\. Use a few words/).waitFor();
  const replaced = { ...person, password: 'three grey kettles singing' };
  await page.getByLabel('New password', { exact: true }).fill(replaced.password);
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByText('Your new password is set. Sign in with it.', { exact: true }).waitFor();
  await page.waitForURL(`${switchboard.url}/sign-in`);
  await signIn(page, switchboard.url, replaced);
  await enterCode(page, recoveryCodes[1] ?? '');
  await page.getByRole('button', { name: /^Your account/ }).waitFor();
  await page.goto(`${switchboard.url}/settings/security`);
  await page.getByText('This device').waitFor();
  expect(await page.getByRole('list', { name: 'Signed-in devices' }).getByRole('listitem').count()).toBe(1);
  await page.goto(link);
  await page.getByLabel('New password', { exact: true }).fill('four more kettles humming');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page
    .getByRole('alert')
    .getByText(/This link has been used/)
    .waitFor();
  expect(faults).toEqual([]);
  await close();
});
