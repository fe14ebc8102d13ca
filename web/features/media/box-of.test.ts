import { expect, test } from 'vitest';
import { boxOf } from './box-of.ts';

test.each([
  [
    { width: 900, height: 600 },
    { width: 320, height: 213 },
  ],
  [
    { width: 600, height: 1200 },
    { width: 160, height: 320 },
  ],
  [
    { width: 100, height: 90 },
    { width: 100, height: 90 },
  ],
  [
    { width: 10, height: 4000 },
    { width: 48, height: 320 },
  ],
  [
    { width: null, height: null },
    { width: 320, height: 320 },
  ],
])('%j stands as %j', (picture, box) => {
  expect(boxOf(picture, 320)).toEqual(box);
});
