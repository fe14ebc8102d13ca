/** Writing messages into a conversation, for the modules that receive and send. Runs inside their transactions. */
import type { Tx } from '../../platform/db/tx.ts';
import type { MessageStatus } from './contract.ts';
import { noteMessage, upsertConversation } from './queries/conversations.ts';
import type { AgentHome } from './queries/homes.ts';
import { insertMessage, lockMessage, updateMessage, type NewMessage } from './queries/messages.ts';
import { canRise } from './rules.ts';

export { findAgentHome, findAgentOfUser, type AgentHome } from './queries/homes.ts';
export { claimWamid, findMessageKey, nextMessageId, noteWamid } from './queries/messages.ts';

/** An inbound message with the agent it belongs to. */
export type InboundMessage = Omit<
  NewMessage,
  'agentId' | 'conversationId' | 'direction' | 'status' | 'sentBy' | 'signature'
> & {
  agentId: number;
};

/** Finds or makes the conversation, stores the message, counts it as unread and tells the screens. */
export async function recordInbound(tx: Tx, message: InboundMessage): Promise<void> {
  const conversation = await upsertConversation(tx, message);
  await insertMessage(tx, {
    ...message,
    conversationId: conversation.id,
    direction: 'inbound',
    status: 'received',
    sentBy: null,
    signature: null,
  });
  await noteMessage(tx, {
    conversationId: conversation.id,
    messageId: message.id,
    at: message.timestamp,
    isInbound: true,
  });
  const to = { agentId: message.agentId, assigneeId: null };
  if (conversation.isNew)
    tx.publish({ ...to, type: 'conversation.created', data: { conversation_id: conversation.id } });
  tx.publish({
    ...to,
    type: 'message.received',
    data: { conversation_id: conversation.id, message_id: message.id },
  });
}

/** Stores a message that nobody answers yet in the waiting room, where triage finds it. */
export async function recordWaiting(
  tx: Tx,
  message: Omit<InboundMessage, 'agentId' | 'home'>,
): Promise<void> {
  await insertMessage(tx, {
    ...message,
    agentId: null,
    home: 0,
    conversationId: null,
    direction: 'inbound',
    status: 'received',
    sentBy: null,
    signature: null,
  });
}

/** Stores a message that is about to be sent. */
export async function recordOutbound(
  tx: Tx,
  message: Omit<NewMessage, 'direction' | 'status' | 'wamid' | 'agentId' | 'conversationId'> & {
    agentId: number;
    conversationId: string;
  },
): Promise<void> {
  await insertMessage(tx, { ...message, direction: 'outbound', status: 'queued', wamid: null });
  await noteMessage(tx, {
    conversationId: message.conversationId,
    messageId: message.id,
    at: null,
    isInbound: false,
  });
  tx.publish({
    type: 'message.queued',
    agentId: message.agentId,
    assigneeId: null,
    data: { conversation_id: message.conversationId, message_id: message.id },
  });
}

export type StatusChange = { messageId: number; status: MessageStatus; error?: unknown };

/** Raises a message's status. False when it already stands as high; then nothing happens. */
export async function raiseStatus(tx: Tx, home: AgentHome, change: StatusChange): Promise<boolean> {
  const message = await lockMessage(tx, home, change.messageId);
  if (!message || !canRise(message.status, change.status)) return false;
  await updateMessage(tx, home, change.messageId, change);
  tx.publish({
    type: 'message.status',
    agentId: home.agentId,
    assigneeId: null,
    data: { conversation_id: message.conversation_id, message_id: change.messageId, status: change.status },
  });
  return true;
}
