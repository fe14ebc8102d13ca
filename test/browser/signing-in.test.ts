/** Getting in: a fresh organization with a practice account, the one-time link, and words for whoever mistypes. */
import { expect, test } from 'vitest';
import { createSignInLink } from '../../src/modules/auth/sign-in.ts';
import { keepPicture, openPage, press, signIn } from '../harness/browser-page.ts';
import { browser, switchboard } from '../harness/with-web-app.ts';

const founder = { email: 'founder@fresh.test', password: 'seven quiet herons' };

test('a fresh install leads to the first account, a practice account and the first message', async () => {
  // Asking who is signed in, when nobody is, is answered 401; the browser writes that into its console by itself.
  const { page, faults, close } = await openPage(browser, { expected: /status of 401/ });
  await page.goto(switchboard.url);
  await page.getByRole('heading', { name: 'Create the first account' }).waitFor();
  await keepPicture(page, 'register');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('Enter the name of your business.').waitFor();
  await page.getByLabel('Your name').fill('Fay Founder');
  await page.getByLabel('Business name').fill('Fresh Figs');
  await page.getByLabel('Email').fill(founder.email);
  await page.getByLabel('Password', { exact: true }).fill(founder.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('link', { name: 'Connect an account' }).click();
  await keepPicture(page, 'connect');
  await page.getByRole('button', { name: 'Connect a practice account' }).click();
  await page.getByRole('heading', { name: /is connected/ }).waitFor();
  await keepPicture(page, 'connected');

  const popup = page.waitForEvent('popup');
  await page.getByRole('link', { name: 'Write the first message' }).click();
  const phone = await popup;
  await keepPicture(phone, 'first-phone');
  await page.getByRole('link', { name: 'Go to the inbox' }).click();
  await page.getByText(/Ready for the first message/).waitFor();
  const number = new URL(phone.url()).searchParams.get('number') ?? '';
  await phone.goto(`${switchboard.url}/simulator/phone?from=4915155500333&number=${number}`);
  await phone.getByRole('textbox', { name: 'Message' }).fill('The very first message');
  await press(phone, 'Enter');
  await page.getByText('The very first message').first().waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a wrong password and an unknown address are answered in the same words', async () => {
  const { page, faults, close } = await openPage(browser, { expected: /status of 401/ });
  const words: string[] = [];
  for (const email of [founder.email, 'nobody@fresh.test']) {
    await signIn(page, switchboard.url, { email, password: 'not the right one' });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    words.push(await alert.innerText());
  }
  expect(words[0]).toMatch(/password/i);
  expect(words[1]).toBe(words[0]);
  await keepPicture(page, 'wrong-password');
  expect(faults).toEqual([]);
  await close();
});

test('a sign-in link works once, and leaves no token in the address', async () => {
  const link = await createSignInLink(switchboard.app, founder.email);
  if (!link) throw new Error('a link is made for a known address');
  const first = await openPage(browser, { expected: /status of 401/ });
  await first.page.goto(link);
  await first.page.getByText('The very first message').first().waitFor();
  expect(first.page.url()).not.toContain(new URL(link).hash.slice(1, 20) || 'token');
  const second = await openPage(browser, { expected: /status of 40[01]/ });
  await second.page.goto(link);
  await second.page.getByRole('alert').waitFor();
  expect(await second.page.getByRole('alert').innerText()).toMatch(/link/i);
  await keepPicture(second.page, 'used-link');
  expect(first.faults).toEqual([]);
  expect(second.faults).toEqual([]);
  await Promise.all([first.close(), second.close()]);
});

test('signing out ends the session here and in another tab', async () => {
  const { page, close } = await openPage(browser, { expected: /status of 401/ });
  await signIn(page, switchboard.url, founder);
  await page.getByText('The very first message').first().waitFor();
  const other = await page.context().newPage();
  await other.goto(`${switchboard.url}/inbox`);
  await other.getByText('The very first message').first().waitFor();
  await page
    .getByRole('button', { name: /account|Fay Founder/i })
    .first()
    .click();
  await page.getByRole('menuitem', { name: /Sign out/ }).click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await other.getByRole('heading', { name: 'Welcome back' }).waitFor();
  await close();
});
