/**
 * What a person would read of a message: its body, caption, the title of the button they pressed, the name of a place.
 * Must stay true: only words that the customer sent or saw; a message without words has the empty text.
 */
import { listAt, objectAt, own, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { cleanText } from './clean-text.ts';

type Read = (content: Json) => string | null;

const caption: Read = (content) => textAt(content, 'caption');

const TEXT_BY_TYPE: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['text', (content) => textAt(content, 'body')],
  ['image', caption],
  ['video', caption],
  ['audio', caption],
  ['document', caption],
  ['location', (content) => textAt(content, 'name') ?? textAt(content, 'address')],
  [
    'contacts',
    (content) => (Array.isArray(content) ? content.map(contactName).filter(Boolean).join(', ') : null),
  ],
  ['interactive', interactiveText],
  ['button', (content) => textAt(content, 'text')],
  ['reaction', (content) => textAt(content, 'emoji')],
  ['order', (content) => textAt(content, 'text')],
  ['system', (content) => textAt(content, 'body')],
  ['edit', (content) => textOfMessage(objectAt(content, 'message'))],
]);

/** The text of a message (or of the new content of an edited one), fit for a database. */
export function textOfMessage(message: Json): string {
  const type = textAt(message, 'type');
  if (type === null) return '';
  return cleanText(TEXT_BY_TYPE.get(type)?.(own(message, type) ?? null) ?? '');
}

function interactiveText(content: Json): string | null {
  const reply = (key: string): Json | undefined => own(content, key);
  return (
    textAt(reply('button_reply'), 'title') ??
    textAt(reply('list_reply'), 'title') ??
    textAt(reply('nfm_reply'), 'body')
  );
}

function contactName(contact: Json): string {
  const name = own(contact, 'name');
  const parts = [textAt(name, 'first_name'), textAt(name, 'last_name')].filter((part) => part !== null);
  const phone = textAt(listAt(contact, 'phones')?.[0], 'phone');
  return textAt(name, 'formatted_name') ?? (parts.length > 0 ? parts.join(' ') : (phone ?? ''));
}
