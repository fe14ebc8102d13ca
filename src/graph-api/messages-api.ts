/**
 * Sending and marking as read.
 * Must stay true: a send is never repeatable, for Meta knows no idempotency key; put an id of your own into
 * `biz_opaque_callback_data` and find the outcome by the status webhooks, which carry it back.
 */
import { unusableAnswer } from './answer.ts';
import { idAt, listAt, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { objectPath } from './object-path.ts';
import { requireSuccess } from './require-success.ts';
import type { GraphToken, GraphTransport } from './transport.ts';

/**
 * The body of `POST /{phone}/messages`; `messaging_product` is added. Write `to` as `+` and digits: without `+` Meta may
 * prepend the country code of the business. `recipient` (a business-scoped user id) is for customers who hide their phone.
 */
export type SendMessageBody = JsonObject & {
  type: string;
  to?: string;
  recipient?: string;
  /** At most 512 characters; comes back in every status of the message. */
  biz_opaque_callback_data?: string;
};

export type AcceptedMessage = {
  /** Meta's id of the message: opaque, and it contains the phone number. */
  wamid: string;
  /** Who will get it, by Meta: `waId` may differ from the number given (Mexico, Argentina, Brazil). */
  contact: { input?: string; waId?: string; userId?: string };
  /** Templates only: `accepted`, `held_for_quality_assessment`, `paused`, or newer words. */
  messageStatus?: string;
};

export type MessagesApi = {
  /** Hands a message to Meta. Success means "accepted", not "delivered": delivery comes by status webhooks. Throws GraphError. */
  sendMessage(token: GraphToken, phoneNumberId: string, body: SendMessageBody): Promise<AcceptedMessage>;
  /** Marks a message, and those before it, as read; with `typing` the customer sees "typing" for up to 25 seconds. */
  markRead(
    token: GraphToken,
    phoneNumberId: string,
    message: { wamid: string; typing?: boolean },
  ): Promise<void>;
};

const LONGEST_WAMID = 512;

export function messagesApi(transport: GraphTransport): MessagesApi {
  return {
    async sendMessage(token, phoneNumberId, body) {
      const answer = await transport.call({
        method: 'POST',
        path: objectPath(phoneNumberId, 'messages'),
        token,
        repeatable: false,
        json: { messaging_product: 'whatsapp', ...body },
      });
      return readAccepted(answer);
    },
    async markRead(token, phoneNumberId, { wamid, typing = false }) {
      const answer = await transport.call({
        method: 'POST',
        path: objectPath(phoneNumberId, 'messages'),
        token,
        repeatable: true,
        json: {
          messaging_product: 'whatsapp',
          status: 'read',
          message_id: wamid,
          ...(typing ? { typing_indicator: { type: 'text' } } : {}),
        },
      });
      requireSuccess(answer, true);
    },
  };
}

function readAccepted(answer: Json): AcceptedMessage {
  const message = listAt(answer, 'messages')?.[0];
  const wamid = textAt(message, 'id');
  if (wamid === null || wamid.length > LONGEST_WAMID || /[^\x21-\x7e]/.test(wamid))
    throw unusableAnswer('no_message_id', { httpStatus: 200, repeatable: false });
  const contact = listAt(answer, 'contacts')?.[0];
  const input = textAt(contact, 'input');
  const waId = idAt(contact, 'wa_id');
  const userId = textAt(contact, 'user_id');
  const messageStatus = textAt(message, 'message_status');
  return {
    wamid,
    contact: {
      ...(input === null ? {} : { input }),
      ...(waId === null ? {} : { waId }),
      ...(userId === null ? {} : { userId }),
    },
    ...(messageStatus === null ? {} : { messageStatus }),
  };
}
