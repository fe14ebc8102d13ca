/** What is written while sending is paused says that it waits and why, on every width, and goes when the account is connected again. */
import { beforeAll, expect, test } from 'vitest';
import { DEMO_ACCOUNT } from '../../src/demo/demo-content.ts';
import { keepPicture, openPage, SCREENS, signIn } from '../harness/browser-page.ts';
import { DEMO_PASSWORD } from '../harness/demo.ts';
import { browser, switchboard } from '../harness/with-demo.ts';

beforeAll(async () => {
  const from = '4915155501021';
  switchboard.simulator.control.inbound({
    phone_number_id: DEMO_ACCOUNT.dedicated.id,
    from,
    text: 'Is anybody there?',
  });
  await switchboard.settle();
  switchboard.simulator.control.revokeTokens({ waba_id: DEMO_ACCOUNT.wabaId, subcode: 460 });
});

test.each(SCREENS)(
  'on a %s the first message that waits says so, as those after it',
  async (name, options) => {
    const { page, faults, close } = await openPage(browser, options);
    await signIn(page, switchboard.url, { email: 'agent1@demo.test', password: DEMO_PASSWORD });
    await page.locator('[data-row]').first().click();
    const thread = page.getByRole('region', { name: 'Conversation' });
    for (const text of [`First on the ${name}`, `Second on the ${name}`]) {
      await thread.getByRole('textbox', { name: 'Message' }).fill(text);
      await thread.getByRole('button', { name: 'Send' }).click();
      await thread
        .locator('[data-message]')
        .filter({ hasText: text })
        .getByText('Waits: sending is paused. The password of the Meta account was changed.')
        .waitFor();
    }
    expect(await thread.getByRole('img', { name: 'Sending', exact: true }).count()).toBe(0);
    await keepPicture(page, `waits-${name}`);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(faults).toEqual([]);
    await close();
  },
);
