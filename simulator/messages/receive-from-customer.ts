/** A customer writes to the business: builds the message in the shape of its type, keeps it, sends the webhook. */
import { ControlError } from '../control/control-error.ts';
import type { Simulation } from '../simulation.ts';
import type { Account, Customer, PhoneNumber, StoredMessage } from '../state/state.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { publishUpdate } from '../webhooks/publish-update.ts';
import { contactOf, upsertCustomer, userIdOf, visibleNumber } from './customers.ts';
import type { CustomerInput } from './customers.ts';
import { messageId } from './ids.ts';
import { mediaUrl } from './media-items.ts';
import { keepMessage } from './ledger.ts';
import { openWindow } from './window.ts';

/** What a customer sends. Short forms for the usual types; `message` for anything in Meta's own shape. */
export type InboundInput = CustomerInput & {
  phone_number_id: string;
  /** text (default), image, video, audio, document, sticker, location, contacts, reaction, button, button_reply, … */
  type?: string;
  /** Text, or the caption, or the title of a tapped button. */
  text?: string;
  /** A media id from `POST control/media` or the Graph API. */
  media_id?: string;
  filename?: string;
  latitude?: number;
  longitude?: number;
  place?: string;
  emoji?: string;
  /** wamid that this answers or reacts to. */
  reply_to?: string;
  /** id of a tapped button or row. */
  reply_id?: string;
  description?: string;
  /** Seconds since 1970; now by default. */
  timestamp?: number;
  /** The wamid, to send a duplicate or a given id. */
  id?: string;
  /** Keys of the message in Meta's shape, laid over what the short forms make. */
  message?: Record<string, unknown>;
};

/** Sends one inbound message and returns it as kept. */
export function receiveFromCustomer(
  sim: Simulation,
  engine: WebhookEngine,
  input: InboundInput,
): StoredMessage {
  const number = sim.state.numbers[input.phone_number_id];
  const account = number && sim.state.accounts[number.waba_id];
  if (!number || !account) throw new ControlError(404, `There is no number ${input.phone_number_id}.`);
  const customer = upsertCustomer(sim, account, input);
  const message = webhookMessage(sim, { account, number, customer }, input);
  const id = String(message['id']);
  const stored: StoredMessage = {
    id,
    direction: 'inbound',
    waba_id: account.waba_id,
    phone_number_id: number.phone_number_id,
    app_id: '',
    customer: customer.key,
    type: String(message['type']),
    body: message,
    input: input.from,
    biz_opaque_callback_data: null,
    at: sim.now(),
    statuses: [{ status: 'sent', at: sim.now() }],
    next: null,
    category: 'service',
  };
  if (!sim.state.messages[id]) keepMessage(sim, stored);
  openWindow(sim, number.phone_number_id, customer.key);
  publishUpdate(sim, engine, {
    account,
    number,
    field: 'messages',
    messageId: id,
    value: {
      messaging_product: 'whatsapp',
      metadata: {
        display_phone_number: number.display_phone_number,
        phone_number_id: number.phone_number_id,
      },
      ...(stored.type === 'system' ? {} : { contacts: [contactOf(customer, account)] }),
      messages: [message],
    },
  });
  return stored;
}

type Parties = { account: Account; number: PhoneNumber; customer: Customer };

function webhookMessage(sim: Simulation, parties: Parties, input: InboundInput): Record<string, unknown> {
  const { account, number, customer } = parties;
  const type = input.type ?? (input.message?.['type'] as string | undefined) ?? 'text';
  const built = BUILDERS[type]?.(sim, input) ?? { type };
  const isReaction = type === 'reaction';
  const context =
    input.reply_to === undefined || isReaction
      ? {}
      : { context: { from: number.display_phone_number, id: input.reply_to } };
  return {
    ...context,
    from: visibleNumber(customer),
    from_user_id: userIdOf(customer, account),
    id: input.id ?? messageId(customer.key, 'inbound'),
    timestamp: String(input.timestamp ?? Math.floor(sim.now() / 1000)),
    ...built,
    ...input.message,
  };
}

type Builder = (sim: Simulation, input: InboundInput) => Record<string, unknown>;

const BUILDERS: Record<string, Builder> = {
  text: (_sim, input) => {
    if (input.text === undefined && !input.message?.['text'])
      throw new ControlError(400, 'A text needs `text`.');
    return { type: 'text', text: { body: input.text } };
  },
  image: media('image'),
  video: media('video'),
  audio: media('audio'),
  document: media('document'),
  sticker: media('sticker'),
  location: (_sim, input) => ({
    type: 'location',
    location: { latitude: input.latitude ?? 0, longitude: input.longitude ?? 0, name: input.place },
  }),
  reaction: (_sim, input) => ({
    type: 'reaction',
    reaction: { message_id: input.reply_to ?? '', emoji: input.emoji ?? '' },
  }),
  button: (_sim, input) => ({
    type: 'button',
    button: { payload: input.reply_id ?? input.text ?? '', text: input.text ?? '' },
  }),
  button_reply: (_sim, input) => ({
    type: 'interactive',
    interactive: {
      type: 'button_reply',
      button_reply: { id: input.reply_id ?? '', title: input.text ?? '' },
    },
  }),
  list_reply: (_sim, input) => ({
    type: 'interactive',
    interactive: {
      type: 'list_reply',
      list_reply: { id: input.reply_id ?? '', title: input.text ?? '', description: input.description },
    },
  }),
  unsupported: () => ({
    type: 'unsupported',
    errors: [
      {
        code: 131051,
        title: 'Message type unknown',
        message: 'Message type unknown',
        error_data: { details: 'Message type is currently not supported.' },
      },
    ],
    unsupported: { type: 'poll_creation' },
  }),
};

function media(type: string): Builder {
  return (sim, input) => {
    const item = input.media_id === undefined ? undefined : sim.state.media[input.media_id];
    if (!item) {
      if (input.message?.[type]) return { type };
      throw new ControlError(400, `A ${type} needs \`media_id\` of an uploaded file.`);
    }
    return {
      type,
      [type]: {
        id: item.id,
        mime_type: item.mime_type,
        sha256: Buffer.from(item.sha256, 'hex').toString('base64'),
        url: mediaUrl(sim, item),
        caption: input.text,
        ...(type === 'document' ? { filename: input.filename ?? item.filename ?? 'file' } : {}),
        ...(type === 'audio' ? { voice: item.mime_type.includes('ogg') } : {}),
        ...(type === 'sticker' ? { animated: false } : {}),
      },
    };
  };
}
