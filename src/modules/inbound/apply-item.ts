/** Does what an item of one of the organization's numbers asks for, whatever kind it is. */
import type { WebhookItem } from '../../graph-api/webhook/split-delivery.ts';
import { readStatus } from '../../graph-api/webhook/message-status.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { applyStatus } from '../outbound/apply-status.ts';
import { applyNotice } from './apply-notice.ts';
import { meetSender, type Place } from './claim-place.ts';
import { receiveEcho, receiveMessage } from './receive-message.ts';
import type { MessageOutcome } from './store-message.ts';

/** Null: nothing here acts on it. Throws PoisonedItem. */
export async function applyItem(tx: Tx, place: Place, item: WebhookItem): Promise<MessageOutcome | null> {
  const { kind, value, contact } = item;
  if (kind === 'message' || kind === 'echo') {
    const received = { ...place, value, contact, isStandby: item.field === 'standby' };
    return kind === 'echo' ? receiveEcho(tx, received) : receiveMessage(tx, received);
  }
  return kind === 'status' ? receiveStatus(tx, place, item) : applyNotice(tx, place, item);
}

/** A status teaches who the recipient is, when it names them by more than one identifier. */
async function receiveStatus(tx: Tx, place: Place, item: WebhookItem): Promise<MessageOutcome | null> {
  const status = readStatus(item.value, item.contact);
  const { phone, userId, parentUserId } = status.recipient;
  if ([phone, userId, parentUserId].filter(Boolean).length > 1)
    await meetSender(tx, place, { identity: status.recipient, at: status.timestamp });
  const { organizationId, number } = place;
  const outcome = await applyStatus(tx, { organizationId, phoneNumberId: number.phoneNumberId }, status);
  if (outcome === 'unknown_status') return null;
  return outcome === 'parked' ? 'parked' : 'done';
}
