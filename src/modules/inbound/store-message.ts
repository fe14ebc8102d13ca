/** A message with everything that belongs to it, its file included: stored together or not at all. */
import type { InboundMessage } from '../../graph-api/webhook/message-content.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { MessageStatus } from '../conversations/contract.ts';
import { recordArrival, type Arrival, type Thread } from '../conversations/record-message.ts';
import { applyParkedStatuses } from '../outbound/apply-status.ts';
import type { Said } from './ask-whom.ts';
import { claimPlace, type ClaimedPlace, type Place, type Told } from './claim-place.ts';
import { contentOf } from './stored-content.ts';

export type MessageContent = Omit<InboundMessage, 'from'>;

export type NewMessage = {
  message: MessageContent;
  /** The customer. */
  told: Told;
  direction: 'inbound' | 'outbound';
  status: MessageStatus;
  arrival: Arrival;
  /** What the customer says now, as far as it may answer a question. */
  said?: Said;
  /** Where it is not what the message itself says. */
  content?: ReturnType<typeof contentOf>;
};

/** `parked`: it is about a message that is not here, and takes effect if that one comes. */
export type MessageOutcome = 'done' | 'duplicate' | 'parked';

/** Where a message went, and which conversation it is in; null in the waiting room. */
export type StoredPlace = ClaimedPlace & { thread: Thread | null };

/** Null when this number has had the message before; then nothing else happens. Throws PoisonedItem. */
export async function storeNew(tx: Tx, place: Place, stored: NewMessage): Promise<StoredPlace | null> {
  const { message, told, direction, status, arrival, said } = stored;
  const claimed = await claimPlace(tx, place, { wamid: message.wamid, told, ...(said ? { said } : {}) });
  if (!claimed) return null;
  const { content = contentOf(message) } = stored;
  const { contact: _contact, isAnswer: _isAnswer, ...at } = claimed;
  const thread = await recordArrival(
    tx,
    { ...at, ...content, direction, status, timestamp: message.timestamp },
    arrival,
  );
  const { agentId, home, phoneNumberId, wamid, id } = claimed;
  if (direction === 'outbound')
    await applyParkedStatuses(tx, { agentId, home }, { phoneNumberId, wamid, messageId: id });
  return { ...claimed, thread };
}

/** `duplicate` when this number has had the message before; then nothing else happens. Throws PoisonedItem. */
export async function storeMessage(tx: Tx, place: Place, stored: NewMessage): Promise<MessageOutcome> {
  return (await storeNew(tx, place, stored)) ? 'done' : 'duplicate';
}
