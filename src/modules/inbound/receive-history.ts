/**
 * One message of the past, from a phone that was connected with its history (up to 180 days; Cloud API, "history" webhook). Nobody is
 * called: it is not unread and moves no screen. Its lanes are served when nothing else waits (db/code/inbound.sql).
 */
import { listAt, objectAt, textAt, type Json } from '../../graph-api/json.ts';
import { readPastMessage, type PastMessage } from '../../graph-api/webhook/past-message.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { MessageStatus } from '../conversations/contract.ts';
import { changeMessage, findStored } from '../conversations/change-message.ts';
import { raiseStatus } from '../conversations/record-message.ts';
import { applyTo, changeOf, type ReceivedItem } from './receive-message.ts';
import { PoisonedItem } from './rules.ts';
import { storeMessage, type MessageOutcome } from './store-message.ts';
import { contentOf, fileOf } from './stored-content.ts';

const STATUSES = new Map<string, MessageStatus>([
  ['PENDING', 'sending'],
  ['SENT', 'sent'],
  ['DELIVERED', 'delivered'],
  ['READ', 'read'],
  ['PLAYED', 'played'],
  ['ERROR', 'failed'],
]);

/** Whether an item of the field is a message, and not a word about the transfer. */
export function isPastMessage(value: Json): boolean {
  return (
    objectAt(value, 'thread') !== null &&
    objectAt(value, 'message') !== null &&
    listAt(value, 'errors') === null
  );
}

/** Throws PoisonedItem. */
export async function receiveHistory(
  tx: Tx,
  item: ReceivedItem & { displayPhoneNumber: string | null },
): Promise<MessageOutcome> {
  const { message, with: identity, isOutbound } = readPastMessage(item.value, item.displayPhoneNumber);
  const told = { identity, at: message.timestamp };
  const change = changeOf(message, isOutbound ? 'business' : 'customer');
  if (change) return applyTo(tx, item, { message, told, change });
  // The business does not always say to whom it sent a file: it is wherever its placeholder is.
  if (message.media && Object.keys(identity).length === 0) return fillPlaceholder(tx, item, message);
  const { file, ...words } = contentOf(message);
  const outcome = await storeMessage(tx, item, {
    message,
    told,
    direction: isOutbound ? 'outbound' : 'inbound',
    status: isOutbound ? statusOf(item.value) : 'received',
    arrival: { isUnread: false, opensWindow: !isOutbound && message.type !== 'system', isAnnounced: false },
    // The ids of old files are made when the history is sent.
    content: { ...words, file: file && { ...file, sentAt: null } },
  });
  if (outcome === 'duplicate' && message.type !== 'unsupported') await fillPlaceholder(tx, item, message);
  if (outcome === 'duplicate' && isOutbound) await raiseKnown(tx, item, message.wamid);
  return outcome;
}

/** How far it came is told with the past, also of what an echo or its file has brought already. */
async function raiseKnown(tx: Tx, { number, value }: ReceivedItem, wamid: string): Promise<void> {
  const key = { phoneNumberId: number.phoneNumberId, wamid };
  const stored = await findStored(tx, key);
  if (stored)
    await raiseStatus(tx, stored.home, { messageId: stored.messageId, status: statusOf(value), key });
}

/** The files of the last fourteen days come by themselves, mostly after their placeholders. Throws PoisonedItem. */
async function fillPlaceholder(
  tx: Tx,
  { organizationId, number }: ReceivedItem,
  message: PastMessage['message'],
): Promise<MessageOutcome> {
  const { wamid, timestamp } = message;
  const { file: _, ...words } = contentOf(message);
  if (wamid === '') throw new PoisonedItem('The message has no id.');
  const outcome = await changeMessage(
    tx,
    { organizationId, phoneNumberId: number.phoneNumberId, wamid },
    {
      kind: 'content',
      by: 'business',
      wamid,
      at: (timestamp ?? new Date(0)).toISOString(),
      ...words,
      file: fileOf(message),
    },
  );
  return outcome === 'parked' ? 'parked' : 'done';
}

function statusOf(value: Json): MessageStatus {
  const context = objectAt(objectAt(value, 'message') ?? undefined, 'history_context') ?? undefined;
  return STATUSES.get(textAt(context, 'status')?.toUpperCase() ?? '') ?? 'sent';
}
