/** Everything that customers can send, as the agent sees it in the thread, and what changes there while the agent looks. */
import { expect, test } from 'vitest';
import { DEMO_ACCOUNT } from '../../src/demo/demo-content.ts';
import { keepPicture, openPage, signIn, type WatchedPage } from '../harness/browser-page.ts';
import {
  deliver,
  envelope,
  messagesChange,
  newWamid,
  textMessage,
  type Sender,
} from '../harness/deliveries.ts';
import { DEMO_PASSWORD } from '../harness/demo.ts';
import { anyMessage, call, changeOf, echo, edit, reaction, revoke } from '../harness/webhook-kinds.ts';
import { browser, switchboard } from '../harness/with-demo.ts';

const number = DEMO_ACCOUNT.dedicated.id;
const from = { phone: '4915155501234', name: 'Imke Sommer' };
const minutes = (count: number) => new Date(Date.now() - 3_600_000 + count * 60_000);

async function post(...messages: Record<string, unknown>[]): Promise<void> {
  await deliver(switchboard.url, envelope([messagesChange(number, messages, [from])]));
  await switchboard.settle();
}

const question = textMessage({ from, text: 'Which flat was it again?', at: minutes(1) });
const wrong = textMessage({ from, text: 'At nine', at: minutes(2) });
const gone = textMessage({ from, text: 'Forget this', at: minutes(3) });

async function writeEverything(): Promise<void> {
  const at = (minute: number) => ({ from, at: minutes(minute) });
  const referral = {
    source_url: 'https://ads.example/spring',
    headline: 'Two rooms by the harbour',
    body: 'Free from May. Bright, with a balcony to the south.',
  };
  const lines = [
    { product_retailer_id: 'Key copy', quantity: '2', item_price: 12.5, currency: 'EUR' },
    { product_retailer_id: 'Door sign', quantity: 1, item_price: 8, currency: 'EUR' },
  ];
  await post(
    anyMessage(at(0), 'text', { body: 'Hello, I saw your advertisement' }, { referral }),
    question,
    wrong,
    gone,
    anyMessage(
      at(4),
      'text',
      { body: 'The one with the balcony' },
      { context: { id: question.id, from: from.phone } },
    ),
    anyMessage(at(5), 'text', { body: 'Please share this' }, { context: { frequently_forwarded: true } }),
    anyMessage(at(6), 'contacts', [
      {
        name: { formatted_name: 'Paul Lange' },
        phones: [{ phone: '+4915155509999' }],
        org: { company: 'Lange Keys' },
      },
    ]),
    anyMessage(at(7), 'location', {
      latitude: 53.54,
      longitude: 9.98,
      name: 'Landing Stage 3',
      address: 'By the water',
    }),
    anyMessage(at(8), 'order', { catalog_id: '1', product_items: lines, text: 'For Saturday' }),
    anyMessage(at(9), 'interactive', {
      type: 'nfm_reply',
      nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"move_in":"1 June","people":2}' },
    }),
    anyMessage(
      at(10),
      'unsupported',
      { type: 'poll_creation' },
      { errors: [{ code: 131051, title: 'Message type unknown' }] },
    ),
    anyMessage(at(11), 'system', {
      body: 'Imke Sommer changed numbers',
      type: 'user_changed_number',
      wa_id: from.phone,
    }),
  );
  const id = `wacid.${newWamid()}`;
  const calls = [call({ ...at(12), id }, 'connect'), call({ ...at(13), id }, 'terminate', { duration: 65 })];
  const ours = echo(at(14), 'text', { body: 'We answered from the shop’s phone' });
  await deliver(
    switchboard.url,
    envelope([
      changeOf(number, 'calls', { calls }),
      changeOf(number, 'smb_message_echoes', { message_echoes: [ours] }),
    ]),
  );
  await post(
    reaction(at(15), ours.id, '🙏'),
    edit(at(15), wrong.id, 'At ten, sorry'),
    revoke(at(15), gone.id),
  );
}

async function openThread(options: Parameters<typeof openPage>[1] = {}): Promise<WatchedPage> {
  const opened = await openPage(browser, options);
  await signIn(opened.page, switchboard.url, { email: 'owner@demo.test', password: DEMO_PASSWORD });
  await opened.page.getByRole('link', { name: /Imke Sommer/ }).click();
  await opened.page.getByText('We answered from the shop’s phone', { exact: true }).waitFor();
  return opened;
}

test('a thread shows every kind of message, and changes while it is open', async () => {
  await writeEverything();
  const { page, faults, close } = await openThread({ viewport: { width: 1280, height: 1500 } });
  const log = page.getByRole('log');
  for (const shown of [
    'Two rooms by the harbour',
    'At ten, sorry',
    'Edited',
    'This message was deleted',
    'Forwarded many times',
    'Paul Lange',
    'Landing Stage 3',
    '2 × Key copy',
    '€25.00',
    '1 June',
    'Unsupported message (poll creation): Message type unknown',
    'Imke Sommer changed numbers',
    'Incoming call',
    '1:05',
  ])
    await log.getByText(shown, { exact: true }).first().waitFor();
  expect(await log.getByText('Forget this').count()).toBe(0);
  expect(await log.getByRole('img', { name: 'Reactions: 🙏' }).count()).toBe(1);
  expect(await log.getByRole('button', { name: /Which flat was it again/ }).count()).toBe(1);
  await keepPicture(page, 'kinds');

  await post(reaction({ from, at: minutes(20) }, question.id, '👍'));
  await log.getByRole('img', { name: 'Reactions: 👍' }).waitFor();
  await post(revoke({ from, at: minutes(21) }, question.id));
  await log.getByText('This message was deleted').nth(1).waitFor();
  expect(faults).toEqual([]);
  await close();
});

test('a thread that went into another says that it is not here any more', async () => {
  const [known, stranger] = [
    { phone: '4915155507777', name: 'Nils Hahn' },
    { userId: 'DE.7700112233', name: 'Nils by id' },
  ];
  const write = async (sender: Sender, text: string) => {
    await deliver(
      switchboard.url,
      envelope([messagesChange(number, [textMessage({ from: sender, text })], [sender])]),
    );
    await switchboard.settle();
  };
  await write(known, 'By phone');
  await write(stranger, 'By id');
  const { page, close } = await openPage(browser, { expected: /404/ });
  await signIn(page, switchboard.url, { email: 'owner@demo.test', password: DEMO_PASSWORD });
  await page.getByRole('link', { name: /Nils by id/ }).click();
  await page.getByRole('log').getByText('By id', { exact: true }).waitFor();
  await write({ ...known, ...stranger, name: 'Nils Hahn' }, 'Both');
  await page.getByText('This conversation is not here').waitFor();
  await page.getByRole('link', { name: /Nils Hahn/ }).click();
  await page.getByText('Two customers turned out to be the same person').waitFor();
  for (const text of ['By phone', 'By id', 'Both'])
    await page.getByRole('log').getByText(text, { exact: true }).waitFor();
  await close();
});

test.each(['light', 'dark'] as const)('on a phone, %s, nothing is cut off', async (colorScheme) => {
  const { page, faults, close } = await openThread({
    viewport: { width: 390, height: 844 },
    colorScheme,
    hasTouch: true,
  });
  await keepPicture(page, `kinds-phone-${colorScheme}`);
  const log = page.getByRole('log');
  expect(await log.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
  await log.evaluate((element) => element.scrollTo(0, 0));
  await page.getByText('Two rooms by the harbour').waitFor();
  await keepPicture(page, `kinds-phone-${colorScheme}-top`);
  expect(faults).toEqual([]);
  await close();
});
