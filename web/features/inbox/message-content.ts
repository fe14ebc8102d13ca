/**
 * What a message of each type holds, read with care from Meta's object: it comes from outside and any field may be
 * missing. Pure. What is not understood stays "unsupported" and says so.
 */
import { isFields, text, type Fields } from './foreign-fields.ts';
import type { Message } from './model.ts';
import { plainTextOf, readRichText } from './read-rich-text.ts';

type ContactCard = { name: string; phone: string | null; detail: string | null };
export type OrderLine = { name: string; quantity: number; price: number | null; currency: string | null };

export type MessageContent =
  | { kind: 'text' }
  | {
      kind: 'media';
      medium: 'photo' | 'video' | 'audio' | 'voice' | 'document' | 'sticker';
      title: string | null;
    }
  | { kind: 'location'; latitude: number; longitude: number; title: string | null; address: string | null }
  | { kind: 'contacts'; contacts: ContactCard[] }
  | { kind: 'choice' }
  | { kind: 'question'; options: string[] }
  | { kind: 'form'; fields: { name: string; value: string }[] }
  | { kind: 'order'; lines: OrderLine[] }
  | { kind: 'template'; name: string | null }
  | { kind: 'call'; missed: boolean; seconds: number | null }
  | { kind: 'notice' }
  | { kind: 'deleted' }
  | { kind: 'unsupported'; type: string; reason: string | null };

const media = { image: 'photo', video: 'video', sticker: 'sticker', document: 'document' } as const;

export function readContent(message: Pick<Message, 'type' | 'text' | 'payload'>): MessageContent {
  const payload = ownObject(message);
  const fields = isFields(payload) ? payload : {};
  switch (message.type) {
    case 'text':
      return { kind: 'text' };
    case 'image':
    case 'video':
    case 'sticker':
    case 'document':
      return { kind: 'media', medium: media[message.type], title: text(fields['filename']) };
    case 'audio':
    case 'voice':
      return { kind: 'media', medium: fields['voice'] === true ? 'voice' : 'audio', title: null };
    case 'location':
      return readLocation(fields);
    case 'contacts':
      return { kind: 'contacts', contacts: readContacts(payload) };
    case 'button':
      return { kind: 'choice' };
    case 'interactive':
      return readAnswer(fields);
    case 'order':
      return { kind: 'order', lines: readLines(fields['product_items']) };
    case 'template':
      return { kind: 'template', name: text(fields['name']) };
    case 'call':
      return readCall(fields);
    case 'system':
    case 'notice':
      return { kind: 'notice' };
    case 'revoke':
      return { kind: 'deleted' };
    default:
      return {
        kind: 'unsupported',
        type: unsupportedType(message.type, fields),
        reason: readReason(fields['errors']),
      };
  }
}

/** Stands between the messages: nobody wrote it. */
export function isNotice(message: Pick<Message, 'type'>): boolean {
  return message.type === 'system' || message.type === 'notice';
}

/** The type's own object may be the payload, or stand in it under the type's name or under `content` (lists do). */
function ownObject(message: Pick<Message, 'type' | 'payload'>): unknown {
  const { payload, type } = message;
  if (!isFields(payload)) return payload;
  return payload[type] ?? payload['content'] ?? payload;
}

/** A form that was filled in lists its fields; a press of a button or an entry of a list stands in the text. */
function readAnswer(fields: Fields): MessageContent {
  if (isFields(fields['action'])) return { kind: 'question', options: readOptions(fields['action']) };
  const reply = isFields(fields['nfm_reply']) ? fields['nfm_reply'] : null;
  if (reply === null) return { kind: 'choice' };
  return { kind: 'form', fields: readForm(text(reply['response_json'])) };
}

/** The titles of a list's rows, or of buttons. */
function readOptions(action: Fields): string[] {
  const rows = fieldsIn(action['sections']).flatMap((section) => fieldsIn(section['rows']));
  const buttons = fieldsIn(action['buttons']).flatMap(({ reply }) => (isFields(reply) ? [reply] : []));
  return [...rows, ...buttons].flatMap(({ title }) => text(title) ?? []);
}

function fieldsIn(list: unknown): Fields[] {
  return Array.isArray(list) ? list.filter(isFields) : [];
}

function readForm(json: string | null): { name: string; value: string }[] {
  try {
    const answers: unknown = JSON.parse(json ?? '');
    if (!isFields(answers)) return [];
    return Object.entries(answers)
      .filter(([name]) => name !== 'flow_token')
      .map(([name, value]) => ({
        name: name.replaceAll('_', ' '),
        value: typeof value === 'string' ? value : JSON.stringify(value),
      }));
  } catch {
    return [];
  }
}

function readCall(fields: Fields): MessageContent {
  const events = isFields(fields['events']) ? fields['events'] : {};
  const ended = isFields(events['terminate']) ? events['terminate'] : null;
  const seconds = ended && typeof ended['seconds'] === 'number' ? ended['seconds'] : null;
  return { kind: 'call', missed: ended !== null && !seconds, seconds };
}

function readReason(errors: unknown): string | null {
  const first: unknown = Array.isArray(errors) ? errors[0] : null;
  return isFields(first) ? (text(first['details']) ?? text(first['title'])) : null;
}

function readLocation(fields: Fields): MessageContent {
  const latitude = Number(fields['latitude']);
  const longitude = Number(fields['longitude']);
  const known = fields['latitude'] != null && Number.isFinite(latitude) && Number.isFinite(longitude);
  if (!known) return { kind: 'unsupported', type: 'location', reason: null };
  return {
    kind: 'location',
    latitude,
    longitude,
    title: text(fields['name']),
    address: text(fields['address']),
  };
}

function readContacts(payload: unknown): ContactCard[] {
  const list = Array.isArray(payload) ? payload : isFields(payload) ? payload['contacts'] : null;
  if (!Array.isArray(list)) return [];
  return list.filter(isFields).map((entry) => {
    const name = isFields(entry['name']) ? entry['name'] : {};
    const phones: unknown = Array.isArray(entry['phones']) ? entry['phones'][0] : null;
    return {
      name: text(name['formatted_name']) ?? text(name['first_name']) ?? 'Contact',
      phone: isFields(phones) ? (text(phones['phone']) ?? text(phones['wa_id'])) : null,
      detail: readOrganization(entry['org']) ?? readEmail(entry['emails']),
    };
  });
}

function readOrganization(organization: unknown): string | null {
  return isFields(organization) ? text(organization['company']) : null;
}

function readEmail(emails: unknown): string | null {
  const first: unknown = Array.isArray(emails) ? emails[0] : null;
  return isFields(first) ? text(first['email']) : null;
}

function unsupportedType(type: string, fields: Fields): string {
  if (type !== 'unsupported' && type !== 'unknown') return type;
  return text(fields['type']) ?? text(fields['original_type']) ?? 'unknown';
}

/** Meta writes quantities and prices as numbers or as texts. */
function readLines(items: unknown): OrderLine[] {
  if (!Array.isArray(items)) return [];
  return items.filter(isFields).map((item) => {
    const price = Number(item['item_price'] ?? Number.NaN);
    return {
      name: text(item['product_retailer_id']) ?? 'Product',
      quantity: Number(item['quantity']) || 1,
      price: Number.isFinite(price) ? price : null,
      currency: text(item['currency']),
    };
  });
}

const words: Record<string, string> = {
  image: 'Photo',
  video: 'Video',
  audio: 'Audio',
  voice: 'Voice message',
  document: 'Document',
  sticker: 'Sticker',
  location: 'Location',
  contacts: 'Contact',
  order: 'Order',
  template: 'Template message',
  interactive: 'Reply',
  button: 'Reply',
  system: 'Notice',
  notice: 'Notice',
  call: 'Call',
};

/** One line for the list: the text, or what kind of message it is. */
export function previewOf(message: { type: string; text: string }): string {
  const line = plainTextOf(readRichText(message.text)).replace(/\s+/gu, ' ').trim();
  if (message.type === 'revoke') return 'Deleted message';
  if (message.type === 'text' || (line && message.type !== 'unsupported')) return line;
  return words[message.type] ?? 'Unsupported message';
}
