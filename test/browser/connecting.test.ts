/** Connecting as a person does it: by consent, by Embedded Signup's window, with a practice account; stopped and gone on; given up again. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { registerOwner } from '../harness/api.ts';
import { keepPicture, openPage, signIn, type WatchedPage } from '../harness/browser-page.ts';
import { browser, switchboard } from '../harness/with-web-app.ts';

/** Somebody new, signed in, on the page that connects. */
async function openConnect(options: Parameters<typeof openPage>[1] = {}): Promise<WatchedPage> {
  const owner = await registerOwner(switchboard.url);
  const watched = await openPage(browser, options);
  await signIn(watched.page, switchboard.url, {
    email: owner.user.email,
    password: 'a long enough password',
  });
  await watched.page.getByRole('link', { name: 'Connect an account' }).waitFor();
  await keepPicture(watched.page, 'first-steps');
  await watched.page.getByRole('link', { name: 'Connect an account' }).click();
  await watched.page.getByRole('heading', { name: 'Connect WhatsApp' }).waitFor();
  return watched;
}

const header = (page: Page) => page.getByRole('banner');

test('by Facebook: consent to an account, every step is shown, and the header is never wrong again', async () => {
  const { page, faults, close } = await openConnect();
  await page.getByRole('button', { name: 'Continue with Facebook' }).waitFor();
  await keepPicture(page, 'connect');
  await page.getByRole('button', { name: 'Continue with Facebook' }).click();
  await page.getByText('A new business').waitFor();
  for (const box of await page.getByRole('checkbox').all()) await box.uncheck();
  await page.getByRole('checkbox', { name: /A new business/ }).check();
  await page.getByLabel('Name').fill('Harbour Bikes');
  await keepPicture(page, 'consent');
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('heading', { name: 'Harbour Bikes is connected' }).waitFor();
  // At the moment of success the header says so too.
  expect(await header(page).getByText('not connected').count()).toBe(0);
  await header(page).getByText('Harbour Bikes').waitFor();
  await keepPicture(page, 'connected');
  expect(new URL(page.url()).search).toBe('');
  expect(faults).toEqual([]);
  await close();
});

test('saying no is told kindly, and the way back offers to begin anew', async () => {
  const { page, faults, close } = await openConnect();
  await page.getByRole('button', { name: 'Continue with Facebook' }).click();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('heading', { name: 'Nothing was connected' }).waitFor();
  await page.getByText('You did not give the permission').waitFor();
  await keepPicture(page, 'declined');
  await page.getByRole('link', { name: 'Begin anew' }).click();
  await page.getByRole('heading', { name: 'Connect WhatsApp' }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('by Embedded Signup: Meta’s window names the account, and closing it connects nothing', async () => {
  const { page, faults, close } = await openConnect();
  await page.getByRole('link', { name: 'Set up' }).click();
  const open = page.getByRole('button', { name: 'Open Meta’s window' });
  const cancelled = page.waitForEvent('popup');
  await open.click();
  await (await cancelled).getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Nothing was connected').waitFor();
  const shown = page.waitForEvent('popup');
  await open.click();
  const popup = await shown;
  await popup.getByRole('radio', { name: /A new business/ }).check();
  await popup.getByLabel('Name').fill('Lindenhof Bakery');
  await popup.getByRole('radio', { name: /stays in the WhatsApp Business app/ }).check();
  await keepPicture(popup, 'embedded-signup');
  await popup.getByRole('button', { name: 'Allow' }).click();
  await page.getByRole('heading', { name: 'Lindenhof Bakery is connected' }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a step that fails stops there, is found again after a reload, and goes on', async () => {
  const { page, faults, close } = await openConnect();
  switchboard.simulator.control.setFaults({
    calls: [{ call: 'POST account/subscribed_apps', kind: 'http', http_status: 503 }],
  });
  await page.getByRole('button', { name: 'Connect a practice account' }).click();
  await page.getByRole('heading', { name: 'Connecting stopped' }).waitFor();
  await keepPicture(page, 'stopped');
  // The account is not connected yet, and the header does not say so.
  await page.goto(`${switchboard.url}/connect`);
  await page.getByText('Begun, not finished').waitFor();
  await keepPicture(page, 'unfinished');
  await page.getByRole('link', { name: /^Continue with/ }).click();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: / is connected$/ }).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a number that has a PIN takes it here', async () => {
  const { page, faults, close } = await openConnect({ expected: /status of 422/ });
  const account = switchboard.simulator.control.declareAccount({
    name: 'Corner Pharmacy',
    registered: false,
    pin: '424242',
  });
  await page.getByRole('button', { name: 'I have an access token' }).click();
  await page.getByLabel('WhatsApp Business Account ID').fill(account.waba_id);
  await page.getByRole('textbox', { name: 'Access token' }).fill(account.access_token);
  await page.getByRole('button', { name: 'Connect', exact: true }).click();
  await page.getByRole('heading', { name: 'Corner Pharmacy is connected' }).waitFor();
  await page.getByText('has a two-step PIN already').waitFor();
  await keepPicture(page, 'pin');
  await page.getByLabel('Two-step PIN').fill('111111');
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByLabel('Two-step PIN').fill('424242');
  await page.getByRole('button', { name: 'Register' }).click();
  await page.getByText('Registered: messages can be sent from this number.').waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('two accounts: the first is selected by itself, the other is remembered, and either is given up', async () => {
  const { page, faults, close } = await openConnect();
  for (const name of ['North Shop', 'South Shop']) {
    const account = switchboard.simulator.control.declareAccount({ name });
    await page.goto(`${switchboard.url}/connect`);
    await page.getByRole('button', { name: 'I have an access token' }).click();
    await page.getByLabel('WhatsApp Business Account ID').fill(account.waba_id);
    await page.getByRole('textbox', { name: 'Access token' }).fill(account.access_token);
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('heading', { name: `${name} is connected` }).waitFor();
  }
  await header(page).getByText('South Shop').click();
  await page.getByRole('menuitemradio', { name: /North Shop/ }).click();
  await header(page).getByText('North Shop').waitFor();
  await page.reload();
  await header(page).getByText('North Shop').waitFor();
  await page.goto(`${switchboard.url}/connect`);
  await page.getByRole('button', { name: 'Disconnect North Shop' }).click();
  await keepPicture(page, 'disconnect');
  await page.getByRole('dialog').getByRole('button', { name: 'Disconnect' }).click();
  await header(page).getByText('South Shop').waitFor();
  expect(await page.getByRole('button', { name: 'Disconnect North Shop' }).count()).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test('on a phone and in the dark everything fits', async () => {
  const { page, faults, close } = await openConnect({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    colorScheme: 'dark',
  });
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  await page.getByRole('button', { name: 'Connect a practice account' }).waitFor();
  expect(await page.evaluate(overflow)).toBe(0);
  await keepPicture(page, 'narrow-connect');
  await page.getByRole('button', { name: 'Connect a practice account' }).click();
  await page.getByRole('heading', { name: / is connected$/ }).waitFor();
  expect(await page.evaluate(overflow)).toBe(0);
  await keepPicture(page, 'narrow-connected');
  expect(faults).toEqual([]);
  await close();
});
