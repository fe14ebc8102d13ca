/** The main job as two people see it: a customer writes on the phone, an agent answers in the inbox, both without reloading. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { DEMO_ACCOUNT } from '../../src/demo/demo-content.ts';
import { keepPicture, openPage, signIn } from '../harness/browser-page.ts';
import { DEMO_PASSWORD } from '../harness/demo.ts';
import { printFigure } from '../harness/print-figure.ts';
import { browser, switchboard } from '../harness/with-demo.ts';

const threadOf = (page: Page) => page.getByRole('region', { name: 'Conversation' });

/** Milliseconds from pressing Enter until the locator shows. */
async function pressAndWait(from: Page, shown: ReturnType<Page['locator']>): Promise<number> {
  const start = performance.now();
  await from.keyboard.press('Enter');
  await shown.waitFor();
  return Math.round(performance.now() - start);
}

async function openPhone(page: Page, from: string, number: string): Promise<void> {
  await page.goto(`${switchboard.url}/simulator/phone?from=${from}&number=${number}`);
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
}

test('a customer writes on the phone, the agent answers in the inbox, and the ticks go to read', async () => {
  const agent = await openPage(browser);
  const customer = await openPage(browser);
  await signIn(agent.page, switchboard.url, { email: 'owner@demo.test', password: DEMO_PASSWORD });
  await agent.page.getByRole('link', { name: /Kenji Watanabe/ }).waitFor();
  await keepPicture(agent.page, 'inbox');
  const phone = '4915155500777';
  await openPhone(customer.page, phone, DEMO_ACCOUNT.dedicated.id);

  // Somebody new: a conversation appears at the top of the list.
  await customer.page.getByRole('textbox', { name: 'Message' }).fill('Is the harbour flat still free?');
  const first = await pressAndWait(
    customer.page,
    agent.page.getByText('Is the harbour flat still free?').first(),
  );
  const row = agent.page.locator('[data-row]').first();
  expect(await row.getAttribute('href')).toMatch(/\/inbox\//);
  await row.click();
  await threadOf(agent.page).getByText('Is the harbour flat still free?', { exact: true }).waitFor();

  // In the open thread and in the list at once.
  await customer.page.getByRole('textbox', { name: 'Message' }).fill('I could come on Friday at noon');
  const second = await pressAndWait(
    customer.page,
    threadOf(agent.page).getByText('I could come on Friday at noon', { exact: true }),
  );
  await expect
    .poll(() => agent.page.getByText('I could come on Friday at noon').count(), { timeout: 5_000 })
    .toBeGreaterThanOrEqual(2);

  await threadOf(agent.page).getByRole('textbox', { name: 'Message' }).fill('Friday at noon is fine.');
  const answered = await pressAndWait(
    agent.page,
    customer.page.locator('#bubbles').getByText('Friday at noon is fine.'),
  );
  await threadOf(agent.page).getByRole('img', { name: 'Read', exact: true }).last().waitFor();
  printFigure(
    `shown after Enter: new conversation ${String(first)} ms, open thread ${String(second)} ms, answer on the phone ${String(answered)} ms`,
  );
  await keepPicture(agent.page, 'thread');
  await keepPicture(customer.page, 'phone');

  // Once, and still there after a reload.
  expect(await threadOf(agent.page).getByText('Friday at noon is fine.', { exact: true }).count()).toBe(1);
  await agent.page.reload();
  await threadOf(agent.page).getByText('Friday at noon is fine.', { exact: true }).waitFor();
  expect(
    await threadOf(agent.page).getByText('I could come on Friday at noon', { exact: true }).count(),
  ).toBe(1);

  expect(agent.faults).toEqual([]);
  expect(customer.faults).toEqual([]);
  await Promise.all([agent.close(), customer.close()]);
});

test('what a customer writes is shown as text, never run', async () => {
  const agent = await openPage(browser);
  await signIn(agent.page, switchboard.url, { email: 'agent1@demo.test', password: DEMO_PASSWORD });
  const hostile = [
    '<img src=x onerror="window.wasRun=1">',
    '<script>window.wasRun=1</script>',
    'javascript:window.wasRun=1',
    '"><svg onload=window.wasRun=1>',
    '{{constructor.constructor("window.wasRun=1")()}}',
  ];
  for (const [index, text] of hostile.entries())
    switchboard.simulator.control.inbound({
      phone_number_id: DEMO_ACCOUNT.dedicated.id,
      from: '4915155500888',
      name: `<b onmouseover="window.wasRun=1">Eve</b>${String(index)}`,
      text,
    });
  const row = agent.page.getByRole('link', { name: /Eve/ }).first();
  await row.hover();
  await row.click();
  for (const text of hostile) await threadOf(agent.page).getByText(text).first().waitFor();
  expect(await agent.page.evaluate('window.wasRun')).toBeUndefined();
  expect(await threadOf(agent.page).locator('a[href^="javascript:"]').count()).toBe(0);
  expect(agent.faults).toEqual([]);
  await keepPicture(agent.page, 'hostile');
  await agent.close();
});

test('on a narrow screen the list comes first, then the thread, and back leads to the list', async () => {
  const agent = await openPage(browser, {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await signIn(agent.page, switchboard.url, { email: 'agent1@demo.test', password: DEMO_PASSWORD });
  const row = agent.page.getByRole('link', { name: /Kenji Watanabe/ });
  await row.waitFor();
  await keepPicture(agent.page, 'narrow-list');
  expect(await threadOf(agent.page).isVisible()).toBe(false);
  await row.click();
  await threadOf(agent.page)
    .getByText(/Noted. I have three that fit/)
    .first()
    .waitFor();
  expect(await row.isVisible()).toBe(false);
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
  expect(await agent.page.evaluate(overflow)).toBe(0);
  await keepPicture(agent.page, 'narrow-thread');
  await agent.page.getByRole('link', { name: 'Back to the list' }).click();
  await row.waitFor();
  expect(await threadOf(agent.page).isVisible()).toBe(false);
  expect(agent.faults).toEqual([]);
  await agent.close();
});

test('what could not be fetched while the network was away is there when it is back', async () => {
  const agent = await openPage(browser, { expected: /ERR_INTERNET_DISCONNECTED|ERR_FAILED/ });
  await signIn(agent.page, switchboard.url, { email: 'agent1@demo.test', password: DEMO_PASSWORD });
  await agent.page.getByRole('link', { name: /Kenji Watanabe/ }).waitFor();
  // The stream of events stays open and tells of the message; only fetching it fails, at first.
  let refused = 0;
  await agent.page.route('**/api/v1/conversations/*', async (route) => {
    refused++;
    await route.abort('internetdisconnected');
  });
  switchboard.simulator.control.inbound({
    phone_number_id: DEMO_ACCOUNT.dedicated.id,
    from: '4915155500999',
    name: 'Noor Missed',
    text: 'Did this arrive?',
  });
  await switchboard.settle();
  await expect.poll(() => refused, { timeout: 10_000 }).toBeGreaterThan(0);
  await agent.page.unroute('**/api/v1/conversations/*');
  await agent.page.getByText('Did this arrive?').first().waitFor();
  expect(agent.faults).toEqual([]);
  await agent.close();
});
