/** A message with everything that belongs to it, its file included: stored together or not at all. */
import type { InboundMessage } from '../../graph-api/webhook/message-content.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { MessageStatus } from '../conversations/contract.ts';
import { recordArrival, type Arrival } from '../conversations/record-message.ts';
import { applyParkedStatuses } from '../outbound/apply-status.ts';
import { claimPlace, type Place, type Told } from './claim-place.ts';
import { contentOf } from './stored-content.ts';

export type MessageContent = Omit<InboundMessage, 'from'>;

export type NewMessage = {
  message: MessageContent;
  /** The customer. */
  told: Told;
  direction: 'inbound' | 'outbound';
  status: MessageStatus;
  arrival: Arrival;
  /** Where it is not what the message itself says. */
  content?: ReturnType<typeof contentOf>;
};

export type MessageOutcome = 'done' | 'duplicate';

/** `duplicate` when this number has had the message before; then nothing else happens. Throws PoisonedItem. */
export async function storeMessage(tx: Tx, place: Place, stored: NewMessage): Promise<MessageOutcome> {
  const { message, told, direction, status, arrival } = stored;
  const claimed = await claimPlace(tx, place, { wamid: message.wamid, told });
  if (!claimed) return 'duplicate';
  const { content = contentOf(message) } = stored;
  await recordArrival(
    tx,
    { ...claimed, ...content, direction, status, timestamp: message.timestamp },
    arrival,
  );
  const { agentId, home, phoneNumberId, wamid, id } = claimed;
  if (direction === 'outbound' && agentId !== null)
    await applyParkedStatuses(tx, { agentId, home }, { phoneNumberId, wamid, messageId: id });
  return 'done';
}
