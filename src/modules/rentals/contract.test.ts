import { expect, test } from 'vitest';
import { LONGEST_SIGNATURE, signatureOf } from './contract.ts';

const NAME = 'n'.repeat(255);
const BRAND = 'b'.repeat(60);

test('a signature holds the longest name and brand', () => {
  expect(signatureOf({ name: NAME, own: null }, BRAND)).toBe(`From ${NAME} via ${BRAND}:`);
});

test('a signature that says the name again and again leaves room for the text below it', () => {
  const own = '{name}'.repeat(Math.floor(LONGEST_SIGNATURE / 6));
  expect(signatureOf({ name: NAME, own }, BRAND)).toHaveLength(400);
  expect(Array.from(signatureOf({ name: '🦊'.repeat(127), own }, BRAND))).toHaveLength(400);
});
