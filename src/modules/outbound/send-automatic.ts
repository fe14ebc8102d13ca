/**
 * A message that Switchboard writes by itself, in the transaction of what it answers: both are there or neither, and a killed process
 * sends it once. What must stay true: nobody gets one more often than its limit says, who is blocked or opted out gets none (except the
 * answer to STOP itself), and none goes out in answer to what came late.
 */
import type { Tx } from '../../platform/db/tx.ts';
import { failpoint } from '../../platform/failpoints.ts';
import type { AutomaticKind } from '../conversations/contract.ts';
import { nextMessageId, recordOutbound } from '../conversations/record-message.ts';
import { insertOutboxRow } from './queries.ts';
import { claimAutomatic } from './queries-automatic.ts';
import { findRecipient } from './recipient.ts';
import { signedText } from './rules.ts';

/** Where it goes: an agent's conversation, or with nulls and home 0 the waiting room. */
export type AutomaticPlace = {
  organizationId: string;
  phoneNumberId: string;
  agentId: number | null;
  home: number;
  conversationId: string | null;
  customerId: number;
  contactId: number;
};

/** What goes out, and the limit that holds it back. */
export type AutomaticMessage = {
  kind: AutomaticKind;
  /** What the limit counts in; empty: it counts for the person, wherever they write. */
  about: string;
  /** One in so many hours; null: one for ever. */
  hours: number | null;
  /** When the customer wrote what this answers. */
  saidAt: Date | null;
  text: string;
  signature?: string | null;
  /** A list or buttons instead of plain text; `text` is what a person reads of it. */
  interactive?: Record<string, unknown>;
};

/** Queues it. False when its limit, or what the customer wants, forbids it; then nothing was written. */
export async function sendAutomatic(
  tx: Tx,
  place: AutomaticPlace,
  message: AutomaticMessage,
): Promise<boolean> {
  const { kind, about, hours, saidAt, text, signature = null, interactive } = message;
  const { contactId, phoneNumberId } = place;
  const recipient = await findRecipient(tx, place);
  if (recipient === null) return false;
  if (!(await claimAutomatic(tx, { contactId, phoneNumberId, kind, about, hours, saidAt }))) return false;
  await failpoint('automatic.claimed');
  const messageId = await nextMessageId(tx);
  const content = interactive
    ? { type: 'interactive', interactive }
    : { type: 'text', text: { body: signedText(text, signature) } };
  await insertOutboxRow(tx, {
    ...place,
    messageId,
    request: { ...recipient, recipient_type: 'individual', ...content },
    userId: null,
    idempotencyKey: null,
    requestHash: null,
  });
  await recordOutbound(tx, {
    ...place,
    id: messageId,
    type: content.type,
    text,
    payload: { ...interactive, automatic: kind },
    timestamp: null,
    signature,
    sentBy: null,
  });
  await failpoint('automatic.queued');
  return true;
}
