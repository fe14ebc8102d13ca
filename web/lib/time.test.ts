import { describe, expect, it } from 'vitest';
import {
  calendarDaysBetween,
  clockTime,
  dayHeading,
  listTime,
  momentInSentence,
  shortDate,
  timeAgo,
  timeLeft,
} from './time.ts';

const at = (day: number, hour = 12, minute = 0) => new Date(2026, 2, day, hour, minute);
const now = at(18, 14, 5);

describe('calendarDaysBetween', () => {
  it('counts midnights, not hours', () => {
    expect(calendarDaysBetween(at(17, 23, 59), at(18, 0, 1))).toBe(1);
    expect(calendarDaysBetween(at(18, 0, 1), at(18, 23, 59))).toBe(0);
  });

  it('is negative for the future and whole over a change of clocks', () => {
    expect(calendarDaysBetween(at(19), now)).toBe(-1);
    expect(calendarDaysBetween(new Date(2026, 2, 28, 12), new Date(2026, 2, 30, 12))).toBe(2);
  });
});

describe('listTime', () => {
  it('gets coarser with age', () => {
    expect(listTime(at(18, 9, 7), now)).toBe(clockTime(at(18, 9, 7)));
    expect(listTime(at(17, 23, 0), now)).toBe('Yesterday');
    expect(listTime(at(15), now)).toBe('Sun');
    expect(listTime(at(11), now)).toMatch(/11/u);
    expect(listTime(new Date(2024, 5, 3), now)).toMatch(/2024/u);
  });

  it('shows the clock for a moment that a skewed clock puts into the future', () => {
    expect(listTime(at(18, 14, 9), now)).toBe(clockTime(at(18, 14, 9)));
  });
});

describe('dayHeading', () => {
  it('names near days and dates far ones', () => {
    expect(dayHeading(at(18, 1), now)).toBe('Today');
    expect(dayHeading(at(17), now)).toBe('Yesterday');
    expect(dayHeading(at(14), now)).toBe('Saturday');
    expect(dayHeading(at(2), now)).toMatch(/Monday.*2|2.*Monday/u);
    expect(dayHeading(new Date(2025, 11, 24), now)).toMatch(/2025/u);
  });
});

describe('momentInSentence', () => {
  it('says the day only when it is another one', () => {
    expect(momentInSentence(at(18, 16), now)).toBe(clockTime(at(18, 16)));
    expect(momentInSentence(at(19, 8), now)).toBe(`tomorrow at ${clockTime(at(19, 8))}`);
    expect(momentInSentence(at(17, 8), now)).toBe(`yesterday at ${clockTime(at(17, 8))}`);
    expect(momentInSentence(at(3, 8), now)).toMatch(/^on .*3/u);
  });
});

describe('timeAgo', () => {
  it('speaks of minutes, hours, then days', () => {
    expect(timeAgo(at(18, 14, 5), now)).toBe('just now');
    expect(timeAgo(at(18, 14, 4), now)).toBe('1 minute ago');
    expect(timeAgo(at(18, 11, 0), now)).toBe('3 hours ago');
    expect(timeAgo(at(17, 7, 0), now)).toBe('yesterday');
    expect(timeAgo(at(1), now)).toMatch(/^on /u);
  });
});

describe('timeLeft', () => {
  it('rounds down, so that nobody counts on a minute that is not there', () => {
    expect(timeLeft(59_999)).toBe('less than a minute');
    expect(timeLeft(119_000)).toBe('1 min');
    expect(timeLeft(3_600_000)).toBe('1 h');
    expect(timeLeft(3_600_000 + 12 * 60_000 + 30_000)).toBe('1 h 12 min');
  });
});

describe('shortDate', () => {
  it('names the year only when it is another', () => {
    expect(shortDate(at(3), now)).not.toMatch(/2026/);
    expect(shortDate(new Date(2025, 2, 3), now)).toMatch(/2025/);
  });
});
