import { expect, it } from 'vitest';
import { faultOfPassword, strengthOfPassword } from './password-rules.ts';

it('asks for ten characters and says how many are missing', () => {
  expect(faultOfPassword('seven77')).toMatch(/3 more/u);
  expect(faultOfPassword('ten chars!')).toBeNull();
  expect(faultOfPassword('x'.repeat(201))).toMatch(/at most 200/u);
});

it('rates length over tricks and is not fooled by repetition', () => {
  expect(strengthOfPassword('aaaaaaaaaaaaaaaaaaaa')).toBe(1);
  expect(strengthOfPassword('violet lantern under snow')).toBeGreaterThanOrEqual(3);
  expect(strengthOfPassword('short')).toBe(1);
});
