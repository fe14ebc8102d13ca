import { expect, test } from 'vitest';
import { readReplies, writeReplies } from './replies.ts';

const away = (hours: { days: number[]; from: string; to: string }[]) => ({
  away: { enabled: true, text: 'Back soon', time_zone: 'Europe/Berlin', hours },
});

test('what a program has set beside the hours of the form survives the form', () => {
  const stored = away([
    { days: [1, 2], from: '09:00', to: '12:00' },
    { days: [1, 2], from: '13:00', to: '17:00' },
  ]);
  expect(writeReplies({ ...readReplies(stored), to: '11:00' }).away?.hours).toEqual([
    { days: [1, 2], from: '09:00', to: '11:00' },
    { days: [1, 2], from: '13:00', to: '17:00' },
  ]);
});

test('no day means never there', () => {
  expect(writeReplies({ ...readReplies(away([])), days: [] }).away?.hours).toEqual([]);
});
