/**
 * Orders a thread for reading: days, and inside a day runs of messages by the same side, which stand close together.
 * Pure. Messages come oldest first.
 */
import { isNotice } from './message-content.ts';
import type { Message } from './model.ts';

/** A message and its place in a run; `first` carries the sender's name, `last` the tail. */
export type ThreadEntry = { message: Message; first: boolean; last: boolean };

export type ThreadDay = {
  /** Local calendar day, "2026-03-03": stable as a key. */
  key: string;
  date: Date;
  entries: ThreadEntry[];
};

/** Further apart than this, two messages of one side are two thoughts. */
const runGap = 5 * 60_000;

export function groupMessages(messages: readonly Message[]): ThreadDay[] {
  const days: ThreadDay[] = [];
  let previous: ThreadEntry | null = null;
  for (const message of messages) {
    const date = new Date(message.timestamp);
    const key = dayKey(date);
    let day = days.at(-1);
    if (!day || day.key !== key) {
      day = { key, date, entries: [] };
      days.push(day);
      previous = null;
    }
    const continues: boolean = previous !== null && isSameRun(previous.message, message);
    if (continues && previous) previous.last = false;
    previous = { message, first: !continues, last: true };
    day.entries.push(previous);
  }
  return days;
}

function isSameRun(one: Message, next: Message): boolean {
  return (
    one.direction === next.direction &&
    one.sender_name === next.sender_name &&
    Date.parse(next.timestamp) - Date.parse(one.timestamp) < runGap
  );
}

function dayKey(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/**
 * The id of the first message of the last `count` inbound ones: where "unread" begins. Null when none.
 * `messages` oldest first; when more are unread than loaded, the oldest loaded one.
 */
export function firstUnreadId(messages: readonly Message[], count: number): number | null {
  let left = count;
  let found: number | null = null;
  for (let index = messages.length - 1; index >= 0 && left > 0; index -= 1) {
    const message = messages[index];
    if (message?.direction !== 'inbound' || isNotice(message)) continue;
    found = message.id;
    left -= 1;
  }
  return found;
}
