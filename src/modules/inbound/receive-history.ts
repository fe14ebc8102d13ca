/**
 * One message of the past, from a phone that was connected with its history (up to 180 days; Cloud API, "history" webhook). Nobody is
 * called: it is not unread and moves no screen. Its lanes are served when nothing else waits (db/code/inbound.sql).
 */
import { listAt, objectAt, textAt, type Json } from '../../graph-api/json.ts';
import { readPastMessage } from '../../graph-api/webhook/past-message.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { MessageStatus } from '../conversations/contract.ts';
import { changeMessage } from '../conversations/change-message.ts';
import { fillPlaceholder } from '../conversations/record-message.ts';
import { meetSender } from './claim-place.ts';
import { changeOf, type ReceivedItem } from './receive-message.ts';
import { storeMessage, type MessageOutcome } from './store-message.ts';
import { contentOf } from './stored-content.ts';

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
  const key = { organizationId: item.organizationId, phoneNumberId: item.number.phoneNumberId };
  if (change) {
    await meetSender(tx, item, told);
    const outcome = await changeMessage(tx, { ...key, wamid: message.targetWamid ?? '' }, change);
    return outcome === 'parked' ? 'parked' : 'done';
  }
  const { file, ...words } = contentOf(message);
  // The ids of old files are made when the history is sent.
  const content = { ...words, file: file && { ...file, sentAt: null } };
  const outcome = await storeMessage(tx, item, {
    message,
    told,
    direction: isOutbound ? 'outbound' : 'inbound',
    status: isOutbound ? statusOf(item.value) : 'received',
    arrival: { isUnread: false, opensWindow: !isOutbound && message.type !== 'system', isAnnounced: false },
    content,
  });
  // The files of the last fourteen days come by themselves, after a placeholder.
  if (outcome === 'duplicate') await fillPlaceholder(tx, { ...key, wamid: message.wamid }, content);
  return outcome;
}

function statusOf(value: Json): MessageStatus {
  const context = objectAt(objectAt(value, 'message') ?? undefined, 'history_context') ?? undefined;
  return STATUSES.get(textAt(context, 'status') ?? '') ?? 'sent';
}
