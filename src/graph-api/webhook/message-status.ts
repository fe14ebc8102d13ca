/**
 * One step in the life of a message that the business sent.
 * Must stay true: never throws, for any JSON. Steps arrive late, twice, in any order and even before the answer of the
 * send itself, so nothing here says what the state of the message now is.
 */
import { idAt, listAt, objectAt, secondsAt, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { cleanJsonObject, cleanText } from './clean-text.ts';
import type { DeliveryStatus } from './delivery-types.ts';
import { partyOf } from './match-contact.ts';
import { readIdentity } from './read-identity.ts';
import type { Identity } from './read-identity.ts';
import { readErrors } from './webhook-error.ts';
import type { WebhookError } from './webhook-error.ts';

export type MessageStatus = {
  wamid: string;
  status: DeliveryStatus;
  timestamp: Date | null;
  /** The customer; in a group the participant. Failed messages often name only the phone. */
  recipient: Identity;
  groupId: string | null;
  /** The `biz_opaque_callback_data` of the send: by it a send of unknown outcome finds its message. */
  callbackData: string | null;
  errors: WebhookError[];
  /** What Meta charges; only with `sent` and the first of `delivered` and `read`. */
  pricing: JsonObject | null;
  conversation: JsonObject | null;
};

/** Reads an entry of `statuses[]`; `contact` is the item's contact. */
export function readStatus(value: Json, contact: Json = null): MessageStatus {
  const isGroup = textAt(value, 'recipient_type') === 'group';
  const party = partyOf('statuses', value);
  const groupId = isGroup ? idAt(value, 'recipient_id') : null;
  const ofPerson = party.phone === groupId ? { ...party, phone: null } : party;
  const callbackData = textAt(value, 'biz_opaque_callback_data');
  const pricing = objectAt(value, 'pricing');
  const conversation = objectAt(value, 'conversation');
  return {
    wamid: cleanText(textAt(value, 'id') ?? ''),
    status: cleanText(textAt(value, 'status') ?? ''),
    timestamp: secondsAt(value, 'timestamp'),
    recipient: readIdentity(ofPerson, contact),
    groupId: groupId === null ? null : cleanText(groupId),
    callbackData: callbackData === null ? null : cleanText(callbackData),
    errors: readErrors(listAt(value, 'errors')),
    pricing: pricing && cleanJsonObject(pricing),
    conversation: conversation && cleanJsonObject(conversation),
  };
}
