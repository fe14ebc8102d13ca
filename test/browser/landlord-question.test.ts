/** Somebody who rents from two landlords is asked on the phone whom they mean; what they wrote appears at the one they choose. */
import { expect, test } from 'vitest';
import { request } from '../harness/api.ts';
import { keepPicture, openPage, sawToast, signIn } from '../harness/browser-page.ts';
import { hire, MEMBER_PASSWORD } from '../harness/people.ts';
import { openRoutingDesk } from '../harness/routing-desk.ts';
import { openTwoLandlords } from '../harness/two-landlords.ts';
import { browser, switchboard } from '../harness/with-web-app.ts';

test('the phone asks, the person chooses, and the conversation opens at the right landlord', async () => {
  const desk = await openRoutingDesk(switchboard);
  const { central, lou, sam, phone } = await openTwoLandlords(switchboard, desk);
  const [customer, landlord, other] = [
    await openPage(browser, { expected: /status of 401/ }),
    await openPage(browser, { expected: /status of 401/ }),
    await openPage(browser, { expected: /status of 401/ }),
  ];
  await signIn(landlord.page, switchboard.url, { email: sam.user.email, password: MEMBER_PASSWORD });
  await signIn(other.page, switchboard.url, { email: lou.user.email, password: MEMBER_PASSWORD });
  await landlord.page.waitForURL(/\/inbox/);
  await other.page.waitForURL(/\/inbox/);

  await customer.page.goto(`${switchboard.url}/simulator/phone?from=${phone}&number=${central}`);
  const words = customer.page.getByRole('textbox', { name: 'Message' });
  for (const text of ['The tap drips', 'Since yesterday']) {
    await words.fill(text);
    await words.press('Enter');
    await customer.page.locator('#bubbles').getByText(text, { exact: true }).waitFor();
  }
  await customer.page.locator('#bubbles').getByRole('button', { name: 'Choose' }).click();
  await customer.page.getByRole('button', { name: /Sam Second/ }).waitFor();
  await keepPicture(customer.page, 'question-on-the-phone');
  await customer.page.getByRole('button', { name: /Sam Second/ }).click();

  await landlord.page.locator('[data-row]').first().click();
  const thread = landlord.page.getByRole('region', { name: 'Conversation' });
  for (const text of ['The tap drips', 'Since yesterday', 'Sam Second'])
    await thread.getByText(text, { exact: true }).last().waitFor();
  await thread.getByText('Automatic: whom they mean').waitFor();
  await keepPicture(landlord.page, 'question-answered');
  expect(await customer.page.locator('#bubbles').getByRole('button', { name: 'Choose' }).count()).toBe(1);
  await switchboard.settle();
  expect(await other.page.locator('[data-row]').count()).toBe(0);

  // STOP: the composer closes while the landlord looks on.
  await words.fill('STOP');
  await words.press('Enter');
  await thread.getByText('asked not to be written to', { exact: false }).waitFor();
  await keepPicture(landlord.page, 'asked-not-to-be-written-to');
  for (const { faults } of [customer, landlord, other]) expect(faults).toEqual([]);
  await Promise.all([customer.close(), landlord.close(), other.close()]);
});

test('a person says what goes out without them, and an owner what people who wait are told', async () => {
  const desk = await openRoutingDesk(switchboard);
  const member = await hire(switchboard, desk.owner, 'Lou First');
  const mine = await openPage(browser, { expected: /status of 401/ });
  await signIn(mine.page, switchboard.url, { email: member.user.email, password: MEMBER_PASSWORD });
  await mine.page.waitForURL(/\/inbox/);
  await mine.page.goto(`${switchboard.url}/settings/profile`);
  await mine.page.getByRole('checkbox', { name: 'Greet new customers' }).click();
  await mine.page.getByRole('checkbox', { name: 'Say when you are away' }).click();
  await mine.page.getByLabel('Greeting').fill('Good day!');
  await mine.page.getByText('Good day!', { exact: true }).last().waitFor();
  await mine.page.getByLabel('Until').fill('08:00');
  const card = mine.page.getByRole('region', { name: 'Automatic replies' });
  await card.getByRole('button', { name: 'Save' }).click();
  await card.getByText('The hours have to end after they begin.').waitFor();
  await mine.page.getByLabel('Until').fill('18:00');
  await card.getByRole('button', { name: 'Save' }).click();
  await sawToast(mine.page, 'Your automatic replies are saved.');
  await card.scrollIntoViewIfNeeded();
  await keepPicture(mine.page, 'automatic-replies');
  await mine.page.setViewportSize({ width: 390, height: 844 });
  await card.getByText('When you are there').scrollIntoViewIfNeeded();
  await keepPicture(mine.page, 'automatic-replies-phone');
  await mine.page.reload();
  expect(await mine.page.getByLabel('Greeting').inputValue()).toBe('Good day!');
  expect(mine.faults).toEqual([]);
  await mine.close();

  const owner = await openPage(browser, { expected: /status of (401|412)/ });
  await signIn(owner.page, switchboard.url, {
    email: desk.owner.user.email,
    password: 'a long enough password',
  });
  await owner.page.waitForURL(/\/inbox/);
  await owner.page.goto(`${switchboard.url}/settings/organization`);
  await owner.page.getByLabel('Language').selectOption('de');
  await owner.page.getByLabel('Own words, in Deutsch').fill('Einen Augenblick, {brand} meldet sich.');
  await owner.page.getByLabel('Further words for STOP').fill('Schluss, Ende');
  const messages = owner.page.getByRole('region', { name: 'Automatic messages' });
  await messages.getByRole('button', { name: 'Save' }).click();
  await sawToast(owner.page, 'Automatic messages are saved.');
  await messages.scrollIntoViewIfNeeded();
  await keepPicture(owner.page, 'automatic-messages');
  await owner.page.reload();
  expect(await owner.page.getByLabel('Further words for STOP').inputValue()).toBe('Schluss, Ende');

  // Somebody else saves while this page stands open.
  await owner.page.getByLabel('Further words for START').fill('Los');
  const others = await request(`${switchboard.url}/api/v1/automatic-messages`, {
    method: 'PUT',
    token: desk.owner.access_token,
    body: {
      language: 'de',
      notice: { enabled: false, texts: {} },
      stop_words: ['Feierabend'],
      start_words: [],
    },
  });
  expect(others.status).toBe(200);
  await messages.getByRole('button', { name: 'Save' }).click();
  const refusal = messages.getByText('Somebody has saved something else here');
  await refusal.waitFor();
  // The button is at the end of a long card, the message at its beginning.
  await expect.poll(async () => (await refusal.boundingBox())?.y ?? -1).toBeGreaterThan(56);
  await keepPicture(owner.page, 'changed-meanwhile');
  await owner.page.reload();
  expect(await owner.page.getByLabel('Further words for STOP').inputValue()).toBe('Feierabend');
  expect(owner.faults).toEqual([]);
  await owner.close();
});
