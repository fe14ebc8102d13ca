/**
 * WhatsApp's customer service window: free text may be sent for 24 hours after the customer's last message, later only
 * templates. The server enforces it; this says in time what will happen. Pure.
 */
import { momentInSentence, timeLeft } from '../../lib/time.ts';

/** `open` without a hint, `closing` with how long is left, `closed` with why. */
export type SendingWindow = { state: 'open' } | { state: 'closing' | 'closed'; text: string };

const showBelow = 4 * 60 * 60_000;

export function describeWindow(closesAt: string | null, now: Date, customerName: string): SendingWindow {
  if (closesAt === null) {
    return {
      state: 'closed',
      text: `WhatsApp takes free text only within 24 hours of the customer’s last message. You can write again as soon as ${customerName} does.`,
    };
  }
  const end = new Date(closesAt);
  const left = end.getTime() - now.getTime();
  if (left <= 0) {
    return {
      state: 'closed',
      text: `The 24-hour window closed ${when(end, now)}. You can write again as soon as ${customerName} does.`,
    };
  }
  if (left > showBelow) return { state: 'open' };
  return { state: 'closing', text: `Free text until ${momentInSentence(end, now)} · ${timeLeft(left)} left` };
}

function when(end: Date, now: Date): string {
  const moment = momentInSentence(end, now);
  return /^\d/u.test(moment) ? `at ${moment}` : moment;
}
