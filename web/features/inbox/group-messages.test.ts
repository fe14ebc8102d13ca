import { describe, expect, it } from 'vitest';
import { firstUnreadId, groupMessages } from './group-messages.ts';
import { sampleMessage } from './inbox-samples.ts';
import type { Message } from './model.ts';

const at = (id: number, day: number, hour: number, minute: number, change: Partial<Message> = {}) =>
  sampleMessage(id, { timestamp: new Date(2026, 2, day, hour, minute).toISOString(), ...change });
const shape = (messages: Message[]) =>
  groupMessages(messages).map((day) =>
    day.entries.map((one) => `${one.first ? '(' : ''}${one.message.id}${one.last ? ')' : ''}`).join(' '),
  );

describe('groupMessages', () => {
  it('puts messages of one side that follow each other closely into one run', () => {
    expect(shape([at(1, 3, 9, 0), at(2, 3, 9, 1), at(3, 3, 9, 3)])).toEqual(['(1 2 3)']);
  });

  it('begins a new run after a pause, and when the other side writes', () => {
    const answer = { direction: 'outbound' as const, sender_name: 'Jonas' };
    expect(shape([at(1, 3, 9, 0), at(2, 3, 9, 5), at(3, 3, 9, 6, answer)])).toEqual(['(1) (2) (3)']);
  });

  it('keeps colleagues apart', () => {
    const by = (name: string) => ({ direction: 'outbound' as const, sender_name: name });
    expect(shape([at(1, 3, 9, 0, by('Jonas')), at(2, 3, 9, 1, by('Mara'))])).toEqual(['(1) (2)']);
  });

  it('begins a day and a run at midnight', () => {
    expect(shape([at(1, 3, 23, 59), at(2, 4, 0, 1)])).toEqual(['(1)', '(2)']);
    expect(groupMessages([at(1, 3, 23, 59)])[0]?.key).toBe('2026-03-03');
  });

  it('has no day without a message', () => {
    expect(groupMessages([])).toEqual([]);
  });
});

describe('firstUnreadId', () => {
  const thread = [
    sampleMessage(1),
    sampleMessage(2),
    sampleMessage(3, { direction: 'outbound' }),
    sampleMessage(4),
    sampleMessage(5),
  ];

  it('counts inbound messages only', () => {
    expect(firstUnreadId(thread, 2)).toBe(4);
    expect(firstUnreadId(thread, 3)).toBe(2);
  });

  it('is nothing when nothing is unread, and the oldest loaded one when more are', () => {
    expect(firstUnreadId(thread, 0)).toBeNull();
    expect(firstUnreadId(thread, 99)).toBe(1);
  });
});
