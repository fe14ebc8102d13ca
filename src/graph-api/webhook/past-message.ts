/**
 * One message of the field `history`, as `splitDelivery` cuts it out: `{ thread, message }`. The files of the last fourteen days come
 * later and without a thread, each as a message with the id of its placeholder (Cloud API, "history webhook reference").
 * Must stay true: never throws, for any JSON.
 */
import { booleanAt, idAt, objectAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { partyOfThread } from './match-contact.ts';
import { readMessage, type InboundMessage } from './message-content.ts';
import { phoneOf, readIdentity, type Identity } from './read-identity.ts';

export type PastMessage = {
  message: Omit<InboundMessage, 'from'>;
  /** The customer of the thread. */
  with: Identity;
  /** Written by the business. */
  isOutbound: boolean;
};

/** @param displayPhoneNumber the business number, as digits: what it sent is the business's own */
export function readPastMessage(value: Json, displayPhoneNumber: string | null): PastMessage {
  const thread = objectAt(value, 'thread');
  const sent = objectAt(value, 'message') ?? {};
  const identity = readIdentity(partyOfThread(thread), objectAt(thread ?? undefined, 'context'));
  const from = phoneOf(idAt(sent, 'from'));
  const own = phoneOf(displayPhoneNumber);
  const isOutbound =
    booleanAt(objectAt(sent, 'history_context') ?? undefined, 'from_me') === true ||
    idAt(sent, 'to') !== null ||
    idAt(sent, 'to_user_id') !== null ||
    (from !== null && (from === own || isAnother(from, identity)));
  return { message: readMessage(sent), with: identity, isOutbound };
}

/** The thread of a message that comes without one. It names nobody where the business does not say to whom it wrote. */
export function threadOfLone(message: Json, displayPhoneNumber: string | null): JsonObject {
  const from = idAt(message, 'from');
  const isOurs = phoneOf(from) === phoneOf(displayPhoneNumber);
  const phone = idAt(message, 'to') ?? (isOurs ? null : from);
  const userId = idAt(message, 'to_user_id') ?? idAt(message, 'from_user_id');
  const context = {
    ...(phone === null ? {} : { wa_id: phone }),
    ...(userId === null ? {} : { user_id: userId }),
  };
  return { context };
}

function isAnother(from: string, identity: Identity): boolean {
  return identity.phone !== undefined && from !== identity.phone;
}
