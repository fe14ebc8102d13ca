/** Puts a chat's past on the phone without sending a webhook. Messages are known by their id, so it can be repeated. */
import { digitsOf, upsertCustomer } from '../messages/customers.ts';
import { keepMessage } from '../messages/ledger.ts';
import { openWindow } from '../messages/window.ts';
import type { Simulation } from '../simulation.ts';
import { ControlError } from './control-error.ts';

export type PastChat = {
  phone_number_id: string;
  /** Phone number of the customer, in any spelling. */
  customer: string;
  messages: PastChatMessage[];
};

export type PastChatMessage = {
  id: string;
  /** `inbound` is what the customer wrote. */
  direction: 'inbound' | 'outbound';
  text: string;
  /** Milliseconds since 1970. */
  at: number;
  /** How far it came. */
  status: 'sent' | 'delivered' | 'read';
};

const STEPS = ['sent', 'delivered', 'read'] as const;

/** Returns how many messages were new. The 24-hour window runs from the customer's last message. */
export function importChat(sim: Simulation, chat: PastChat): number {
  const number = sim.state.numbers[chat.phone_number_id];
  if (!number) throw new ControlError(404, `There is no number ${chat.phone_number_id}.`);
  const customer = digitsOf(chat.customer);
  upsertCustomer(sim, null, { from: customer });
  const fresh = chat.messages.filter((message) => !sim.state.messages[message.id]);
  for (const message of fresh) {
    const text = { body: message.text };
    const isInbound = message.direction === 'inbound';
    keepMessage(sim, {
      id: message.id,
      direction: message.direction,
      waba_id: number.waba_id,
      phone_number_id: number.phone_number_id,
      app_id: isInbound ? '' : sim.options.appId,
      customer,
      type: 'text',
      body: isInbound
        ? {
            id: message.id,
            from: customer,
            timestamp: String(Math.floor(message.at / 1000)),
            type: 'text',
            text,
          }
        : { to: `+${customer}`, type: 'text', text },
      input: customer,
      biz_opaque_callback_data: null,
      at: message.at,
      statuses: STEPS.slice(0, STEPS.indexOf(message.status) + 1).map((status) => ({
        status,
        at: message.at,
      })),
      next: null,
      category: 'service',
    });
    if (isInbound) openWindow(sim, number.phone_number_id, customer, message.at);
  }
  return fresh.length;
}
