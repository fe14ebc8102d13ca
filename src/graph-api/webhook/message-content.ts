/**
 * One inbound message, or one echo of what the business sent elsewhere, in one shape whatever its type.
 * Must stay true: never throws, for any JSON; all text is fit for PostgreSQL; a type that is not known becomes
 * `unsupported` and keeps its own name, so that nothing a customer sends disappears.
 */
import { booleanAt, idAt, listAt, objectAt, own, secondsAt, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { readSha256 } from '../sha256-text.ts';
import { cleanJson, cleanJsonObject, cleanText } from './clean-text.ts';
import { MESSAGE_TYPES } from './delivery-types.ts';
import type { MessageType } from './delivery-types.ts';
import { partyOf } from './match-contact.ts';
import { textOfMessage } from './message-text.ts';
import { phoneOf, readIdentity } from './read-identity.ts';
import type { Identity } from './read-identity.ts';
import { readErrors } from './webhook-error.ts';
import type { WebhookError } from './webhook-error.ts';

export type { Identity } from './read-identity.ts';

/** What the message answers or was forwarded from. */
export type MessageContext = {
  /** The message that is answered. */
  wamid: string | null;
  /** Who wrote that one; missing when the phone is hidden. */
  from: string | null;
  forwarded: boolean;
  frequentlyForwarded: boolean;
  referredProduct: { catalogId: string | null; productRetailerId: string | null } | null;
};

/** The file of a media message. Fetch it by id: an address in a webhook is valid for five minutes. */
export type MessageMedia = {
  /** Null for the file of a placeholder; valid for seven days. */
  id: string | null;
  url: string | null;
  mimeType: string | null;
  /** Lower-case hex. */
  sha256: string | null;
  fileName: string | null;
  caption: string | null;
  /** A voice note, not a music file. */
  voice: boolean;
  animated: boolean;
};

export type InboundMessage = {
  /** Meta's id: opaque, and it contains the phone number. */
  wamid: string;
  type: MessageType | 'unsupported';
  /** What Meta called the type; for `unsupported` what the customer really sent, if Meta tells. */
  originalType: string | null;
  /** What a person would read; empty when there are no words. */
  text: string;
  timestamp: Date | null;
  from: Identity;
  /** The group the message was written in. */
  groupId: string | null;
  context: MessageContext | null;
  /** The message that a reaction, an edit or a revocation is about. It may arrive later than this. */
  targetWamid: string | null;
  media: MessageMedia | null;
  /** The advertisement that led to the message. */
  referral: JsonObject | null;
  errors: WebhookError[];
  /** The content under the key of its type, whole. */
  payload: Json;
  /** Of an edit: what the message says from then on. */
  edited: MessageWords | null;
};

/** What a message says, without who said it and when. */
export type MessageWords = Pick<InboundMessage, 'type' | 'originalType' | 'text' | 'payload'>;

/** A message that the business itself sent by another way, such as the WhatsApp Business app. */
export type EchoedMessage = Omit<InboundMessage, 'from'> & { to: Identity };

/** Reads an entry of `messages[]`; `contact` is the item's contact. An entry without id has the empty `wamid`. */
export function readMessage(value: Json, contact: Json = null): InboundMessage {
  const from = readIdentity(partyOf('messages', value), contact);
  const shared = from.phone === undefined ? sharedPhone(value) : null;
  return { ...readContent(value), from: shared === null ? from : { ...from, phone: shared } };
}

/**
 * The phone that a sender without one gave when asked for it. Meta marks the card, and nobody can send such a mark (Cloud API, "Request
 * contact information").
 */
function sharedPhone(value: Json): string | null {
  const cards = textAt(value, 'type') === 'contacts' ? listAt(value, 'contacts') : null;
  const card = cards?.length === 1 ? cards[0] : undefined;
  const phones = listAt(card, 'phones');
  if (textAt(card, 'origin') !== 'contact_request' || phones?.length !== 1) return null;
  return phoneOf(idAt(phones[0], 'wa_id') ?? textAt(phones[0], 'phone'));
}

/** Reads an entry of `message_echoes[]`. Echoes of `standby` keep what was sent one level deeper. */
export function readEcho(value: Json, contact: Json = null): EchoedMessage {
  const sent = objectAt(value, 'message');
  const merged =
    sent === null || own(value, 'type') !== undefined ? value : { ...sent, ...(value as JsonObject) };
  return { ...readContent(merged), to: readIdentity(partyOf('message_echoes', merged), contact) };
}

const KNOWN_TYPES: ReadonlySet<string> = new Set(MESSAGE_TYPES);
const MEDIA_TYPES: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'document', 'sticker']);
const TARGET_KEYS: ReadonlyMap<string, string> = new Map([
  ['reaction', 'message_id'],
  ['edit', 'original_message_id'],
  ['revoke', 'original_message_id'],
]);

function readContent(value: Json): Omit<InboundMessage, 'from'> {
  const named = textAt(value, 'type');
  const content = named === null ? null : (own(value, named) ?? null);
  const targetKey = TARGET_KEYS.get(named ?? '');
  const target = targetKey === undefined ? null : textAt(content, targetKey);
  const referral = objectAt(value, 'referral');
  return {
    wamid: cleanText(textAt(value, 'id') ?? ''),
    timestamp: secondsAt(value, 'timestamp'),
    groupId: cleanOrNull(idAt(value, 'group_id')),
    context: readContext(objectAt(value, 'context')),
    targetWamid: cleanOrNull(target),
    media: readMedia(named, content),
    referral: referral && cleanJsonObject(referral),
    errors: readErrors(listAt(value, 'errors')),
    edited: named === 'edit' ? readEdited(content) : null,
    ...readWords(value),
  };
}

function readWords(value: Json): MessageWords {
  const named = textAt(value, 'type');
  const content = named === null ? null : (own(value, named) ?? null);
  const isKnown = named !== null && KNOWN_TYPES.has(named);
  return {
    type: isKnown ? (named as MessageType) : 'unsupported',
    originalType: cleanOrNull(named === 'unsupported' ? (textAt(content, 'type') ?? named) : named),
    text: textOfMessage(value),
    payload: cleanJson(content),
  };
}

/** An edit inside an edit is none. */
function readEdited(content: Json): MessageWords | null {
  const inner = objectAt(content, 'message');
  const type = textAt(inner ?? undefined, 'type');
  return inner === null || type === null || TARGET_KEYS.has(type) ? null : readWords(inner);
}

function readContext(context: JsonObject | null): MessageContext | null {
  if (context === null) return null;
  const product = objectAt(context, 'referred_product');
  const frequentlyForwarded = booleanAt(context, 'frequently_forwarded') === true;
  return {
    wamid: cleanOrNull(textAt(context, 'id')),
    from: cleanOrNull(idAt(context, 'from')),
    forwarded: frequentlyForwarded || booleanAt(context, 'forwarded') === true,
    frequentlyForwarded,
    referredProduct: product && {
      catalogId: cleanOrNull(idAt(product, 'catalog_id')),
      productRetailerId: cleanOrNull(idAt(product, 'product_retailer_id')),
    },
  };
}

/** The file of a message, or of the new content of an edited one. */
function readMedia(type: string | null, content: Json): MessageMedia | null {
  if (type === 'edit') {
    const inner = objectAt(content, 'message');
    const innerType = textAt(inner ?? undefined, 'type');
    return innerType === null || innerType === 'edit'
      ? null
      : readMedia(innerType, own(inner ?? undefined, innerType) ?? null);
  }
  if (type === null || !MEDIA_TYPES.has(type) || content === null) return null;
  return {
    id: cleanOrNull(idAt(content, 'id')),
    url: cleanOrNull(textAt(content, 'url') ?? textAt(content, 'link')),
    mimeType: cleanOrNull(textAt(content, 'mime_type')),
    sha256: readSha256(textAt(content, 'sha256') ?? ''),
    fileName: cleanOrNull(textAt(content, 'filename')),
    caption: cleanOrNull(textAt(content, 'caption')),
    voice: booleanAt(content, 'voice') === true,
    animated: booleanAt(content, 'animated') === true,
  };
}

function cleanOrNull(text: string | null): string | null {
  return text === null ? null : cleanText(text);
}
