/** Webhook deliveries as Meta posts them, written out here by hand: shape, signature and all, without the product's own code. */
import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { request, type Answer } from './api.ts';
import { TEST_APP_SECRET } from './secrets.ts';

export type Sender = { phone?: string; userId?: string; name?: string; username?: string };
export type Change = { field: string; value: Record<string, unknown> };

/** What `openssl dgst -sha256 -hmac "$FB_APP_SECRET"` prints, in Meta's header. */
export function signatureOf(body: string | Uint8Array, secret = TEST_APP_SECRET): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export function newWamid(): string {
  return `wamid.${randomBytes(24).toString('base64url')}`;
}

export function newPhone(): string {
  return `4917${String(randomInt(10_000_000, 99_999_999))}`;
}

/** A person whom WhatsApp names by a business-scoped id alone. */
export function newUserId(): string {
  return `DE.${String(randomInt(1e9, 2e9))}${String(randomInt(1e9, 2e9))}`;
}

const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));

export type Written = { from: Sender; text: string; id?: string; at?: Date };

/** One entry of `messages[]`. */
export function textMessage({ from, text, id = newWamid(), at = new Date() }: Written) {
  return {
    ...(from.phone ? { from: from.phone } : {}),
    ...(from.userId ? { from_user_id: from.userId } : {}),
    id,
    timestamp: seconds(at),
    type: 'text',
    text: { body: text },
  };
}

function contactOf({ phone, userId, name, username }: Sender) {
  return {
    profile: { name: name ?? 'Ada Brook', ...(username ? { username } : {}) },
    ...(phone ? { wa_id: phone } : {}),
    ...(userId ? { user_id: userId } : {}),
  };
}

const metadata = (phoneNumberId: string) => ({
  messaging_product: 'whatsapp',
  metadata: { display_phone_number: '15550001122', phone_number_id: phoneNumberId },
});

/** A change of the field `messages` with what people wrote. */
export function messagesChange(
  phoneNumberId: string,
  messages: Record<string, unknown>[],
  senders: Sender[],
): Change {
  return {
    field: 'messages',
    value: { ...metadata(phoneNumberId), contacts: senders.map(contactOf), messages },
  };
}

export function textChange(phoneNumberId: string, written: Written): Change {
  return messagesChange(phoneNumberId, [textMessage(written)], [written.from]);
}

export type Step = {
  id: string;
  status: string;
  recipient?: string;
  callbackData?: string;
  errors?: { code: number; title: string }[];
};

/** A change of the field `messages` with steps of messages that the business sent. */
export function statusesChange(phoneNumberId: string, steps: Step[]): Change {
  const statuses = steps.map(({ id, status, recipient, callbackData, errors }) => ({
    id,
    status,
    timestamp: seconds(new Date()),
    recipient_id: recipient ?? '491700000000',
    ...(callbackData ? { biz_opaque_callback_data: callbackData } : {}),
    ...(errors ? { errors } : {}),
  }));
  return { field: 'messages', value: { ...metadata(phoneNumberId), statuses } };
}

/** The whole body; each list of changes becomes an entry of its own. */
export function envelope(...entries: Change[][]): Record<string, unknown> {
  return {
    object: 'whatsapp_business_account',
    entry: entries.map((changes, index) => ({ id: `77000000000${String(index)}`, changes })),
  };
}

/** A delivery of one entry, about an account of one's own choice. */
export function envelopeOf(wabaId: string, changes: Change[]): Record<string, unknown> {
  return { object: 'whatsapp_business_account', entry: [{ id: wabaId, changes }] };
}

export type DeliveryOptions = {
  /** The header's value; null leaves it out. Correct when absent. */
  signature?: string | null;
  headers?: Record<string, string>;
  /** The organization whose own address it goes to; the install's when absent. */
  tenantId?: string;
};

/** Posts a body, byte for byte when it is text or bytes. */
export function deliver(
  url: string,
  body: Record<string, unknown> | string | Uint8Array,
  { signature, headers = {}, tenantId }: DeliveryOptions = {},
): Promise<Answer> {
  const raw = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  const header = signature === undefined ? signatureOf(raw) : signature;
  return request(`${url}/webhooks/whatsapp${tenantId === undefined ? '' : `/${tenantId}`}`, {
    method: 'POST',
    body: raw,
    headers: {
      'content-type': 'application/json',
      ...(header === null ? {} : { 'x-hub-signature-256': header }),
      ...headers,
    },
  });
}
