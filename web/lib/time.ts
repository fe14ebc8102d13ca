/** How moments are written for people. Pure: `now` is always given; days are those of the machine's own zone. */
const own = typeof navigator === 'undefined' ? 'en-GB' : navigator.language;
/** The interface is English; the person's own English decides between 14:05 and 2:05 PM. */
const locale = own.toLowerCase().startsWith('en') ? own : 'en-GB';

const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
const weekdayShort = new Intl.DateTimeFormat(locale, { weekday: 'short' });
const weekdayLong = new Intl.DateTimeFormat(locale, { weekday: 'long' });
const dayMonth = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
const dayMonthYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const longDay = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const longDayYear = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
const full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });

/** Whole calendar days from `then` to `now`: 0 today, 1 yesterday, negative in the future. */
export function calendarDaysBetween(then: Date, now: Date): number {
  const start = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((start(now) - start(then)) / 86_400_000);
}

/** "14:05" */
export function clockTime(date: Date): string {
  return clock.format(date);
}

/** The short moment at the end of a list row: "14:05", "Yesterday", "Tue", "3 Mar", "3 Mar 2025". */
export function listTime(then: Date, now: Date): string {
  const days = calendarDaysBetween(then, now);
  if (days <= 0) return clock.format(then);
  if (days === 1) return 'Yesterday';
  if (days < 7) return weekdayShort.format(then);
  return then.getFullYear() === now.getFullYear() ? dayMonth.format(then) : dayMonthYear.format(then);
}

/** The heading over a day in a thread: "Today", "Yesterday", "Tuesday", "Tuesday, 3 March", "3 March 2025". */
export function dayHeading(then: Date, now: Date): string {
  const days = calendarDaysBetween(then, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days > 1 && days < 7) return weekdayLong.format(then);
  return then.getFullYear() === now.getFullYear() ? longDay.format(then) : longDayYear.format(then);
}

/** A moment inside a sentence: "14:05", "tomorrow at 14:05", "yesterday at 14:05", "on 3 Mar at 14:05". */
export function momentInSentence(then: Date, now: Date): string {
  const days = calendarDaysBetween(then, now);
  const time = clock.format(then);
  if (days === 0) return time;
  if (days === 1) return `yesterday at ${time}`;
  if (days === -1) return `tomorrow at ${time}`;
  const day = then.getFullYear() === now.getFullYear() ? dayMonth : dayMonthYear;
  return `on ${day.format(then)} at ${time}`;
}

/** How long ago, for a list of sessions: "just now", "5 minutes ago", "3 hours ago", "yesterday", "on 3 Mar". */
export function timeAgo(then: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - then.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return minutes === 1 ? '1 minute ago' : `${minutes} minutes ago`;
  const days = calendarDaysBetween(then, now);
  const hours = Math.floor(minutes / 60);
  if (days === 0 || hours < 6) return hours === 1 ? '1 hour ago' : `${hours} hours ago`;
  if (days === 1) return 'yesterday';
  return `on ${then.getFullYear() === now.getFullYear() ? dayMonth.format(then) : dayMonthYear.format(then)}`;
}

/** Everything, for a tooltip: "Tuesday, 3 March 2026 at 14:05". */
export function fullMoment(date: Date): string {
  return full.format(date);
}

/** Time left, in the two largest units: "3 h 12 min", "12 min", "less than a minute". */
export function timeLeft(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'less than a minute';
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** A day as a term: "3 Mar", "3 Mar 2025". */
export function shortDate(date: Date, now: Date): string {
  return date.getFullYear() === now.getFullYear() ? dayMonth.format(date) : dayMonthYear.format(date);
}
