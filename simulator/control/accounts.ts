/** Accounts as the control API makes them: declared by the caller, so that the same declaration twice changes nothing. */
import { issueToken } from '../graph/oauth.ts';
import { formatNumber, objectId } from '../messages/ids.ts';
import type { Simulation } from '../simulation.ts';
import type { Account, PhoneNumber } from '../state/state.ts';
import { ControlError } from './control-error.ts';
import { starterTemplates } from './starter-templates.ts';

/** What to declare. Everything has a default; what is given is kept on later calls. */
export type AccountInput = {
  waba_id?: string;
  phone_number_id?: string;
  /** Any spelling; digits count. */
  display_phone_number?: string;
  /** Name of the account, and of the number unless `verified_name` is given. */
  name?: string;
  verified_name?: string;
  business_id?: string;
  business_name?: string;
  access_token?: string;
  ownership?: 'owned' | 'client';
  /** The app that is subscribed and that the token belongs to; default the simulator's own. */
  app_id?: string;
  /** Whether webhooks arrive without a `subscribed_apps` call. Default true. */
  subscribed?: boolean;
  /** Whether the number can send at once. Default true. */
  registered?: boolean;
  /** Whether it also lives in the WhatsApp Business app. Default false. */
  on_biz_app?: boolean;
  /** Whether Meta has verified it by code. Default true. */
  verified?: boolean;
  /** The two-step PIN that it has already. Default none. */
  pin?: string;
};

/** An account with one number, as outsiders use it. */
export type DeclaredAccount = {
  waba_id: string;
  phone_number_id: string;
  display_phone_number: string;
  access_token: string;
  business_id: string;
};

export type AccountView = {
  waba_id: string;
  name: string;
  business_id: string;
  ownership: string;
  subscribed_apps: string[];
  access_token: string | null;
  phone_numbers: {
    phone_number_id: string;
    display_phone_number: string;
    formatted: string;
    verified_name: string;
    status: string;
    quality_rating: string;
  }[];
};

/** Makes an account with a number and a token, or brings an existing one to what is declared. */
export function declareAccount(sim: Simulation, input: AccountInput): DeclaredAccount {
  const appId = input.app_id ?? sim.options.appId;
  if (!sim.state.apps[appId]) throw new ControlError(404, `There is no app ${appId}; declare it first.`);
  for (const id of [input.waba_id, input.phone_number_id, input.business_id])
    if (id !== undefined && !/^\d{1,30}$/.test(id))
      throw new ControlError(400, `An id is made of digits, not "${id}".`);
  const account = declareWaba(sim, input, appId);
  const number = declareNumber(sim, input, account);
  const token = tokenOf(sim, input, account, appId);
  sim.emit({ type: 'account', data: { waba_id: account.waba_id } });
  sim.changed();
  return {
    waba_id: account.waba_id,
    phone_number_id: number.phone_number_id,
    display_phone_number: number.display_phone_number,
    access_token: token,
    business_id: account.business_id,
  };
}

function declareWaba(sim: Simulation, input: AccountInput, appId: string): Account {
  const id = input.waba_id ?? sim.state.numbers[input.phone_number_id ?? '']?.waba_id ?? objectId();
  const known = sim.state.accounts[id];
  const account: Account = known ?? {
    waba_id: id,
    name: 'Corner Shop',
    business_id: objectId(),
    business_name: 'Corner Shop',
    currency: 'EUR',
    timezone_id: '1',
    country: 'DE',
    template_namespace: `ns_${id}`,
    ownership: 'client',
    created_at: sim.now(),
    subscriptions: {},
  };
  if (input.name !== undefined) account.name = input.name;
  if (input.business_id !== undefined) account.business_id = input.business_id;
  if (input.business_name ?? (known ? undefined : input.name))
    account.business_name = input.business_name ?? input.name ?? account.business_name;
  if (input.ownership !== undefined) account.ownership = input.ownership;
  if (input.subscribed === false) delete account.subscriptions[appId];
  else if (!known || input.subscribed) account.subscriptions[appId] ??= { override: null };
  sim.state.accounts[id] = account;
  if (!known) starterTemplates(sim, account);
  return account;
}

function declareNumber(sim: Simulation, input: AccountInput, account: Account): PhoneNumber {
  const existing = Object.values(sim.state.numbers).find((one) => one.waba_id === account.waba_id);
  const id = input.phone_number_id ?? existing?.phone_number_id ?? objectId();
  const known = sim.state.numbers[id];
  const registered = input.registered ?? true;
  const number: PhoneNumber = known ?? {
    phone_number_id: id,
    waba_id: account.waba_id,
    display_phone_number: freeNumber(sim),
    verified_name: account.name,
    quality_rating: 'GREEN',
    status: registered ? 'CONNECTED' : 'PENDING',
    code_verification_status: 'VERIFIED',
    pin: null,
    registered,
    last_onboarded_time: sim.now(),
    overrides: {},
    profile: {},
  };
  if (number.waba_id !== account.waba_id)
    throw new ControlError(409, `Number ${id} belongs to account ${number.waba_id}.`);
  if (input.display_phone_number !== undefined)
    number.display_phone_number = input.display_phone_number.replace(/\D/g, '');
  const name = input.verified_name ?? input.name;
  if (name !== undefined) number.verified_name = name;
  if (input.on_biz_app !== undefined) number.on_biz_app = input.on_biz_app;
  if (input.verified !== undefined)
    number.code_verification_status = input.verified ? 'VERIFIED' : 'NOT_VERIFIED';
  if (input.pin !== undefined) number.pin = input.pin;
  sim.state.numbers[id] = number;
  return number;
}

/** A number that nobody has yet, from a range that is not given to anyone. */
function freeNumber(sim: Simulation): string {
  const taken = new Set(Object.values(sim.state.numbers).map((one) => one.display_phone_number));
  let next = 4_930_555_500_100;
  while (taken.has(String(next))) next += 1;
  return String(next);
}

function tokenOf(sim: Simulation, input: AccountInput, account: Account, appId: string): string {
  const wanted = input.access_token;
  if (wanted !== undefined) {
    const known = sim.state.tokens[wanted];
    if (known && known.waba_ids && !known.waba_ids.includes(account.waba_id))
      known.waba_ids.push(account.waba_id);
    return known?.token ?? issueToken(sim, { appId, wabaIds: [account.waba_id], token: wanted }).token;
  }
  return (
    usableToken(sim, account.waba_id, appId) ?? issueToken(sim, { appId, wabaIds: [account.waba_id] }).token
  );
}

function usableToken(sim: Simulation, wabaId: string, appId: string): string | null {
  const found = Object.values(sim.state.tokens).find(
    (one) =>
      one.app_id === appId &&
      one.waba_ids?.includes(wabaId) &&
      one.revoked === null &&
      one.expires_at === null,
  );
  return found?.token ?? null;
}

export function listAccountViews(sim: Simulation): AccountView[] {
  return Object.values(sim.state.accounts).map((account) => ({
    waba_id: account.waba_id,
    name: account.name,
    business_id: account.business_id,
    ownership: account.ownership,
    subscribed_apps: Object.keys(account.subscriptions),
    access_token: usableToken(sim, account.waba_id, sim.options.appId),
    phone_numbers: Object.values(sim.state.numbers)
      .filter((number) => number.waba_id === account.waba_id)
      .map((number) => ({
        phone_number_id: number.phone_number_id,
        display_phone_number: number.display_phone_number,
        formatted: formatNumber(number.display_phone_number),
        verified_name: number.verified_name,
        status: number.status,
        quality_rating: number.quality_rating,
      })),
  }));
}
