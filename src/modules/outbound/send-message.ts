/**
 * Answering a customer. One transaction writes the message (queued), the outbox row and the event; a worker sends it. The same
 * Idempotency-Key never makes a second message.
 */
import { createHash } from 'node:crypto';
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import type { Message, SendMessageBody } from '../conversations/contract.ts';
import { getConversationToAnswer, getMessage, type ConversationRow } from '../conversations/read-inbox.ts';
import { nextMessageId, recordOutbound } from '../conversations/record-message.ts';
import { closesWindowAt, isOptedOut } from '../conversations/window.ts';
import { conversationBlocked, keyReused, optedOut, windowClosed } from './contract.ts';
import { findByKey, insertOutboxRow } from './queries.ts';
import { getRecipient } from './recipient.ts';
import { findSignature } from './signature.ts';
import { signedText } from './rules.ts';

/** What is sent where; the key makes a repeated request one message. */
export type SendRequest = { conversationId: string; body: SendMessageBody; idempotencyKey: string | null };

/** Returns the queued message. Throws what `contract.ts` lists. */
export function sendMessage(app: App, actor: Actor, request: SendRequest): Promise<Message> {
  const requestHash = createHash('sha256')
    .update(JSON.stringify([request.conversationId, request.body.text]))
    .digest();
  return asUser(app, actor, async (tx) => {
    const conversation = await getConversationToAnswer(tx, actor, request.conversationId);
    const earlier = await findEarlier(tx, actor, request, requestHash);
    if (earlier !== null) return getMessage(tx, conversation, earlier);
    if (conversation.status === 'blocked') throw conversationBlocked();
    if (await isOptedOut(tx, conversation)) throw optedOut();
    if (closesWindowAt(conversation, app.clock.now()) === null) throw windowClosed();
    const messageId = await nextMessageId(tx);
    const isNew = await queue(app, tx, { actor, request, requestHash, conversation, messageId });
    if (isNew) return getMessage(tx, conversation, messageId);
    const twin = await findEarlier(tx, actor, request, requestHash);
    if (twin === null)
      throw new AppError(
        'outbound.try_again',
        409,
        'This message is being sent by another request. Try again with the same key.',
      );
    return getMessage(tx, conversation, twin);
  });
}

async function findEarlier(
  tx: Tx,
  actor: Actor,
  request: SendRequest,
  requestHash: Buffer,
): Promise<number | null> {
  if (request.idempotencyKey === null) return null;
  const row = await findByKey(tx, actor.userId, request.idempotencyKey);
  if (!row) return null;
  if (!row.request_hash?.equals(requestHash)) throw keyReused();
  return row.message_id;
}

type Queued = {
  actor: Actor;
  request: SendRequest;
  requestHash: Buffer;
  conversation: ConversationRow;
  messageId: number;
};

/** False when a twin with the same key was first. */
async function queue(
  app: App,
  tx: Tx,
  { actor, request, requestHash, conversation, messageId }: Queued,
): Promise<boolean> {
  const place = {
    agentId: conversation.agent_id,
    home: conversation.home,
    customerId: conversation.customer_id,
  };
  const recipient = await getRecipient(tx, place);
  const signature =
    conversation.mode === 'central' ? await findSignature(tx, actor.userId, app.config.brandName) : null;
  const { text } = request.body;
  const ids = {
    organizationId: actor.organizationId,
    messageId,
    conversationId: conversation.id,
    phoneNumberId: conversation.phone_number_id,
  };
  const inserted = await insertOutboxRow(tx, {
    ...ids,
    agentId: place.agentId,
    request: {
      ...recipient,
      recipient_type: 'individual',
      type: 'text',
      text: { body: signedText(text, signature) },
    },
    userId: actor.userId,
    idempotencyKey: request.idempotencyKey,
    requestHash,
  });
  if (!inserted) return false;
  await recordOutbound(tx, {
    ...ids,
    ...place,
    id: messageId,
    type: 'text',
    text,
    payload: null,
    timestamp: null,
    signature,
    sentBy: actor.userId,
  });
  return true;
}
