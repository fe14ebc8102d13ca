/**
 * `POST /{phone}/messages`. 200 means accepted and nothing more: what Meta finds out later (closed window, blocked
 * recipient) comes as a `failed` status.
 */
import { digitsOf, findByUserId, isUserId, upsertCustomer, userIdOf } from '../messages/customers.ts';
import { messageId } from '../messages/ids.ts';
import { keepMessage } from '../messages/ledger.ts';
import { statusError } from '../messages/status-update.ts';
import { note } from '../messages/statuses.ts';
import { windowEnd } from '../messages/window.ts';
import type {
  Account,
  Customer,
  PhoneNumber,
  SendFault,
  StatusError,
  StoredMessage,
} from '../state/state.ts';
import { checkTemplateSend } from './check-template.ts';
import { missing, notValid } from './complaints.ts';
import { GraphApiError, unknownObject } from './graph-error.ts';
import { getNumber } from './graph-request.ts';
import type { GraphRequest } from './graph-request.ts';
import type { RateLimits } from './rate-limits.ts';
import { AlreadyAnswered, dropConnection, strikeBefore, takeSendFault, waitAsOrdered } from './take-fault.ts';
import { validateMessage } from './validate-message.ts';

type Sending = {
  account: Account;
  number: PhoneNumber;
  customer: Customer;
  /** False for a user id that this business has never met. */
  known: boolean;
  type: string;
  category: string;
};

export async function sendMessage(request: GraphRequest, limits: RateLimits): Promise<unknown> {
  const number = getNumber(request);
  const account = request.sim.state.accounts[number.waba_id];
  if (!account) throw unknownObject(number.phone_number_id, request.method);
  if (request.params['status'] !== undefined) return markRead(request, number);
  const fault = takeSendFault(request.sim, number.phone_number_id);
  await strikeBefore(request, fault);
  const sending = check(request, account, number);
  limits.check(number.phone_number_id, sending.customer.key);
  return accept(request, sending, fault);
}

function check(request: GraphRequest, account: Account, number: PhoneNumber): Sending {
  const { sim, params } = request;
  if (!number.registered) throw new GraphApiError(133010, { details: 'The account is not registered.' });
  const type = validateMessage(params);
  const recipient = recipientOf(params);
  if (digitsOf(recipient) === number.display_phone_number && !isUserId(recipient))
    throw new GraphApiError(131021, {
      details: 'Recipient phone number must not be the sender phone number.',
    });
  const allowed = sim.state.faults.allow_list;
  if (allowed && !allowed.some((one) => digitsOf(one) === digitsOf(recipient)))
    throw new GraphApiError(131030, {
      details:
        'Recipient phone number not in allowed list: Add recipient phone number to recipient list and try again.',
    });
  checkMediaId(request, type);
  const content = params[type] as Record<string, unknown>;
  const template = type === 'template' ? checkTemplateSend(sim, account.waba_id, content) : null;
  if (template?.category === 'AUTHENTICATION' && isUserId(recipient)) throw new GraphApiError(131062);
  const known = !isUserId(recipient) || findByUserId(sim, account, recipient) !== null;
  const customer = upsertCustomer(sim, account, { from: recipient });
  return {
    account,
    number,
    customer,
    known,
    type,
    category: template ? template.category.toLowerCase() : 'service',
  };
}

/** `to` wins over `recipient`, as Meta has it. */
function recipientOf(params: Record<string, unknown>): string {
  const to = params['to'] ?? params['recipient'];
  if (to === undefined || to === '')
    throw new GraphApiError(100, { message: '(#100) The parameter to is required.' });
  const text = String(to);
  if (isUserId(text)) return text;
  const digits = digitsOf(text);
  if (!/^\+?[\d\s()-]+$/.test(text) || digits.length < 5 || digits.length > 15)
    throw notValid(`Recipient "${text.slice(0, 40)}" is not a valid phone number.`);
  return text;
}

/** A medium must have been uploaded to this number. */
function checkMediaId(request: GraphRequest, type: string): void {
  const content = request.params[type] as Record<string, unknown>;
  const id = content['id'];
  if (!['image', 'video', 'audio', 'document', 'sticker'].includes(type) || id === undefined) return;
  const item = request.sim.state.media[String(id)];
  const number = item && request.sim.state.numbers[item.phone_number_id];
  const own = request.sim.state.numbers[request.path[0] ?? ''];
  if (!number || number.waba_id !== own?.waba_id)
    throw new GraphApiError(100, {
      details: `Media ID ${String(id)} does not exist or belongs to another account.`,
    });
}

async function accept(request: GraphRequest, sending: Sending, fault: SendFault | null): Promise<unknown> {
  const { sim, statuses } = request;
  const message = newMessage(request, sending);
  keepMessage(sim, message);
  endTyping(request, sending);
  if (fault?.kind === 'answer_late') await waitAsOrdered(fault);
  if (fault?.kind === 'status_first') await statuses.sendFirst(message);
  else statuses.begin(message, failureOf(request, sending, fault));
  if (fault?.kind === 'drop') {
    dropConnection(request);
    throw new AlreadyAnswered();
  }
  return {
    messaging_product: 'whatsapp',
    contacts: [contactIn(request, sending)],
    messages: fault?.kind === 'no_id' ? [] : [answerItem(message)],
  };
}

function newMessage(request: GraphRequest, sending: Sending): StoredMessage {
  const { sim, params, token } = request;
  const { access_token: _secret, ...body } = params;
  const data = params['biz_opaque_callback_data'];
  return {
    id: messageId(sending.customer.key, 'outbound'),
    direction: 'outbound',
    waba_id: sending.account.waba_id,
    phone_number_id: sending.number.phone_number_id,
    app_id: token.app_id,
    customer: sending.customer.key,
    type: sending.type,
    body,
    input: String(params['to'] ?? params['recipient']),
    biz_opaque_callback_data: typeof data === 'string' ? data : null,
    at: sim.now(),
    statuses: [{ status: 'accepted', at: sim.now() }],
    next: null,
    category: sending.category,
  };
}

function failureOf(
  request: GraphRequest,
  sending: Sending,
  fault: SendFault | null,
): StatusError | undefined {
  const { sim, params } = request;
  if (fault?.kind === 'fail_later')
    return statusError(fault.code ?? 131026, fault.details ?? 'This failure was ordered from the simulator.');
  const { customer, number, type } = sending;
  if (!sending.known) return statusError(131026, 'Message undeliverable.');
  const closed = windowEnd(sim, number.phone_number_id, customer.key) === null;
  if (sim.state.faults.window && closed && type !== 'template')
    return statusError(
      131047,
      'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
    );
  const reaction = params['reaction'] as { message_id?: string } | undefined;
  const target = type === 'reaction' ? sim.state.messages[reaction?.message_id ?? ''] : undefined;
  if (type === 'reaction' && (!target || target.type === 'reaction' || target.customer !== customer.key))
    return statusError(131009, 'The message to react to does not exist.');
  return undefined;
}

function contactIn(request: GraphRequest, { customer, account }: Sending): Record<string, unknown> {
  const input = String(request.params['to'] ?? request.params['recipient']);
  return isUserId(input)
    ? { input, user_id: userIdOf(customer, account) }
    : { input, wa_id: digitsOf(input) };
}

function answerItem(message: StoredMessage): Record<string, unknown> {
  return message.type === 'template' ? { id: message.id, message_status: 'accepted' } : { id: message.id };
}

function endTyping({ sim }: GraphRequest, { number, customer }: Sending): void {
  sim.emit({
    type: 'typing',
    data: { phone_number_id: number.phone_number_id, customer: customer.key, typing: false },
  });
}

/** Marks an inbound message and the earlier ones of its chat as read; may show that the business is typing. */
function markRead(request: GraphRequest, number: PhoneNumber): unknown {
  const { sim, params } = request;
  if (params['messaging_product'] !== 'whatsapp')
    throw new GraphApiError(100, { message: '(#100) The parameter messaging_product is required.' });
  if (params['status'] !== 'read') throw notValid('Parameter status must be "read".');
  if (typeof params['message_id'] !== 'string') throw missing('message_id');
  const target = sim.state.messages[params['message_id']];
  if (!target || target.direction !== 'inbound' || target.phone_number_id !== number.phone_number_id)
    throw notValid('The message_id is not of a message that was received by this number.');
  for (const message of Object.values(sim.state.messages)) {
    const sameChat =
      message.phone_number_id === target.phone_number_id && message.customer === target.customer;
    if (!sameChat || message.direction !== 'inbound' || message.at > target.at) continue;
    if (message.statuses.at(-1)?.status !== 'read') note(sim, message, 'read');
  }
  if (params['typing_indicator'] !== undefined)
    sim.emit({
      type: 'typing',
      data: { phone_number_id: number.phone_number_id, customer: target.customer, typing: true },
    });
  return { success: true };
}
