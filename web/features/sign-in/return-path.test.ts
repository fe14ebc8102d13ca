import { expect, it } from 'vitest';
import { safeReturnPath } from './return-path.ts';

it('returns to a page of this app', () => {
  expect(safeReturnPath('/inbox/abc?filter=unread')).toBe('/inbox/abc?filter=unread');
});

it('never leaves the app', () => {
  for (const path of [
    'https://example.org',
    '//example.org',
    '/\\example.org',
    'javascript:alert(1)',
    '/\t/example.org',
  ]) {
    expect(safeReturnPath(path)).toBe('/inbox');
  }
});

it('does not go round in circles', () => {
  expect(safeReturnPath('/sign-in?next=/inbox')).toBe('/inbox');
  expect(safeReturnPath(undefined)).toBe('/inbox');
});
