/** Writing messages into a conversation, for the modules that receive and send. Runs inside their transactions. */
import type { Tx } from '../../platform/db/tx.ts';
import { noteMedia, type MessageFile } from '../media/note-media.ts';
import type { MessageStatus } from './contract.ts';
import { publishTriage } from './change-conversation.ts';
import { changeStored, findStored, findWhereMoved, publishChange } from './change-message.ts';
import type { MessageChange } from './message-changes.ts';
import { noteMessage, upsertConversation } from './queries/conversations.ts';
import type { MessageHome } from './queries/homes.ts';
import {
  insertMessage,
  lockMessage,
  notePricing,
  updateMessage,
  type NewMessage,
} from './queries/messages.ts';
import { addCallEvent } from './queries/later-content.ts';
import { noteWaiting } from './queries/triage.ts';
import { noteWaitingCall } from './queries/waiting.ts';
import { canRise } from './rules.ts';

export {
  findAgentHome,
  findAgentOfUser,
  findMessageHome,
  type AgentHome,
  type MessageHome,
} from './queries/homes.ts';
export { claimMessage, lockWamid } from './queries/later-content.ts';
export { claimWamid, findMessageKey, noteWamid, nextMessageId } from './queries/messages.ts';

/** A message that came from outside, with the agent it belongs to. */
export type ArrivedMessage = Omit<NewMessage, 'agentId' | 'conversationId' | 'sentBy' | 'signature'> & {
  /** Null: nobody's yet, it goes to the waiting room. */
  agentId: number | null;
  /** What was said about it before it came. */
  parked: MessageChange[];
  /** The file that it carries; fetched later. */
  file: MessageFile | null;
};

/** What a message does besides standing in its thread. */
export type Arrival = {
  /** Somebody should read it. */
  isUnread: boolean;
  /** Free text may be sent for 24 hours from its own time. */
  opensWindow: boolean;
  /** Screens are told; not of the past that is brought in by the thousand. */
  isAnnounced: boolean;
};

/** The conversation that a message went to, and whether it was made for it. */
export type Thread = { id: string; isNew: boolean };

/**
 * Stores it in its conversation, which is made when there is none, or in the waiting room, where triage finds it.
 * Returns the conversation; null in the waiting room.
 */
export async function recordArrival(
  tx: Tx,
  message: ArrivedMessage,
  arrival: Arrival,
): Promise<Thread | null> {
  const { agentId, file } = message;
  if (file) await noteMedia(tx, { ...message, messageId: message.id }, file);
  let thread: Thread | null = null;
  if (agentId === null) await recordInTriage(tx, message, arrival);
  else thread = await recordInThread(tx, { ...message, agentId }, arrival);
  if (message.parked.length > 0) await changeStored(tx, message, { id: message.id, changes: message.parked });
  return thread;
}

async function recordInTriage(tx: Tx, message: ArrivedMessage, arrival: Arrival): Promise<void> {
  await insertMessage(tx, { ...message, conversationId: null, sentBy: null, signature: null });
  const { organizationId, customerId, phoneNumberId, timestamp, routing } = message;
  await noteWaiting(tx, {
    organizationId,
    customerId,
    phoneNumberId,
    messageId: message.id,
    reason: routing?.reason ?? 'unknown_sender',
    at: timestamp,
    isUnread: arrival.isUnread,
    opensWindow: arrival.opensWindow,
  });
  if (arrival.isAnnounced) publishTriage(tx);
}

async function recordInThread(
  tx: Tx,
  message: ArrivedMessage & { agentId: number },
  { isUnread, opensWindow, isAnnounced }: Arrival,
): Promise<Thread> {
  const conversation = await upsertConversation(tx, message);
  await insertMessage(tx, { ...message, conversationId: conversation.id, sentBy: null, signature: null });
  await noteMessage(tx, {
    conversationId: conversation.id,
    messageId: message.id,
    at: message.timestamp,
    isUnread,
    opensWindow,
  });
  const to = { agentId: message.agentId, assigneeId: null };
  if (conversation.isNew)
    tx.publish({ ...to, type: 'conversation.created', data: { conversation_id: conversation.id } });
  if (isAnnounced)
    tx.publish({
      ...to,
      type: 'message.received',
      data: { conversation_id: conversation.id, message_id: message.id },
    });
  return conversation;
}

/** Stores a message that is about to be sent. */
export async function recordOutbound(
  tx: Tx,
  message: Omit<NewMessage, 'direction' | 'status' | 'wamid'>,
): Promise<void> {
  await insertMessage(tx, { ...message, direction: 'outbound', status: 'queued', wamid: null });
  // To somebody in the waiting room: there is no conversation yet, and no screen that shows one.
  if (message.conversationId === null) return;
  await noteMessage(tx, {
    conversationId: message.conversationId,
    messageId: message.id,
    at: null,
    isUnread: false,
    opensWindow: false,
  });
  tx.publish({
    type: 'message.queued',
    agentId: message.agentId,
    assigneeId: null,
    data: { conversation_id: message.conversationId, message_id: message.id },
  });
}

export type StatusChange = {
  messageId: number;
  status: MessageStatus;
  error?: unknown;
  pricing?: unknown;
  /** By which the message is looked for again, should it have moved meanwhile. */
  key?: { phoneNumberId: string; wamid: string };
};

/** Raises a message's status. False when it already stands as high; then nothing happens. */
export async function raiseStatus(tx: Tx, home: MessageHome, change: StatusChange): Promise<boolean> {
  const message = await lockMessage(tx, home, change.messageId);
  if (!message && change.key) {
    const { key, ...rest } = change;
    const moved = await findWhereMoved(tx, home, key);
    return moved !== null && raiseStatus(tx, moved, rest);
  }
  if (message && change.pricing) await notePricing(tx, home, { ...change, pricing: change.pricing });
  if (!message || !canRise(message.status, change.status)) return false;
  await updateMessage(tx, home, change.messageId, change);
  if (message.conversation_id !== null)
    tx.publish({
      type: 'message.status',
      agentId: home.agentId,
      assigneeId: null,
      data: { conversation_id: message.conversation_id, message_id: change.messageId, status: change.status },
    });
  return true;
}

/** Adds an event to a call that stands in its thread. False when it stands there already. */
export async function noteCallEvent(
  tx: Tx,
  call: { phoneNumberId: string; wamid: string },
  { events, at, opensWindow }: { events: Record<string, unknown>; at: Date | null; opensWindow: boolean },
): Promise<boolean> {
  const stored = await findStored(tx, call);
  const changed = stored && (await addCallEvent(tx, stored.home, { id: stored.messageId, events, at }));
  if (!changed) return false;
  const { messageId, home } = stored;
  const { customerId, conversationId } = changed;
  if (conversationId === null) {
    await noteWaitingCall(tx, { customerId, phoneNumberId: call.phoneNumberId, messageId, at, opensWindow });
    publishTriage(tx);
    return true;
  }
  await noteMessage(tx, { conversationId, messageId, at, isUnread: false, opensWindow });
  publishChange(tx, home.agentId, { conversationId, messageId });
  return true;
}
