import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashApiKey, hintOfApiKey, looksLikeApiKey, newApiKey } from './api-key.ts';

test('a key is one word with a prefix, and no two are the same', () => {
  const keys = Array.from({ length: 200 }, newApiKey);
  expect(keys.every((key) => /^sb_[0-9A-Za-z]{49}$/.test(key) && looksLikeApiKey(key))).toBe(true);
  expect(new Set(keys).size).toBe(200);
});

test('what was mistyped is known without asking anybody', () => {
  const key = newApiKey();
  expect(hashApiKey(key)).toHaveLength(32);
  fc.assert(
    fc.property(
      fc.integer({ min: 3, max: key.length - 1 }),
      fc.constantFrom('0', 'A', 'z', '_', '-'),
      (at, wrong) => {
        fc.pre(key[at] !== wrong);
        expect(hashApiKey(key.slice(0, at) + wrong + key.slice(at + 1))).toBeNull();
      },
    ),
  );
  for (const text of ['', 'sb_', `${key} `, `${key}0`, key.slice(1), key.toLowerCase()])
    expect(hashApiKey(text)).toBeNull();
});

test('the hint shows the ends and leaves more than 200 bits unsaid', () => {
  const key = newApiKey();
  expect(hintOfApiKey(key)).toBe(`${key.slice(0, 7)}…${key.slice(-4)}`);
});
