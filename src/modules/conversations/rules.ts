/** Decisions about conversations and messages. Pure. */
import { AppError } from '../../platform/errors.ts';
import type { MessageStatus } from './contract.ts';

/**
 * A status only rises on this ladder, so that webhooks may come in any order and end in the same state. `failed` stands
 * between sent and delivered: it can only follow sent or less, and proof of delivery outweighs it.
 */
const LADDER: readonly MessageStatus[] = [
  'queued',
  'sending',
  'unknown',
  'sent',
  'failed',
  'delivered',
  'read',
  'played',
];

/** Whether a message in one state may go to another. An inbound message never changes. */
export function canRise(from: MessageStatus, to: MessageStatus): boolean {
  return from !== 'received' && LADDER.indexOf(to) > LADDER.indexOf(from);
}

/** Whoever asked not to be written to is left alone until they write again; then they want an answer. */
export function refusesMessages(optedOutAt: Date | null, lastInboundAt: Date | null): boolean {
  return optedOutAt !== null && (lastInboundAt === null || lastInboundAt <= optedOutAt);
}

/** Meta lets a business write freely for 24 hours from the customer's last message (Cloud API, "customer service window"). */
const WINDOW_MS = 24 * 60 * 60 * 1000;

/** Until when free text may be sent; null when the window is closed. */
export function windowClosesAt(lastInboundAt: Date | null, now: Date): Date | null {
  if (lastInboundAt === null) return null;
  const closes = new Date(lastInboundAt.getTime() + WINDOW_MS);
  return closes > now ? closes : null;
}

/** The reason that is kept with a block, null for none. Throws `conversations.reason_without_block`. */
export function reasonOfBlock(state: string, reason: string | undefined): string | null {
  if (reason !== undefined && state !== 'blocked')
    throw new AppError(
      'conversations.reason_without_block',
      400,
      'A reason is kept for a block only. Leave it out, or block the sender with it.',
    );
  return reason?.trim() ?? null;
}
