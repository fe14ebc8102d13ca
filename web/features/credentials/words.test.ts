import { describe, expect, test } from 'vitest';
import { FIELDS, faultOf, sourceWords } from './words.ts';

const field = (name: string) => {
  const found = FIELDS.find((one) => one.name === name);
  if (!found) throw new Error(`There is no field ${name}.`);
  return found;
};

describe('what is wrong with a value', () => {
  test('nothing, when it is empty or the masked form that came', () => {
    for (const one of FIELDS) {
      expect(faultOf(one, '')).toBeNull();
      expect(faultOf(one, '••••••••wxyz')).toBeNull();
    }
  });

  test.each([
    ['fb_app_id', '12a'],
    ['waba_id', '+49 30'],
    ['access_token', 'two words'],
    ['fb_app_secret', 'short'],
    ['callback_url', 'firm.example.com'],
  ])('%s refuses %j', (name, value) => {
    expect(faultOf(field(name), value)).toMatch(/\.$/);
  });

  test.each([
    ['fb_app_id', '940001'],
    ['access_token', 'EAAGm0PX4ZCpsBAK'],
    ['callback_url', 'https://firm.example.com/hook'],
  ])('%s takes %j', (name, value) => {
    expect(faultOf(field(name), value)).toBeNull();
  });
});

test('every source has its words', () => {
  expect([null, 'database', 'environment', 'simulator'].map((one) => sourceWords(one as null).label)).toEqual(
    ['Not set', 'Yours', 'Install', 'Simulator'],
  );
});
