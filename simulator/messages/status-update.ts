/** The webhook that tells of a status: to whom, when, at which price, and for a failure why. */
import { graphErrorTitle } from '../graph/error-catalogue.ts';
import type { Simulation } from '../simulation.ts';
import type { StatusError, StatusName, StoredMessage } from '../state/state.ts';
import type { Update } from '../webhooks/publish-update.ts';
import { contactOf, userIdOf, visibleNumber } from './customers.ts';

/** Null when the account, number or customer is gone. */
export function statusUpdate(
  sim: Simulation,
  message: StoredMessage,
  status: StatusName,
  error?: StatusError,
): Update | null {
  const account = sim.state.accounts[message.waba_id];
  const number = sim.state.numbers[message.phone_number_id];
  const customer = sim.state.customers[message.customer];
  if (!account || !number || !customer) return null;
  const failed = status === 'failed';
  return {
    account,
    number,
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: {
        display_phone_number: number.display_phone_number,
        phone_number_id: number.phone_number_id,
      },
      ...(failed ? {} : { contacts: [contactOf(customer, account)] }),
      statuses: [
        {
          id: message.id,
          status,
          timestamp: String(Math.floor(sim.now() / 1000)),
          recipient_id: visibleNumber(customer),
          ...(failed && visibleNumber(customer) ? {} : { recipient_user_id: userIdOf(customer, account) }),
          ...(message.biz_opaque_callback_data === null
            ? {}
            : { biz_opaque_callback_data: message.biz_opaque_callback_data }),
          ...(isPriced(message, status) ? { pricing: pricingOf(message) } : {}),
          ...(error ? { errors: [error] } : {}),
        },
      ],
    },
  };
}

/** Prices stand with `sent` and with the first of delivered and read. */
function isPriced(message: StoredMessage, status: StatusName): boolean {
  if (status === 'sent' || status === 'delivered') return true;
  return status === 'read' && !message.statuses.some((earlier) => earlier.status === 'delivered');
}

function pricingOf(message: StoredMessage): Record<string, unknown> {
  const free = message.category === 'service';
  return {
    billable: !free,
    pricing_model: 'PMP',
    type: free ? 'free_customer_service' : 'regular',
    category: message.category,
  };
}

/** The error inside a `failed` status. */
export function statusError(code: number, details: string): StatusError {
  const title = graphErrorTitle(code);
  return {
    code,
    title,
    message: title,
    error_data: { details },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  };
}
