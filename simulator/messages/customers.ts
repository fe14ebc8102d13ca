/** The people with phones: found by number or user id, made on first sight, shown to each business as it may see them. */
import type { Simulation } from '../simulation.ts';
import type { Account, Customer } from '../state/state.ts';
import { derivedUserId } from './ids.ts';

export type CustomerInput = {
  /** Phone number in any spelling, or a BSUID. */
  from: string;
  name?: string | undefined;
  username?: string | null | undefined;
  hide_phone?: boolean | undefined;
  /** The user id at the business of this account. */
  user_id?: string | undefined;
};

/** Only the digits of a phone number. */
export function digitsOf(phone: string): string {
  return phone.replace(/\D/g, '');
}

/** The key of the person that `from` names: the digits of a number, or a BSUID as it is. */
export function customerKey(from: string): string {
  return isUserId(from) ? from : digitsOf(from);
}

/** Whether this looks like a business-scoped user id rather than a phone number. */
export function isUserId(value: string): boolean {
  return /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/.test(value);
}

/** Makes or updates a person. What is not given stays as it is. */
export function upsertCustomer(sim: Simulation, account: Account | null, input: CustomerInput): Customer {
  const key = keyOf(sim, account, input.from);
  const known = sim.state.customers[key];
  const customer: Customer = known ?? {
    key,
    wa_id: isUserId(key) ? null : key,
    name: '',
    username: null,
    hide_phone: false,
    user_ids: {},
    created_at: sim.now(),
  };
  if (input.name !== undefined) customer.name = input.name;
  if (input.username !== undefined) customer.username = input.username;
  if (input.hide_phone !== undefined) customer.hide_phone = input.hide_phone;
  if (input.user_id !== undefined && account) customer.user_ids[account.business_id] = input.user_id;
  sim.state.customers[key] = customer;
  if (!known || input.name !== undefined) sim.emit({ type: 'customer', data: { ...customer } });
  sim.changed();
  return customer;
}

/** A BSUID that we gave to a person with a known number means that person. */
function keyOf(sim: Simulation, account: Account | null, from: string): string {
  if (!isUserId(from) || !account) return customerKey(from);
  return findByUserId(sim, account, from)?.key ?? from;
}

/** The person with this user id at the business of this account, or null. */
export function findByUserId(sim: Simulation, account: Account, userId: string): Customer | null {
  const direct = sim.state.customers[userId];
  if (direct) return direct;
  for (const customer of Object.values(sim.state.customers)) {
    if (userIdOf(customer, account) === userId) return customer;
  }
  return null;
}

/** The user id by which this business knows the person. */
export function userIdOf(customer: Customer, account: Account): string {
  const given = customer.user_ids[account.business_id];
  if (given !== undefined) return given;
  return customer.wa_id === null ? customer.key : derivedUserId(account.business_id, customer.wa_id);
}

/** The number as this business may see it: undefined when it is hidden, so that JSON leaves it out. */
export function visibleNumber(customer: Customer): string | undefined {
  return customer.hide_phone || customer.wa_id === null ? undefined : customer.wa_id;
}

/** The person as `contacts[]` of a webhook shows them. */
export function contactOf(customer: Customer, account: Account): Record<string, unknown> {
  return {
    profile: {
      name: customer.name || customer.username || 'WhatsApp user',
      ...(customer.username === null ? {} : { username: customer.username }),
    },
    wa_id: visibleNumber(customer),
    user_id: userIdOf(customer, account),
  };
}
