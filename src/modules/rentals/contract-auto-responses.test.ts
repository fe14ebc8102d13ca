import { describe, expect, test } from 'vitest';
import { isAway, isTimeZone } from './contract-auto-responses.ts';

const away = (time_zone: string, hours: { days: number[]; from: string; to: string }[]) => ({
  enabled: true,
  text: 'Away',
  time_zone,
  hours,
});
const office = [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }];

describe('away', () => {
  test.each([
    ['Monday at nine', '2026-03-02T08:00:00Z', false],
    ['Monday before nine', '2026-03-02T07:59:59Z', true],
    ['Monday at five, when the hours end', '2026-03-02T16:00:00Z', true],
    ['Sunday at noon', '2026-03-01T11:00:00Z', true],
    ['nine by the clock in summer', '2026-07-06T07:00:00Z', false],
  ])('in Berlin on %s', (_, at, expected) =>
    expect(isAway(away('Europe/Berlin', office), new Date(at))).toBe(expected),
  );

  test('is counted by the clock of the zone, across midnight of another', () => {
    const monday = new Date('2026-03-01T23:30:00Z');
    expect(isAway(away('Asia/Kolkata', [{ days: [1], from: '04:00', to: '06:00' }]), monday)).toBe(false);
    expect(isAway(away('America/New_York', [{ days: [1], from: '00:00', to: '23:59' }]), monday)).toBe(true);
  });

  test('is always where there are no hours', () =>
    expect(isAway(away('Europe/Berlin', []), new Date('2026-03-02T10:00:00Z'))).toBe(true));
});

test('a zone that nobody knows is none', () => {
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('Europe/Atlantis')).toBe(false);
});
