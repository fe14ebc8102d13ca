/** Everything that a number's webhook can say beside a text and a status, each as Meta writes it, made from a few words. */
import { newWamid, type Change, type Sender } from './deliveries.ts';

type Fields = Record<string, unknown>;
type Said = { from: Sender; at?: Date; id?: string };

export const BUSINESS_PHONE = '15550001122';
const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));

function sender({ phone, userId }: Sender): Fields {
  return { ...(phone ? { from: phone } : {}), ...(userId ? { from_user_id: userId } : {}) };
}

/** An entry of `messages[]` of any type; `more` stands beside its content. */
export function anyMessage(
  { from, at = new Date(), id = newWamid() }: Said,
  type: string,
  content: unknown,
  more: Fields = {},
): Fields & { id: string } {
  return {
    ...sender(from),
    id,
    timestamp: seconds(at),
    type,
    ...(content === undefined ? {} : { [type]: content }),
    ...more,
  };
}

export const reaction = (said: Said, target: string, emoji?: string) =>
  anyMessage(said, 'reaction', { message_id: target, ...(emoji === undefined ? {} : { emoji }) });
export const edit = (said: Said, target: string, body: string) =>
  anyMessage(said, 'edit', { original_message_id: target, message: { type: 'text', text: { body } } });
export const revoke = (said: Said, target: string) =>
  anyMessage(said, 'revoke', { original_message_id: target });

/** The same as an entry of `message_echoes[]`: `from` is the customer to whom the business wrote. */
export function echo({ from: to, ...said }: Said, type: string, content: unknown): Fields & { id: string } {
  const written = anyMessage({ ...said, from: {} }, type, content);
  return {
    ...written,
    from: BUSINESS_PHONE,
    ...(to.phone ? { to: to.phone } : {}),
    ...(to.userId ? { to_user_id: to.userId } : {}),
  };
}

/** A change of any field on a number. */
export function changeOf(phoneNumberId: string, field: string, value: Fields): Change {
  return {
    field,
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: BUSINESS_PHONE, phone_number_id: phoneNumberId },
      ...value,
    },
  };
}

/** One chunk of a phone's history: what was said in one thread. */
export function historyOf(phoneNumberId: string, phone: string, messages: Fields[]): Change {
  const metadata = { phase: 0, chunk_order: 1, progress: 40 };
  return changeOf(phoneNumberId, 'history', { history: [{ metadata, threads: [{ id: phone, messages }] }] });
}

/** An entry of `calls[]` by the customer. */
export function call(
  { from, at = new Date(), id = newWamid() }: Said,
  event: string,
  more: Fields = {},
): Fields {
  return {
    id,
    ...sender(from),
    to: BUSINESS_PHONE,
    event,
    direction: 'USER_INITIATED',
    timestamp: seconds(at),
    ...more,
  };
}
