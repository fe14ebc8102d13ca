/** Who wrote, and when: people with and without a visible phone, and messages whose time is not now. */
import { expect, test } from 'vitest';
import {
  deliver,
  envelope,
  messagesChange,
  newPhone,
  newUserId,
  textChange,
  textMessage,
} from '../harness/deliveries.ts';
import { inbox, number, switchboard } from '../harness/with-number.ts';

const send = (...changes: Parameters<typeof envelope>) => deliver(switchboard.url, envelope(...changes));

test('a person without a visible phone number becomes a customer, and stays the same one when the number shows', async () => {
  const person = { userId: newUserId(), name: 'Noor', username: '@noor.writes' };
  await send([textChange(number.phoneNumberId, { from: person, text: 'Hidden' })]);
  await switchboard.settle();
  expect(await inbox.with('Noor')).toMatchObject({ customer: { phone: null, username: 'noor.writes' } });

  const phone = newPhone();
  for (const [from, text] of [
    [{ ...person, phone }, 'Shown'],
    [{ phone, name: 'Noor' }, 'By phone'],
    [person, 'Hidden again'],
  ] as const) {
    await send([textChange(number.phoneNumberId, { from, text })]);
    await switchboard.settle();
  }
  expect(await inbox.with('Noor')).toMatchObject({ customer: { phone, username: 'noor.writes' } });
  expect((await inbox.textsWith('Noor')).toSorted()).toEqual(['By phone', 'Hidden', 'Hidden again', 'Shown']);
});

test('customers who turn out to be one person become one, with all that they wrote', async () => {
  const [phone, userId] = [newPhone(), newUserId()];
  const write = async (from: { phone?: string; userId?: string }, text: string) => {
    await send([textChange(number.phoneNumberId, { from: { ...from, name: `Iris ${phone}` }, text })]);
    await switchboard.settle();
  };
  await write({ phone }, 'By phone');
  await write({ userId }, 'By id');
  await write({ phone, userId }, 'By both');
  await write({ userId }, 'By id again');
  expect(await inbox.textsWith(phone)).toEqual([
    'By phone',
    'By id',
    'Two customers turned out to be the same person. Their messages are now in one conversation.',
    'By both',
    'By id again',
  ]);
});

/** What the inbox shows of a person, oldest first. */
const timesOf = async (phone: string) =>
  (await inbox.thread((await inbox.with(phone)).id))
    .toReversed()
    .map(({ text, timestamp }) => [text, timestamp]);

test('messages of the same second keep the order in which they came', async () => {
  const phone = newPhone();
  const at = new Date();
  for (const text of ['a', 'b', 'c', 'd', 'e'])
    await send([textChange(number.phoneNumberId, { from: { phone }, text, at })]);
  await switchboard.settle();
  expect(await inbox.textsWith(phone)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('a message that arrives days late stands at its own time, and leaves the newest and the window alone', async () => {
  const phone = newPhone();
  const days = (count: number) => new Date(Math.floor(Date.now() / 1000 - count * 86_400) * 1000);
  const write = async (text: string, at: Date) => {
    await send([textChange(number.phoneNumberId, { from: { phone }, text, at })]);
    await switchboard.settle();
  };
  await write('Now', days(0));
  const before = await inbox.with(phone);
  for (const [text, age] of [
    ['Eight days old', 8],
    ['A year old', 365],
  ] as const)
    await write(text, days(age));
  expect(await timesOf(phone)).toEqual(
    [
      ['A year old', days(365).toISOString().replace(/T.*/, '')],
      ['Eight days old', days(8).toISOString().replace(/T.*/, '')],
      ['Now', days(0).toISOString().replace(/T.*/, '')],
    ].map(([text, day]) => [text, expect.stringContaining(day ?? '') as string]),
  );
  expect(await inbox.with(phone)).toMatchObject({
    last_message: { text: 'Now' },
    last_message_at: before.last_message_at,
    window_closes_at: before.window_closes_at,
    unread_count: 3,
  });
});

test.each<[string, string | number | undefined]>([
  ['zero', '0'],
  ['before 1970', '-86400'],
  ['a number', 1_780_000_000],
  ['missing', undefined],
  ['words', 'soon'],
])('a time that is %s does not keep a message from being shown', async (_what, timestamp) => {
  const phone = newPhone();
  const message = { ...textMessage({ from: { phone }, text: 'Whenever' }), timestamp };
  await send([messagesChange(number.phoneNumberId, [message], [{ phone }])]);
  await switchboard.settle();
  expect(await inbox.textsWith(phone)).toEqual(['Whenever']);
});
