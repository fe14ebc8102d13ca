import { expect, it } from 'vitest';
import { faultOfPassword } from './password-rules.ts';

it('asks for ten characters and says how many are missing', () => {
  expect(faultOfPassword('seven77')).toMatch(/3 more/u);
  expect(faultOfPassword('ten chars!')).toBeNull();
  expect(faultOfPassword('x'.repeat(201))).toMatch(/at most 200/u);
});
