import { expect, test } from 'vitest';
import { DEFAULT_ROUTING } from '../../../src/modules/waba/contract.ts';
import { defaultRouting, moveRule, unusedRules } from './routing.ts';

test('a rule moves one place, and stays at the ends', () => {
  expect(moveRule(['conversation', 'number', 'customer'], 1, -1)).toEqual([
    'number',
    'conversation',
    'customer',
  ]);
  expect(moveRule(['conversation', 'number', 'customer'], 1, 1)).toEqual([
    'conversation',
    'customer',
    'number',
  ]);
  expect(moveRule(['conversation', 'number'], 0, -1)).toEqual(['conversation', 'number']);
  expect(moveRule(['conversation', 'number'], 1, 1)).toEqual(['conversation', 'number']);
});

test('what is not asked can be added', () => {
  expect(unusedRules(defaultRouting.dedicated)).toEqual(['lease']);
  expect(unusedRules(defaultRouting.central)).toEqual(['number']);
});

test('the defaults are those of the server', () => {
  expect(defaultRouting).toEqual(DEFAULT_ROUTING);
});
