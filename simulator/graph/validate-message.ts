/**
 * Checks the body of a send as Meta does before it accepts: what is missing (100, 131008), what is too long or not
 * allowed (100, 131009). Throws the error to answer with; returns the type of the message.
 */
import { missing, notValid, requireText, tooLong } from './complaints.ts';
import { GraphApiError } from './graph-error.ts';
import { validateInteractive } from './validate-interactive.ts';

type Body = Record<string, unknown>;

const MEDIA_TYPES = ['image', 'video', 'audio', 'document', 'sticker'] as const;
const MAX_CONTACTS = 257;
const MAX_CALLBACK_DATA = 512;

const VALIDATORS: Record<string, (content: Body, body: Body) => void> = {
  text: (content) => requireText(content['body'], { name: "text['body']", max: 4096 }),
  ...Object.fromEntries(MEDIA_TYPES.map((type) => [type, (content: Body) => validateMedia(type, content)])),
  location: (content) => {
    for (const axis of ['latitude', 'longitude'] as const) {
      const limit = axis === 'latitude' ? 90 : 180;
      const value = Number(content[axis]);
      if (content[axis] === undefined) throw missing(`location['${axis}']`);
      if (!Number.isFinite(value) || Math.abs(value) > limit)
        throw notValid(`Parameter location['${axis}'] must be a number between -${limit} and ${limit}.`);
    }
  },
  contacts: (_content, body) => validateContacts(body['contacts']),
  reaction: (content) => {
    if (typeof content['message_id'] !== 'string') throw missing("reaction['message_id']");
    if (typeof content['emoji'] !== 'string') throw missing("reaction['emoji']");
    if ([...new Intl.Segmenter().segment(content['emoji'])].length > 1)
      throw notValid("Parameter reaction['emoji'] must be one emoji.");
  },
  template: (content) => {
    if (typeof content['name'] !== 'string' || content['name'] === '') throw missing("template['name']");
    const language = content['language'] as Body | undefined;
    if (typeof language?.['code'] !== 'string') throw missing("template['language']['code']");
  },
  interactive: (content) => validateInteractive(content),
};

export function validateMessage(body: Body): string {
  if (body['messaging_product'] !== 'whatsapp')
    throw new GraphApiError(100, { message: '(#100) The parameter messaging_product is required.' });
  const type = body['type'] === undefined ? 'text' : String(body['type']);
  const validate = Object.hasOwn(VALIDATORS, type) ? VALIDATORS[type] : undefined;
  if (!validate)
    throw new GraphApiError(100, {
      message: `(#100) Param type must be one of {${Object.keys(VALIDATORS).join(', ').toUpperCase()}} - got "${type}".`,
    });
  const content = body[type];
  if (content === undefined || content === null || typeof content !== 'object') throw missing(type);
  validate(content as Body, body);
  validateCommon(body);
  return type;
}

function validateCommon(body: Body): void {
  const data = body['biz_opaque_callback_data'];
  if (data !== undefined && (typeof data !== 'string' || data.length > MAX_CALLBACK_DATA))
    throw tooLong('biz_opaque_callback_data', MAX_CALLBACK_DATA);
  const recipientType = body['recipient_type'] ?? 'individual';
  if (recipientType !== 'individual' && recipientType !== 'group')
    throw new GraphApiError(100, {
      message: '(#100) Param recipient_type must be one of {INDIVIDUAL, GROUP}.',
    });
  const context = body['context'] as Body | undefined;
  if (context !== undefined && typeof context['message_id'] !== 'string')
    throw missing("context['message_id']");
}

function validateMedia(type: string, content: Body): void {
  const { id, link } = content;
  if (id === undefined && link === undefined)
    throw new GraphApiError(100, { message: `(#100) One of ${type}['id'] and ${type}['link'] is required.` });
  if (link !== undefined && (typeof link !== 'string' || !/^https?:\/\/\S+$/.test(link)))
    throw new GraphApiError(100, { message: `(#100) Param ${type}['link'] is not a valid URI.` });
  if (content['caption'] === undefined) return;
  if (type === 'audio' || type === 'sticker')
    throw new GraphApiError(100, { message: `(#100) Unexpected key "caption" on param "${type}".` });
  requireText(content['caption'], { name: `${type}['caption']`, max: 1024, min: 0 });
}

function validateContacts(contacts: unknown): void {
  if (!Array.isArray(contacts) || contacts.length === 0) throw missing('contacts');
  if (contacts.length > MAX_CONTACTS) throw notValid(`At most ${MAX_CONTACTS} contacts can be sent.`);
  contacts.forEach((contact: Body, index) => {
    const name = contact['name'] as Body | undefined;
    if (typeof name?.['formatted_name'] !== 'string')
      throw missing(`contacts[${index}]['name']['formatted_name']`);
  });
}
