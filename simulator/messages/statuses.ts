/**
 * What becomes of a message after it was accepted: sent, delivered, read, or failed, each with its webhook. The next
 * step stands in the message itself, so that a restart goes on where it was. Waits run on the real clock.
 */
import { graphErrorTitle } from '../graph/error-catalogue.ts';
import type { Simulation } from '../simulation.ts';
import type { StatusError, StatusName, StoredMessage } from '../state/state.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { publishUpdate, updatesFor } from '../webhooks/publish-update.ts';
import type { Update } from '../webhooks/publish-update.ts';
import { contactOf, userIdOf, visibleNumber } from './customers.ts';

export type Statuses = {
  /** Plans the life of an accepted message; with an error it ends as `failed`. */
  begin(message: StoredMessage, failure?: StatusError): void;
  /** Posts `sent` before the send itself is answered. */
  sendFirst(message: StoredMessage): Promise<void>;
  /** The customer looks at the chat: what was delivered is read. */
  readChat(phoneNumberId: string, customer: string): number;
  /** Number of planned steps. */
  planned(): number;
  /** Takes up what was planned before a restart. */
  resume(): void;
  clear(): void;
};

const RANK: Record<StatusName, number> = {
  accepted: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  played: 4,
  failed: 5,
};

export function statusSchedule(sim: Simulation, engine: WebhookEngine, settled: () => void): Statuses {
  const timers = new Map<string, NodeJS.Timeout>();
  const seenEarly = new Set<string>();

  function delay(name: 'sent' | 'delivered' | 'read'): number {
    return sim.state.faults.delays[name] ?? sim.timing[name];
  }

  function plan(message: StoredMessage, status: StatusName, at: number, error?: StatusError): void {
    message.next = error ? { status, at, error } : { status, at };
    arm(message);
  }

  function arm(message: StoredMessage): void {
    if (!message.next) return;
    clearTimeout(timers.get(message.id));
    const wait = Math.max(0, message.next.at - Date.now());
    timers.set(
      message.id,
      setTimeout(() => step(message), wait),
    );
  }

  function step(message: StoredMessage): void {
    timers.delete(message.id);
    const next = message.next;
    message.next = null;
    if (next) {
      become(message, next.status, next.error);
      planAfter(message, next.status);
    }
    settled();
  }

  /** Reactions only ever become `sent`. */
  function planAfter(message: StoredMessage, status: StatusName): void {
    if (message.type === 'reaction') return;
    const accepted = message.statuses[0]?.at ?? message.at;
    const real = Date.now() - (sim.now() - accepted);
    if (status === 'sent') plan(message, 'delivered', Math.max(Date.now(), real + delay('delivered')));
    if (status !== 'delivered') return;
    if (seenEarly.delete(message.id)) plan(message, 'read', Date.now());
    else if (sim.state.faults.auto_read) plan(message, 'read', Math.max(Date.now(), real + delay('read')));
  }

  function become(message: StoredMessage, status: StatusName, error?: StatusError): void {
    note(sim, message, status, error);
    const update = statusUpdate(sim, message, status, error);
    if (update) publishUpdate(sim, engine, update);
  }

  return {
    begin(message, failure) {
      if (failure) plan(message, 'failed', Date.now() + delay('sent'), failure);
      else plan(message, 'sent', Date.now() + delay('sent'));
      sim.changed();
    },
    async sendFirst(message) {
      note(sim, message, 'sent');
      const update = statusUpdate(sim, message, 'sent');
      if (update) await Promise.all(updatesFor(sim, update).map((one) => engine.deliver(one)));
      planAfter(message, 'sent');
    },
    readChat(phoneNumberId, customer) {
      let read = 0;
      for (const message of Object.values(sim.state.messages)) {
        if (message.phone_number_id !== phoneNumberId || message.customer !== customer) continue;
        if (message.direction !== 'outbound' || message.type === 'reaction') continue;
        const rank = Math.max(...message.statuses.map((s) => RANK[s.status]));
        if (rank < RANK.delivered) seenEarly.add(message.id);
        if (rank !== RANK.delivered) continue;
        clearTimeout(timers.get(message.id));
        timers.delete(message.id);
        message.next = null;
        become(message, 'read');
        read += 1;
      }
      settled();
      return read;
    },
    planned: () => timers.size,
    resume() {
      for (const message of Object.values(sim.state.messages)) arm(message);
    },
    clear() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      seenEarly.clear();
    },
  };
}

/** Writes a status into the message's history and shows it to watchers. */
export function note(sim: Simulation, message: StoredMessage, status: StatusName, error?: StatusError): void {
  const at = sim.now();
  message.statuses.push(error ? { status, at, error } : { status, at });
  sim.emit({
    type: 'status',
    data: { id: message.id, phone_number_id: message.phone_number_id, customer: message.customer, status },
  });
  sim.changed();
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

function statusUpdate(
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
