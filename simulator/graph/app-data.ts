/**
 * `POST /{phone}/smb_app_data`: a number that also lives in the WhatsApp Business app sends the contacts or the chats that the app holds,
 * by webhook. Each once, within 24 hours of onboarding.
 */
import { randomUUID } from 'node:crypto';
import type { PhoneNumber, StoredMessage } from '../state/state.ts';
import { publishUpdate } from '../webhooks/publish-update.ts';
import { GraphApiError } from './graph-error.ts';
import { getAccount, getNumber } from './graph-request.ts';
import type { GraphRequest } from './graph-request.ts';

const DAY_MS = 86_400_000;

export function requestAppData(request: GraphRequest): unknown {
  const number = getNumber(request);
  const { messaging_product: product, sync_type: kind } = request.params;
  if (product !== 'whatsapp')
    throw new GraphApiError(100, { message: '(#100) The parameter messaging_product is required.' });
  if (kind !== 'smb_app_state_sync' && kind !== 'history')
    throw new GraphApiError(100, {
      message: '(#100) Param sync_type must be one of {smb_app_state_sync, history}.',
    });
  if (!number.on_biz_app)
    throw new GraphApiError(100, {
      message: '(#100) The number is not used in the WhatsApp Business app.',
    });
  if (number.app_data_sent?.includes(kind)) throw new GraphApiError(2593107);
  if (request.sim.now() - number.last_onboarded_time > DAY_MS) throw new GraphApiError(2593108);
  number.app_data_sent = [...(number.app_data_sent ?? []), kind];
  request.sim.changed();
  publish(request, number, kind);
  return { messaging_product: 'whatsapp', request_id: randomUUID() };
}

function publish(request: GraphRequest, number: PhoneNumber, kind: 'smb_app_state_sync' | 'history'): void {
  const { sim, engine } = request;
  const account = getAccount({ ...request, path: [number.waba_id] });
  const chats = chatsOf(request, number);
  const metadata = {
    display_phone_number: number.display_phone_number,
    phone_number_id: number.phone_number_id,
  };
  const content =
    kind === 'history'
      ? {
          history: [
            { metadata: { phase: 0, chunk_order: 1, progress: 100 }, threads: threadsOf(number, chats) },
          ],
        }
      : { state_sync: contactsOf(request, [...chats.keys()]) };
  publishUpdate(sim, engine, {
    account,
    number,
    field: kind,
    value: { messaging_product: 'whatsapp', metadata, ...content },
  });
}

/** What was said on the number, by customer, oldest first. */
function chatsOf({ sim }: GraphRequest, number: PhoneNumber): Map<string, StoredMessage[]> {
  const messages = Object.values(sim.state.messages)
    .filter((message) => message.phone_number_id === number.phone_number_id)
    .toSorted((a, b) => a.at - b.at);
  return Map.groupBy(messages, (message) => message.customer);
}

function contactsOf({ sim }: GraphRequest, customers: string[]): unknown[] {
  return customers.flatMap((key) => {
    const known = sim.state.customers[key];
    if (!known) return [];
    const [first = known.name] = known.name.split(' ');
    const contact = { full_name: known.name, first_name: first, phone_number: known.wa_id ?? undefined };
    const timestamp = String(Math.floor(known.created_at / 1000));
    return [{ type: 'contact', contact, action: 'add', metadata: { timestamp } }];
  });
}

function threadsOf(number: PhoneNumber, chats: Map<string, StoredMessage[]>): unknown[] {
  return [...chats].map(([customer, messages]) => ({
    id: customer,
    messages: messages.map((message) => pastMessage(number, customer, message)),
  }));
}

function pastMessage(number: PhoneNumber, customer: string, message: StoredMessage): unknown {
  const isOwn = message.direction === 'outbound';
  const reached = message.statuses.at(-1)?.status ?? 'sent';
  const content = message.body[message.type];
  return {
    from: isOwn ? number.display_phone_number : customer,
    ...(isOwn ? { to: customer } : {}),
    id: message.id,
    timestamp: String(Math.floor(message.at / 1000)),
    type: message.type,
    ...(content === undefined ? {} : { [message.type]: content }),
    history_context: { status: isOwn ? reached.toUpperCase() : 'READ' },
  };
}
