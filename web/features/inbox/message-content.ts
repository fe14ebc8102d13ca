/**
 * What a message of each type holds, read with care from Meta's object: it comes from outside and any field may be
 * missing. Pure. What is not understood stays "unsupported" and says so.
 */
import type { Message } from './model.ts';
import { plainTextOf, readRichText } from './read-rich-text.ts';

type ContactCard = { name: string; phone: string | null };

export type MessageContent =
  | { kind: 'text' }
  | {
      kind: 'media';
      medium: 'photo' | 'video' | 'audio' | 'voice' | 'document' | 'sticker';
      title: string | null;
    }
  | { kind: 'location'; latitude: number; longitude: number; title: string | null; address: string | null }
  | { kind: 'contacts'; contacts: ContactCard[] }
  | { kind: 'reaction'; emoji: string | null }
  | { kind: 'choice' }
  | { kind: 'order'; items: number }
  | { kind: 'template'; name: string | null }
  | { kind: 'notice' }
  | { kind: 'edited' | 'deleted' }
  | { kind: 'unsupported'; type: string };

type Fields = Record<string, unknown>;

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
    case 'reaction':
      return { kind: 'reaction', emoji: text(fields['emoji']) ?? (message.text || null) };
    case 'button':
    case 'interactive':
      return { kind: 'choice' };
    case 'order':
      return { kind: 'order', items: countItems(fields['product_items']) };
    case 'template':
      return { kind: 'template', name: text(fields['name']) };
    case 'system':
      return { kind: 'notice' };
    case 'edit':
      return { kind: 'edited' };
    case 'revoke':
      return { kind: 'deleted' };
    default:
      return { kind: 'unsupported', type: unsupportedType(message.type, fields) };
  }
}

/** The type's own object may be the payload, or stand in it under the type's name or under `content` (lists do). */
function ownObject(message: Pick<Message, 'type' | 'payload'>): unknown {
  const { payload, type } = message;
  if (!isFields(payload)) return payload;
  return payload[type] ?? payload['content'] ?? payload;
}

/** What a message is about or comes from, beside its own content. */
export type MessageContext = {
  /** The wamid of the message that this one answers. */
  answers: string | null;
  /** The wamid of the message that a reaction belongs to. */
  reactsTo: string | null;
  forwarded: boolean;
};

export function readContext(message: Pick<Message, 'type' | 'payload'>): MessageContext {
  const payload = isFields(message.payload) ? message.payload : {};
  const context = isFields(payload['context']) ? payload['context'] : {};
  const content = ownObject(message);
  const target = message.type === 'reaction' && isFields(content) ? text(content['message_id']) : null;
  return {
    answers: text(context['wamid']) ?? text(context['id']),
    reactsTo: target,
    forwarded: context['forwarded'] === true || context['frequentlyForwarded'] === true,
  };
}

function readLocation(fields: Fields): MessageContent {
  const latitude = Number(fields['latitude']);
  const longitude = Number(fields['longitude']);
  const known = fields['latitude'] != null && Number.isFinite(latitude) && Number.isFinite(longitude);
  if (!known) return { kind: 'unsupported', type: 'location' };
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
    };
  });
}

function unsupportedType(type: string, fields: Fields): string {
  if (type !== 'unsupported' && type !== 'unknown') return type;
  return text(fields['type']) ?? text(fields['original_type']) ?? 'unknown';
}

function countItems(items: unknown): number {
  return Array.isArray(items) ? items.length : 0;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
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
};

/** One line for the list: the text, or what kind of message it is. */
export function previewOf(message: { type: string; text: string }): string {
  const line = plainTextOf(readRichText(message.text)).replace(/\s+/gu, ' ').trim();
  if (message.type === 'reaction') return line ? `Reacted ${line}` : 'Removed a reaction';
  if (message.type === 'revoke') return 'Deleted a message';
  if (message.type === 'edit') return line ? `Edited: ${line}` : 'Edited a message';
  if (message.type === 'text' || (line && message.type !== 'unsupported')) return line;
  return words[message.type] ?? 'Unsupported message';
}
