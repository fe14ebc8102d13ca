/** An owner finds what is in quarantine, reads it, and lets it be tried again. */
import { beforeAll, expect, test } from 'vitest';
import { DEMO_ACCOUNT } from '../../src/demo/demo-content.ts';
import { queryAsAdmin } from '../harness/admin-query.ts';
import { keepPicture, openPage, press, SCREENS, signIn } from '../harness/browser-page.ts';
import { deliver, envelope, messagesChange, textMessage } from '../harness/deliveries.ts';
import { DEMO_PASSWORD } from '../harness/demo.ts';
import { browser, switchboard } from '../harness/with-demo.ts';

beforeAll(async () => {
  await queryAsAdmin(
    switchboard.database,
    `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN RAISE EXCEPTION 'the text is not of its encoding' USING ERRCODE = '22021'; END $$;
     CREATE TRIGGER refuse BEFORE INSERT ON public.messages FOR EACH ROW EXECUTE FUNCTION public.refuse()`,
  );
  const from = { phone: '4915155504321', name: 'Ute Falk' };
  const messages = ['Is the cellar dry?', 'And the attic?'].map((text) => textMessage({ from, text }));
  const change = messagesChange(DEMO_ACCOUNT.dedicated.id, messages, [from]);
  await deliver(switchboard.url, envelope([change]));
  await switchboard.settle();
});

test.each(SCREENS)('on a %s it is listed and read', async (name, options) => {
  const { page, faults, close } = await openPage(browser, options);
  await signIn(page, switchboard.url, { email: 'owner@demo.test', password: DEMO_PASSWORD });
  await page.getByRole('link', { name: /Kenji Watanabe/ }).waitFor();
  await page.goto(`${switchboard.url}/settings/quarantine`);
  await page.getByRole('list', { name: 'Items in quarantine' }).waitFor();
  expect(await page.getByText('22021: the text is not of its encoding').count()).toBe(2);
  await keepPicture(page, `quarantine-${name}`);
  await page.getByRole('button', { name: 'Show', exact: true }).last().click();
  await page.getByText('Is the cellar dry?').waitFor();
  await keepPicture(page, `quarantine-${name}-item`);
  await press(page, 'Escape');
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  expect(faults).toEqual([]);
  await close();
});

test('once the cause is gone everything is tried again and the list is empty', async () => {
  await queryAsAdmin(switchboard.database, 'DROP TRIGGER refuse ON public.messages');
  const { page, faults, close } = await openPage(browser);
  await signIn(page, switchboard.url, { email: 'owner@demo.test', password: DEMO_PASSWORD });
  await page.getByRole('link', { name: /Kenji Watanabe/ }).waitFor();
  await page.goto(`${switchboard.url}/settings/quarantine`);
  await page.getByRole('button', { name: 'Try all again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Nothing is in quarantine').waitFor();
  await keepPicture(page, 'quarantine-empty');
  await switchboard.settle();
  await page.goto(switchboard.url);
  await page.getByRole('link', { name: /Ute Falk/ }).waitFor();
  expect(faults).toEqual([]);
  await close();
});
