/** Ways in which inboxes are known to lose messages that no other file of tests is about (docs/testing.md lists where the others are). */
import { expect, test } from 'vitest';
import { deliver, envelope, newPhone, textChange } from '../harness/deliveries.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

test.each<[string, Record<string, unknown>]>([
  ['with another digit, as in Brazil', { display_phone_number: '5511987654321' }],
  ['formatted for people', { display_phone_number: '+55 11 8765-4321' }],
  ['not at all', {}],
])('a message is found by the id of its number, which Meta writes %s', async (_, display) => {
  const from = { phone: newPhone() };
  const { field, value } = textChange(number.phoneNumberId, { from, text: 'Found' });
  const metadata = { phone_number_id: number.phoneNumberId, ...display };
  await deliver(switchboard.url, envelope([{ field, value: { ...value, metadata } }]));
  await switchboard.settle();
  expect(await inbox.textsWith(from.phone)).toEqual(['Found']);
});

test('messages go on arriving while Meta refuses the account’s token, and an answer waits instead of showing as sent', async () => {
  const from = { phone: newPhone() };
  const write = async (text: string) => {
    await deliver(switchboard.url, envelope([textChange(number.phoneNumberId, { from, text })]));
    await switchboard.settle();
  };
  await write('Before');
  switchboard.simulator.control.revokeTokens({ access_token: number.token });
  const { id } = await inbox.with(from.phone);
  await inbox.send(id, 'An answer');
  await switchboard.settle();
  await write('While it is refused');
  const thread = (await inbox.thread(id)).toReversed();
  expect(thread.map(({ text }) => text)).toEqual(['Before', 'An answer', 'While it is refused']);
  expect(['queued', 'sending', 'failed']).toContain(thread[1]?.status);
});
