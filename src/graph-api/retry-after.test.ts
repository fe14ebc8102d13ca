import { describe, expect, it } from 'vitest';
import { readRetryAfter } from './retry-after.ts';

const usage = (...minutes: unknown[]): { 'x-business-use-case-usage': string } => ({
  'x-business-use-case-usage': JSON.stringify({
    8101: minutes.map((wait) => ({
      type: 'whatsapp',
      call_count: 100,
      estimated_time_to_regain_access: wait,
    })),
  }),
});

describe('readRetryAfter', () => {
  it('reads seconds and dates', () => {
    const now = new Date('2026-07-01T00:00:00Z');
    expect(readRetryAfter({ 'retry-after': '30' })).toBe(30);
    expect(readRetryAfter({ 'retry-after': 'Wed, 01 Jul 2026 00:01:30 GMT' }, now)).toBe(90);
    expect(readRetryAfter({ 'retry-after': 'Tue, 30 Jun 2026 23:59:00 GMT' }, now)).toBeNull();
  });

  it('reads the minutes of Meta’s usage header, the longest of all', () => {
    expect(readRetryAfter(usage(0, 5, 2))).toBe(300);
    expect(readRetryAfter({ 'retry-after': '400', ...usage(5) })).toBe(400);
    expect(readRetryAfter(usage(0))).toBeNull();
  });

  it('waits a day at most', () => {
    expect(readRetryAfter({ 'retry-after': '999999999' })).toBe(86_400);
    expect(readRetryAfter(usage(1e9))).toBe(86_400);
  });

  it.each([
    {},
    { 'retry-after': '' },
    { 'retry-after': '-5' },
    { 'retry-after': 'soon' },
    { 'retry-after': ['1', '2'] },
    usage('x', null, -5),
    { 'x-business-use-case-usage': '{' },
    { 'x-business-use-case-usage': '[]' },
    { 'x-business-use-case-usage': '{"8101":5}' },
  ])('asks for no wait: %j', (headers) => {
    expect(readRetryAfter(headers)).toBeNull();
  });
});
