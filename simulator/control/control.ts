/**
 * Everything that can be done to the simulator from outside the Graph API, for tests in the same process; the HTTP
 * control API is a thin skin over it.
 */
import { randomUUID } from 'node:crypto';

import { issueToken } from '../graph/oauth.ts';
import { setTemplateStatus } from '../graph/templates.ts';
import { upsertCustomer } from '../messages/customers.ts';
import type { CustomerInput } from '../messages/customers.ts';
import { formatNumber, oauthCode } from '../messages/ids.ts';
import { ledgerEntry } from '../messages/ledger.ts';
import { storeMedia } from '../messages/media-items.ts';
import type { NewMedia } from '../messages/media-items.ts';
import { receiveFromCustomer } from '../messages/receive-from-customer.ts';
import type { InboundInput } from '../messages/receive-from-customer.ts';
import type { Statuses } from '../messages/statuses.ts';
import { closeWindow, openWindow, windowEnd } from '../messages/window.ts';
import { appWebhookUrl, isCallbackAllowed } from '../simulation.ts';
import type { Simulation, SimulatorEvent } from '../simulation.ts';
import type { App, Customer, Faults, MediaItem, PhoneNumber, StoredMessage } from '../state/state.ts';
import { emptyState, noFaults } from '../state/state.ts';
import type { DeliveryTry } from '../webhooks/delivery-log.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { publishUpdate } from '../webhooks/publish-update.ts';
import { signBody } from '../webhooks/sign.ts';
import { declareAccount, listAccountViews } from './accounts.ts';
import type { AccountInput, AccountView, DeclaredAccount } from './accounts.ts';
import { ControlError } from './control-error.ts';
import { importChat } from './import-chat.ts';
import type { PastChat } from './import-chat.ts';
import { changeNumber, removeNumber, type NumberChange } from './numbers.ts';
import { mergeFaults } from './faults.ts';
import type { FaultsInput } from './faults.ts';

export type RawWebhook = {
  /** Text is posted byte for byte, anything else as JSON. */
  body: unknown;
  /** `valid` (default), `wrong`, `none`, or the value of the header. */
  signature?: string;
  /** Default: the app's own callback. */
  url?: string;
  app_id?: string;
};

export type AccountEvent = {
  waba_id: string;
  field: string;
  value: Record<string, unknown>;
  /** Defaults to the WABA id. */
  entry_id?: string;
  phone_number_id?: string;
  /** Unix seconds of the entry; now by default. */
  time?: number;
};

export type LedgerQuery = {
  phone_number_id?: string;
  /** Default `outbound`: what was accepted. `all` adds what customers wrote. */
  direction?: 'outbound' | 'inbound' | 'all';
  customer?: string;
  biz_opaque_callback_data?: string;
  limit?: number;
};

/** The same things as the HTTP control API. */
export type SimulatorControl = {
  accounts(): AccountView[];
  declareAccount(input?: AccountInput): DeclaredAccount;
  declareApp(input: { app_id: string; app_secret: string; verify_token: string; webhook_url: string }): App;
  issueToken(input: {
    waba_ids?: string[] | null;
    app_id?: string;
    expires_in?: number | null;
    type?: 'SYSTEM_USER' | 'USER';
    scopes?: string[];
  }): { access_token: string };
  /** Revokes a token, or all of a WABA. Returns how many. */
  revokeTokens(input: { access_token?: string; waba_id?: string; subcode?: number }): number;
  /** A code as the consent dialog gives it. */
  issueCode(input: {
    waba_ids: string[];
    redirect_uri?: string | null;
    app_id?: string;
    token_type?: 'SYSTEM_USER' | 'USER';
    announce?: boolean;
  }): { code: string };
  /** What Meta decides about a number by itself, without a webhook. */
  changeNumber(phoneNumberId: string, change: NumberChange): PhoneNumber;
  /** The number leaves its account, without a webhook. */
  removeNumber(phoneNumberId: string): void;
  customers(): (Customer & { formatted: string })[];
  declareCustomer(input: CustomerInput): Customer;
  inbound(input: InboundInput): StoredMessage;
  storeMedia(media: NewMedia): Promise<MediaItem>;
  /** Posts once, as it is; returns the answer. */
  webhook(raw: RawWebhook): Promise<DeliveryTry>;
  /** Wraps a value into the envelope and delivers it like any update. */
  accountEvent(event: AccountEvent): void;
  messages(query?: LedgerQuery): Record<string, unknown>[];
  chats(query: { customer?: string; phone_number_id?: string }): Record<string, unknown>[];
  chat(phoneNumberId: string, customer: string): Record<string, unknown>[];
  deliveries(query?: { limit?: number }): DeliveryTry[];
  faults(): Faults;
  setFaults(input: FaultsInput | null): Faults;
  /** Puts a chat's past on the phone, without webhooks; returns how many messages were new. */
  importChat(chat: PastChat): number;
  readChat(phoneNumberId: string, customer: string): number;
  setWindow(phoneNumberId: string, customer: string, open: boolean): void;
  setTemplateStatus(id: string, status: string, reason?: string): void;
  watch(listener: (event: SimulatorEvent) => void): () => void;
  /** Forgets messages, customers, webhooks and faults; with `all` accounts and tokens too. */
  reset(input?: { all?: boolean }): Promise<void>;
};

const DEFAULT_LIMIT = 1_000;

export function simulatorControl(
  sim: Simulation,
  engine: WebhookEngine,
  statuses: Statuses,
): SimulatorControl {
  return {
    accounts: () => listAccountViews(sim),
    declareAccount: (input = {}) => declareAccount(sim, input),
    declareApp: (input) => declareApp(sim, input),
    issueToken({
      waba_ids: wabaIds = null,
      app_id: appId = sim.options.appId,
      expires_in: expiresIn = null,
      type = 'SYSTEM_USER',
      scopes,
    }) {
      const grant = { appId, wabaIds, expiresIn, type, ...(scopes ? { scopes } : {}) };
      return { access_token: issueToken(sim, grant).token };
    },
    revokeTokens: (input) => revokeTokens(sim, input),
    issueCode(input) {
      const code = oauthCode();
      sim.state.codes[code] = {
        code,
        app_id: input.app_id ?? sim.options.appId,
        waba_ids: input.waba_ids,
        redirect_uri: input.redirect_uri ?? null,
        expires_at: sim.now() + sim.timing.codeLifetime,
        used: false,
        token_type: input.token_type ?? 'SYSTEM_USER',
        announce: input.announce ?? false,
      };
      sim.changed();
      return { code };
    },
    changeNumber: (id, change) => changeNumber(sim, id, change),
    removeNumber: (id) => removeNumber(sim, id),
    customers: () =>
      Object.values(sim.state.customers).map((one) => ({
        ...one,
        formatted: one.wa_id === null ? 'no number' : formatNumber(one.wa_id),
      })),
    declareCustomer: (input) => upsertCustomer(sim, null, input),
    inbound: (input) => receiveFromCustomer(sim, engine, input),
    storeMedia: (media) => storeMedia(sim, media),
    webhook: (raw) => postRaw(sim, engine, raw),
    accountEvent(event) {
      const account = sim.state.accounts[event.waba_id];
      if (!account) throw new ControlError(404, `There is no account ${event.waba_id}.`);
      publishUpdate(sim, engine, {
        account,
        number: sim.state.numbers[event.phone_number_id ?? ''] ?? null,
        field: event.field,
        value: event.value,
        ...(event.time === undefined ? {} : { time: event.time }),
        ...(event.entry_id === undefined ? {} : { entryId: event.entry_id }),
      });
    },
    messages: (query = {}) => findMessages(sim, query).map(ledgerEntry),
    chats: (query) => listChats(sim, query),
    chat: (phoneNumberId, customer) =>
      findMessages(sim, { phone_number_id: phoneNumberId, customer, direction: 'all' })
        .filter(isOnPhone)
        .map(ledgerEntry),
    deliveries: ({ limit = DEFAULT_LIMIT } = {}) => engine.log.tries.slice(-limit),
    faults: () => structuredClone(sim.state.faults),
    setFaults(input) {
      sim.state.faults = mergeFaults(sim.state.faults, input);
      sim.emit({ type: 'faults', data: {} });
      engine.wake();
      return structuredClone(sim.state.faults);
    },
    readChat: (phoneNumberId, customer) => statuses.readChat(phoneNumberId, customer),
    importChat: (chat) => importChat(sim, chat),
    setWindow(phoneNumberId, customer, open) {
      (open ? openWindow : closeWindow)(sim, phoneNumberId, customer);
    },
    setTemplateStatus(id, status, reason = 'NONE') {
      const template = sim.state.templates[id];
      if (!template) throw new ControlError(404, `There is no template ${id}.`);
      setTemplateStatus(sim, engine, { template, status, reason });
    },
    watch: (listener) => sim.watch(listener),
    reset: (input) => reset(sim, engine, { statuses, all: input?.all ?? false }),
  };
}

function declareApp(sim: Simulation, input: Parameters<SimulatorControl['declareApp']>[0]): App {
  if (!isCallbackAllowed(sim, input.webhook_url))
    throw new ControlError(400, 'webhook_url is not an address that this simulator may contact.');
  const app = {
    id: input.app_id,
    secret: input.app_secret,
    verify_token: input.verify_token,
    webhook_url: input.webhook_url,
  };
  sim.state.apps[app.id] = app;
  sim.changed();
  return app;
}

function revokeTokens(sim: Simulation, input: Parameters<SimulatorControl['revokeTokens']>[0]): number {
  const { access_token: text, waba_id: wabaId, subcode = 458 } = input;
  const found = Object.values(sim.state.tokens).filter(
    (one) => one.token === text || (wabaId !== undefined && one.waba_ids?.includes(wabaId)),
  );
  for (const token of found) token.revoked = subcode;
  sim.changed();
  return found.length;
}

async function postRaw(sim: Simulation, engine: WebhookEngine, raw: RawWebhook): Promise<DeliveryTry> {
  const appId = raw.app_id ?? sim.options.appId;
  const app = sim.state.apps[appId];
  const url = raw.url ?? appWebhookUrl(sim, appId);
  if (!app || url === null) throw new ControlError(404, `There is no app ${appId} with a callback.`);
  if (raw.url !== undefined && !isCallbackAllowed(sim, raw.url))
    throw new ControlError(400, 'url is not an address that this simulator may contact.');
  const body = Buffer.from(typeof raw.body === 'string' ? raw.body : JSON.stringify(raw.body ?? null));
  const given = raw.signature ?? 'valid';
  const signatures: Record<string, string | null> = {
    valid: signBody(body, app.secret),
    wrong: signBody(body, `${app.secret}, but another`),
    none: null,
  };
  const signature = Object.hasOwn(signatures, given) ? (signatures[given] ?? null) : given;
  const timeout = sim.timing.webhookTimeout;
  const answer = await engine.poster.post({ url, body, secret: app.secret, timeout, signature });
  const at = sim.clock.now().toISOString();
  const tried: DeliveryTry = {
    ...answer,
    id: randomUUID(),
    app_id: appId,
    url,
    at,
    try: 1,
    about: 'a raw body',
    updates: 1,
    body: body.toString('utf8'),
  };
  engine.log.record(tried);
  return tried;
}

function findMessages(sim: Simulation, query: LedgerQuery): StoredMessage[] {
  const direction = query.direction ?? 'outbound';
  const found = Object.values(sim.state.messages).filter(
    (one) =>
      (direction === 'all' || one.direction === direction) &&
      (query.phone_number_id === undefined || one.phone_number_id === query.phone_number_id) &&
      (query.customer === undefined || one.customer === query.customer) &&
      (query.biz_opaque_callback_data === undefined ||
        one.biz_opaque_callback_data === query.biz_opaque_callback_data),
  );
  return found.slice(-(query.limit ?? DEFAULT_LIMIT));
}

/** Whether the customer can see it: what was only accepted, or failed, never reached the phone. */
function isOnPhone(message: StoredMessage): boolean {
  if (message.direction === 'inbound') return true;
  const reached = message.type === 'reaction' ? ['sent'] : ['delivered', 'read'];
  return message.statuses.some((one) => reached.includes(one.status));
}

/** One line per customer and number that have written to each other, newest first. */
function listChats(
  sim: Simulation,
  query: { customer?: string; phone_number_id?: string },
): Record<string, unknown>[] {
  const chats = new Map<string, { last: StoredMessage; unread: number }>();
  for (const message of Object.values(sim.state.messages)) {
    if (!isOnPhone(message)) continue;
    if (query.customer !== undefined && message.customer !== query.customer) continue;
    if (query.phone_number_id !== undefined && message.phone_number_id !== query.phone_number_id) continue;
    const key = `${message.phone_number_id}:${message.customer}`;
    const isUnread = message.direction === 'outbound' && message.statuses.at(-1)?.status === 'delivered';
    chats.set(key, { last: message, unread: (chats.get(key)?.unread ?? 0) + (isUnread ? 1 : 0) });
  }
  const found = [...chats.values()].sort((a, b) => b.last.at - a.last.at);
  return found.map(({ last, unread }) => {
    const number = sim.state.numbers[last.phone_number_id];
    const end = windowEnd(sim, last.phone_number_id, last.customer);
    return {
      phone_number_id: last.phone_number_id,
      customer: last.customer,
      verified_name: number?.verified_name ?? '',
      formatted: number ? formatNumber(number.display_phone_number) : '',
      unread,
      last_message: ledgerEntry(last),
      window_closes_at: end === null ? null : new Date(end).toISOString(),
    };
  });
}

async function reset(
  sim: Simulation,
  engine: WebhookEngine,
  { statuses, all }: { statuses: Statuses; all: boolean },
): Promise<void> {
  statuses.clear();
  engine.clear();
  const { apps, accounts, numbers, tokens, templates } = sim.state;
  const own = Object.entries(apps).filter(([id]) => id === sim.options.appId);
  const kept = all ? { apps: Object.fromEntries(own) } : { apps, accounts, numbers, tokens, templates };
  Object.assign(sim.state, emptyState(), kept, { faults: noFaults() });
  await sim.media.clear();
  sim.emit({ type: 'reset', data: { all } });
  sim.changed();
}
