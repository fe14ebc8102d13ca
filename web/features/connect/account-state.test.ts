import { expect, test } from 'vitest';
import { describeAccount } from './account-state.ts';

const now = new Date('2026-06-01T12:00:00Z');
test.each([
  [true, null, 'Connected'],
  [true, '2026-08-01T00:00:00Z', 'Connected'],
  [true, '2026-06-07T00:00:00Z', 'Access ends soon'],
  [true, '2026-06-01T12:00:00Z', 'Access ended'],
  [false, '2026-05-01T00:00:00Z', 'Access ended'],
  [false, null, 'Not connected'],
])('connected %s with an access until %s is “%s”', (connected, token_expires_at, label) => {
  expect(describeAccount({ connected, token_expires_at }, now).label).toBe(label);
});
