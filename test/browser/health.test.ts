/** Settings → Health and Numbers: what is wrong is seen on every page, mended by its button, and numbers are set by hand and keyboard. */
import { beforeAll, expect, test } from 'vitest';
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { registerOwner, request } from '../harness/api.ts';
import { keepPicture, openPage, press, sawToast, signIn } from '../harness/browser-page.ts';
import { newPhone } from '../harness/deliveries.ts';
import { inboxOf } from '../harness/inbox.ts';
import { connectNumber, type ConnectedNumber } from '../harness/numbers.ts';
import { hire, MEMBER_PASSWORD } from '../harness/people.ts';
import { browser, switchboard } from '../harness/with-web-app.ts';

let owner: SessionAnswer;
let agent: SessionAnswer;
let number: ConnectedNumber;
const PASSWORD = 'a long enough password';

beforeAll(async () => {
  owner = await registerOwner(switchboard.url);
  number = await connectNumber(switchboard, owner.access_token);
  agent = await hire(switchboard, owner, 'Mika Stone');
});

async function open(
  options: Parameters<typeof openPage>[1] = {},
  person = { email: owner.user.email, password: PASSWORD },
) {
  const watched = await openPage(browser, { expected: /status of 401/, ...options });
  await signIn(watched.page, switchboard.url, person);
  await watched.page.getByRole('link', { name: /inbox/ }).first().waitFor();
  return watched;
}

test('an account that Meta was never asked about is not called good, and is asked by a button', async () => {
  const { page, faults, close } = await open();
  await page.goto(`${switchboard.url}/settings/health`);
  await page.getByText('Not checked yet', { exact: true }).waitFor();
  await page.getByText('Meta has not been asked about this account yet.').waitFor();
  expect(await page.getByText('All good', { exact: true }).count()).toBe(0);
  await keepPicture(page, 'health-not-asked');
  expect(await page.getByRole('button', { name: /^Check/ }).allTextContents()).toEqual(['Check now']);
  await page.getByRole('button', { name: 'Check now' }).focus();
  await press(page, 'Enter');
  await page.getByText('All good', { exact: true }).waitFor();
  await page.getByText(/^Nothing to do\./).waitFor();
  // The button is gone: the focus is where one goes on reading.
  await page.locator('ul[aria-label="Findings about Test account"]:focus').waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('an agent sees the organization’s connection, what they may do with it, and what changes, as it changes', async () => {
  const person = { email: agent.user.email, password: MEMBER_PASSWORD };
  const { page, faults, close } = await open({}, person);
  await page.getByText('Ready for the first message').waitFor();
  await page.getByRole('button', { name: /Test account Connected by colleagues/ }).click();
  await page.getByText(`${owner.organization.name} is connected through colleagues.`).waitFor();
  await keepPicture(page, 'header-agent');
  await press(page, 'Escape');
  const phone = page.getByRole('banner').getByRole('link', { name: 'Simulator phone' });
  expect(await phone.getAttribute('href')).toBe(`/simulator/phone?number=${number.phoneNumberId}`);
  await page.goto(`${switchboard.url}/connect`);
  const shared = page.getByRole('list', { name: 'Accounts connected by colleagues' });
  await shared.getByText('Test account').waitFor();
  await shared.getByText('Connected', { exact: true }).waitFor();
  await keepPicture(page, 'connect-agent');
  await page.goto(`${switchboard.url}/settings/health`);
  await page.getByRole('list', { name: 'Findings about Test account' }).waitFor();
  expect(await page.getByRole('button', { name: 'Check now' }).count()).toBe(0);
  await request(`${switchboard.url}/simulator/graph/v25.0/${number.wabaId}/subscribed_apps`, {
    method: 'DELETE',
    token: number.token,
  });
  const mine = { method: 'POST', token: owner.access_token };
  await request(`${switchboard.url}/api/v1/health/accounts/${number.wabaId}/check`, mine);
  await page.getByText('The app is not subscribed', { exact: true }).waitFor();
  const body = { check: 'subscription' };
  await request(`${switchboard.url}/api/v1/health/accounts/${number.wabaId}/fix`, { ...mine, body });
  await page.getByText(/^Nothing to do\./).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('an app that is no longer subscribed is found, shown over every page, and subscribed again by a button', async () => {
  const { page, faults, close } = await open();
  await page.goto(`${switchboard.url}/settings/health`);
  await page.getByRole('heading', { name: 'Test account' }).waitFor();
  await request(`${switchboard.url}/simulator/graph/v25.0/${number.wabaId}/subscribed_apps`, {
    method: 'DELETE',
    token: number.token,
  });
  await page.getByRole('button', { name: 'Check again' }).click();
  await page.getByText('The app is not subscribed', { exact: true }).waitFor();
  await page.getByText('Test account: The app is not subscribed.').waitFor();
  await keepPicture(page, 'health-broken');
  await page.getByRole('button', { name: 'Subscribe: The app is not subscribed' }).focus();
  await press(page, 'Enter');
  await page.getByText(/^Nothing to do\./).waitFor();
  await page.locator('ul[aria-label="Findings about Test account"]:focus').waitFor();
  expect(await page.getByText('Test account: The app is not subscribed.').count()).toBe(0);
  await page.getByRole('button', { name: /^Show \d+ that are good$/ }).click();
  await page.getByText('The app is subscribed').waitFor();
  await keepPicture(page, 'health-good');
  expect(faults).toEqual([]);
  await close();
});

test('a number is set by its controls, and its rules are moved by the keyboard', async () => {
  const { page, faults, close } = await open();
  await page.goto(`${switchboard.url}/settings/numbers`);
  await page.getByLabel('Who answers').selectOption({ label: 'Mika Stone' });
  await sawToast(page, 'Saved who answers.');
  await page.getByLabel('Mode').selectOption('central');
  await sawToast(page, 'The number is central now.');
  await page.getByText('Who gets a message, in which order').click();
  await page.getByRole('button', { name: 'Move Lease up' }).focus();
  await press(page, 'ArrowUp');
  await sawToast(page, 'The order is saved.');
  const rules = page.getByRole('list', { name: 'Rules in their order' }).getByRole('listitem');
  await expect.poll(() => rules.first().textContent()).toContain('Lease');
  await keepPicture(page, 'numbers');
  const { body } = await request<{ data: unknown[] }>(`${switchboard.url}/api/v1/phone-numbers`, {
    token: owner.access_token,
  });
  expect(body.data).toMatchObject([
    {
      mode: 'central',
      routing: ['lease', 'conversation', 'customer', 'recently_active', 'first_registered'],
      answered_by: [{ name: 'Mika Stone' }],
    },
  ]);
  expect(faults).toEqual([]);
  await close();
});

test('the PIN of a number is set, and the number registered again with it; Meta’s refusal is told in words', async () => {
  const { page, faults, close } = await open({ expected: /status of (401|422|429)/ });
  await page.goto(`${switchboard.url}/settings/numbers`);
  await page.getByRole('button', { name: 'Set a PIN' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('New PIN', { exact: true }).fill('271828');
  await dialog.getByLabel('New PIN, again').fill('271829');
  await dialog.getByRole('button', { name: 'Set PIN' }).click();
  await dialog.getByText('This is not the same PIN.').waitFor();
  await keepPicture(page, 'pin-dialog');
  await dialog.getByLabel('New PIN, again').fill('271828');
  await dialog.getByRole('button', { name: 'Set PIN' }).click();
  await sawToast(page, 'The PIN is set.');
  await page.getByRole('button', { name: 'Register again' }).click();
  const call = 'POST number/register';
  switchboard.simulator.control.setFaults({ calls: [{ call, kind: 'graph_error', code: 133016 }] });
  await dialog.getByRole('button', { name: 'Register' }).click();
  await dialog.getByText(/Wait/).waitFor();
  await keepPicture(page, 'register-refused');
  await dialog.getByRole('button', { name: 'Register' }).click();
  await sawToast(page, 'The number is registered.');
  await page.setViewportSize({ width: 390, height: 844 });
  await keepPicture(page, 'pin-phone');
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  expect(await page.content()).not.toContain('271828');
  expect(faults).toEqual([]);
  await close();
});

test('while a token is refused, the composer says why messages wait, also on a phone and in the dark', async () => {
  const phone = newPhone();
  switchboard.simulator.control.inbound({
    phone_number_id: number.phoneNumberId,
    from: phone,
    text: 'Hello',
  });
  await switchboard.settle();
  const inbox = inboxOf(switchboard.url, owner.access_token);
  const { id } = await inbox.with(phone);
  switchboard.simulator.control.revokeTokens({ waba_id: number.wabaId, subcode: 458 });
  await inbox.send(id, 'This one waits');
  await switchboard.settle();

  const narrow = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' as const };
  const { page, faults, close } = await open(narrow);
  await page.goto(`${switchboard.url}/inbox/${id}`);
  await page.getByText(/Sending is paused\. The business removed the app\. What you write waits/).waitFor();
  await keepPicture(page, 'paused-composer-phone');
  await page.goto(`${switchboard.url}/settings/health`);
  await page.getByText('Sending is paused', { exact: true }).waitFor();
  await page.getByText('Meta refused an access token').waitFor();
  await keepPicture(page, 'health-paused-phone');
  await page.goto(`${switchboard.url}/settings/numbers`);
  await page.getByLabel('Mode').waitFor();
  await keepPicture(page, 'numbers-phone');
  const width = await page.evaluate<number>('document.documentElement.scrollWidth');
  expect(width).toBeLessThanOrEqual(390);
  expect(faults).toEqual([]);
  await close();
});
