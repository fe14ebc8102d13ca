import { expect, test } from 'vitest';
import { onlyAccountOf } from './only-account.ts';

const entry = (id: string, text = 'Hello') => ({
  id,
  changes: [{ field: 'messages', value: { messages: [{ type: 'text', text: { body: text } }] } }],
});
const delivery = (...entries: unknown[]) => ({ object: 'whatsapp_business_account', entry: entries });
const accountOf = (body: unknown, indent?: number) =>
  onlyAccountOf(Buffer.from(JSON.stringify(body, null, indent)));

test('a delivery of one entry is the account’s that it names', () => {
  expect(accountOf(delivery(entry('310011')))).toBe('310011');
});

test('blanks between the tokens do not matter', () => {
  expect(accountOf(delivery(entry('310011')), 2)).toBe('310011');
});

test('a delivery of several entries is nobody’s alone', () => {
  expect(accountOf(delivery(entry('310011'), entry('310022')))).toBeNull();
  expect(accountOf(delivery(entry('310011'), entry('310011')))).toBeNull();
});

test('nothing that a customer writes makes a delivery of several entries look like one', () => {
  const texts = ['"changes"', '\\"changes\\"', '"}],"changes":[', 'changes', '\u0000"changes"', '"changes'];
  for (const text of texts) expect(accountOf(delivery(entry('310011', text), entry('310022')))).toBeNull();
});

test('what a customer writes about changes keeps the account, but for the bare word, which is not sure', () => {
  expect(accountOf(delivery(entry('310011', 'Any "changes" today?')))).toBe('310011');
  expect(accountOf(delivery(entry('310011', 'changes')))).toBeNull();
});

test.each([
  ['nothing', ''],
  ['no JSON', 'changes'],
  ['another object', '{"object":"page","entry":[{"id":"1","changes":[]}]}'],
  [
    'an entry that does not begin with its id',
    '{"object":"whatsapp_business_account","entry":[{"changes":[],"id":"1"}]}',
  ],
  ['an id that is no number', '{"object":"whatsapp_business_account","entry":[{"id":"x","changes":[]}]}'],
  [
    'an id that is too long',
    `{"object":"whatsapp_business_account","entry":[{"id":"${'1'.repeat(33)}","changes":[]}]}`,
  ],
  ['no changes', '{"object":"whatsapp_business_account","entry":[{"id":"1"}]}'],
  [
    'a beginning that does not come',
    `${' '.repeat(300)}{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}]}`,
  ],
])('%s tells no account', (_what, body) => {
  expect(onlyAccountOf(Buffer.from(body))).toBeNull();
});
