import { expect, test } from 'vitest';
import { decideAnswer } from './rules-answer.ts';

const landlords = [
  { userId: 'a', name: 'Lou First' },
  { userId: 'b', name: 'Sam Second' },
  { userId: 'c', name: 'Sam Özgür' },
];
const meant = (text: string, rowId: string | null = null) =>
  decideAnswer(landlords, { text, rowId })?.userId ?? null;

test.each([
  ['Lou First', 'a'],
  ['lou', 'a'],
  ['  LOU   first! ', 'a'],
  ['It is for Lou First, thanks', 'a'],
  ['ozgur', 'c'],
  ['Second', 'b'],
])('“%s” names one', (text, userId) => expect(meant(text)).toBe(userId));

test.each([
  'Sam',
  'Lou or Sam',
  'Is Lou there?',
  'The tap drips',
  '',
  '👍',
  `Lou First ${'and then '.repeat(10)}`,
])('“%s” names nobody for certain', (text) => expect(meant(text)).toBeNull());

test('a row names its landlord, and an id that is nobody’s names nobody', () => {
  expect(meant('', 'landlord:b')).toBe('b');
  expect(meant('Lou First', 'landlord:else')).toBeNull();
  expect(meant('', 'b')).toBeNull();
});
