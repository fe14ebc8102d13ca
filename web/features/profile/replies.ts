/** Automatic replies as their form holds them: both texts stay while they are switched off. Pure. */
import type { AutoResponses } from '../../../src/modules/rentals/contract-auto-responses.ts';

export type Replies = {
  greets: boolean;
  greeting: string;
  isAwayTold: boolean;
  away: string;
  timeZone: string;
  days: number[];
  from: string;
  to: string;
  /** Spans of hours that a program has set beside the first; the form does not show them and keeps them. */
  further: WorkingHours[];
};

type WorkingHours = NonNullable<AutoResponses['away']>['hours'][number];

/** The form shows one span of hours on chosen days. */
export function readReplies(responses: AutoResponses | null): Replies {
  const { welcome, away } = responses ?? {};
  const [hours, ...further] = away?.hours ?? [];
  return {
    greets: welcome?.enabled ?? false,
    greeting: welcome?.text ?? 'Hello! Thank you for your message. I will answer as soon as I can.',
    isAwayTold: away?.enabled ?? false,
    away:
      away?.text ??
      'Thank you for your message. I am not there at the moment and will answer when I am back.',
    timeZone: away?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    days: hours?.days ?? (away ? [] : [1, 2, 3, 4, 5]),
    from: hours?.from ?? '09:00',
    to: hours?.to ?? '17:00',
    further,
  };
}

export function writeReplies(replies: Replies): AutoResponses {
  const { greets, greeting, isAwayTold, away, timeZone, days, from, to, further } = replies;
  const shown = days.length > 0 ? [{ days: days.toSorted((a, b) => a - b), from, to }] : [];
  return {
    ...(greeting.trim() && { welcome: { enabled: greets, text: greeting.trim() } }),
    ...(away.trim() && {
      away: {
        enabled: isAwayTold,
        text: away.trim(),
        time_zone: timeZone,
        hours: [...shown, ...further],
      },
    }),
  };
}

export function faultsOfReplies({ greets, greeting, isAwayTold, away, days, from, to }: Replies) {
  return {
    greeting: greets && greeting.trim() === '' ? 'Write a greeting, or switch it off.' : null,
    away: isAwayTold && away.trim() === '' ? 'Write what customers are told, or switch it off.' : null,
    to: isAwayTold && days.length > 0 && from >= to ? 'The hours have to end after they begin.' : null,
  };
}
