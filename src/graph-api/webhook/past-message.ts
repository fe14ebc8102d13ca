/**
 * One message of the field `history`, as `splitDelivery` cuts it out: `{ thread, message }`.
 * Must stay true: never throws, for any JSON.
 */
import { idAt, objectAt } from '../json.ts';
import type { Json } from '../json.ts';
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
    idAt(sent, 'to') !== null ||
    idAt(sent, 'to_user_id') !== null ||
    (from !== null && (from === own || isAnother(from, identity)));
  return { message: readMessage(sent), with: identity, isOutbound };
}

function isAnother(from: string, identity: Identity): boolean {
  return identity.phone !== undefined && from !== identity.phone;
}
