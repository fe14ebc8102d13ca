import { expect, it } from 'vitest';
import { measurePassword } from './measure-password.ts';

it('finds what guessers try first easily guessed, and a few words in a row strong', async () => {
  for (const weak of ['password123', 'qwertyuiop', 'aaaaaaaaaaaaaaaaaaaa', '1234567890', 'Passw0rd!!'])
    expect(await measurePassword(weak, []), weak).toBeLessThan(2);
  for (const strong of ['violet lantern under snow', 'seven quiet herons'])
    expect(await measurePassword(strong, []), strong).toBe(4);
});

it('counts the person’s own words as known', async () => {
  expect(await measurePassword('Hortensia 12', [])).toBeGreaterThan(2);
  expect(await measurePassword('Hortensia 12', ['Hortensia Vale', 'h@example.test'])).toBeLessThan(2);
});
