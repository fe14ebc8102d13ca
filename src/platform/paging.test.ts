import { describe, expect, test } from 'vitest';
import { cutPage, NUMBER_ID, packCursor, unpackCursor, UUID_ID } from './paging.ts';

const position = '2026-11-21 10:00:00.123456+00';
const packed = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const asNumber = { id: NUMBER_ID, module: 'crm' };

describe('a cursor', () => {
  test('comes back as the place that was packed', () => {
    const id = '0198c0de-0000-7000-8000-00000000abcd';
    expect(unpackCursor(packCursor({ position, id }), { id: UUID_ID, module: 'crm' })).toEqual({
      position,
      id,
    });
    const withoutZone = { position: '2026-11-21 10:00:00', id: 7 };
    expect(unpackCursor(packCursor(withoutZone), asNumber)).toEqual({ ...withoutZone, id: '7' });
    expect(unpackCursor(undefined, asNumber)).toBeUndefined();
  });

  test.each([
    ['no JSON', 'x'],
    ['no list', packed({ position, id: '1' })],
    ['one part too few', packed([position])],
    ['one part too many', packed([position, '1', '2'])],
    ['no time', packed(['now()', '1'])],
    ['another zone', packed(['2026-11-21 10:00:00+02', '1'])],
    ['a month that is none', packed(['2026-13-01 10:00:00+00', '1'])],
    ['a day that is none', packed(['2026-02-30 10:00:00+00', '1'])],
    ['an hour that is none', packed(['2026-11-21 24:00:00.5', '1'])],
    ['a second that is none', packed(['2026-11-21 10:00:61', '1'])],
    ['the year 0', packed(['0000-01-01 10:00:00', '1'])],
    ['an id that is no text', packed([position, 1])],
    ['an id of another shape', packed([position, "1' OR 1=1"])],
  ])('that was not given out is refused in the name of the module: %s', (_why, text) => {
    expect(() => unpackCursor(text, asNumber)).toThrow(
      expect.objectContaining({ code: 'crm.bad_cursor', status: 400 }),
    );
  });
});

describe('a page', () => {
  const cursorOf = (row: number) => `after ${String(row)}`;

  test('names the next one only when something is left', () => {
    expect(cutPage([1, 2, 3], 2, cursorOf)).toEqual({ rows: [1, 2], next_cursor: 'after 2' });
    expect(cutPage([1, 2], 2, cursorOf)).toEqual({ rows: [1, 2], next_cursor: null });
    expect(cutPage([], 2, cursorOf)).toEqual({ rows: [], next_cursor: null });
  });
});
