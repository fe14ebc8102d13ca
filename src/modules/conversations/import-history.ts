/**
 * Brings messages that were written elsewhere into a conversation: at their own times, without moving any screen and without
 * sending anything. Importing the same history again changes nothing, because every message has a wamid.
 */
import type { Tx } from '../../platform/db/tx.ts';
import type { MessageStatus } from './contract.ts';
import { noteMessage, setUnread, upsertConversation } from './queries/conversations.ts';
import type { AgentHome } from './queries/homes.ts';
import { claimWamid, insertMessage, nextMessageId } from './queries/messages.ts';

/** A message that was written before the account was connected. */
export type PastMessage = {
  wamid: string;
  direction: 'inbound' | 'outbound';
  text: string;
  at: Date;
  /** Of an outbound message. */
  status: MessageStatus;
  type?: string;
  payload?: unknown;
  sentBy?: string;
  signature?: string | null;
};

/** A conversation's past, oldest message first, in the home of the agent who gets it. */
export type History = AgentHome & {
  organizationId: string;
  phoneNumberId: string;
  customerId: number;
  messages: PastMessage[];
  /** How many of the last inbound messages nobody has read. */
  unread: number;
};

/** Returns the conversation's id. Runs in the caller's worker transaction. */
export async function importHistory(tx: Tx, history: History): Promise<string> {
  const { id: conversationId } = await upsertConversation(tx, history);
  for (const message of history.messages) {
    const id = await nextMessageId(tx);
    const place = {
      organizationId: history.organizationId,
      phoneNumberId: history.phoneNumberId,
      wamid: message.wamid,
    };
    if (!(await claimWamid(tx, { ...place, agentId: history.agentId, messageId: id }))) continue;
    await insertMessage(tx, {
      ...place,
      id,
      agentId: history.agentId,
      home: history.home,
      conversationId,
      customerId: history.customerId,
      direction: message.direction,
      type: message.type ?? 'text',
      text: message.text,
      payload: message.payload ?? null,
      status: message.direction === 'inbound' ? 'received' : message.status,
      timestamp: message.at,
      signature: message.signature ?? null,
      sentBy: message.sentBy ?? null,
    });
    await noteMessage(tx, {
      conversationId,
      messageId: id,
      at: message.at,
      isUnread: message.direction === 'inbound',
      opensWindow: message.direction === 'inbound',
    });
  }
  await setUnread(tx, conversationId, history.unread);
  return conversationId;
}
