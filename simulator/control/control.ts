/**
 * Everything that can be done to the simulator from outside the Graph API, for tests in the same process; the HTTP
 * control API is a thin skin over it.
 */
import { setTemplateStatus } from '../graph/templates.ts';
import { upsertCustomer } from '../messages/customers.ts';
import type { CustomerInput } from '../messages/customers.ts';
import { formatNumber } from '../messages/ids.ts';
import { storeMedia } from '../messages/media-items.ts';
import type { NewMedia } from '../messages/media-items.ts';
import { receiveFromCustomer } from '../messages/receive-from-customer.ts';
import type { InboundInput } from '../messages/receive-from-customer.ts';
import type { Statuses } from '../messages/statuses.ts';
import { closeWindow, openWindow } from '../messages/window.ts';
import type { Simulation, SimulatorEvent } from '../simulation.ts';
import type { App, Customer, Faults, MediaItem, PhoneNumber, StoredMessage } from '../state/state.ts';
import { emptyState, noFaults } from '../state/state.ts';
import type { DeliveryTry } from '../webhooks/delivery-log.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { publishUpdate } from '../webhooks/publish-update.ts';
import { declareAccount, listAccountViews } from './accounts.ts';
import type { AccountInput, AccountView, DeclaredAccount } from './accounts.ts';
import { declareApp, issueCode, issueToken, revokeTokens } from './apps.ts';
import { listChat, listChats, listMessages } from './chats.ts';
import type { LedgerQuery } from './chats.ts';
import { ControlError } from './control-error.ts';
import { mergeFaults } from './faults.ts';
import type { FaultsInput } from './faults.ts';
import { importChat } from './import-chat.ts';
import type { PastChat } from './import-chat.ts';
import { changeNumber, removeNumber, type NumberChange } from './numbers.ts';
import { postRaw } from './post-raw.ts';
import type { RawWebhook } from './post-raw.ts';

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

const MOST_DELIVERIES = 1_000;

export function simulatorControl(
  sim: Simulation,
  engine: WebhookEngine,
  statuses: Statuses,
): SimulatorControl {
  return {
    accounts: () => listAccountViews(sim),
    declareAccount: (input = {}) => declareAccount(sim, input),
    declareApp: (input) => declareApp(sim, input),
    issueToken: (input) => issueToken(sim, input),
    revokeTokens: (input) => revokeTokens(sim, input),
    issueCode: (input) => issueCode(sim, input),
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
    accountEvent: (event) => publishEvent(sim, engine, event),
    messages: (query = {}) => listMessages(sim, query),
    chats: (query) => listChats(sim, query),
    chat: (phone_number_id, customer) => listChat(sim, { phone_number_id, customer }),
    deliveries: ({ limit = MOST_DELIVERIES } = {}) => engine.log.tries.slice(-limit),
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

function publishEvent(sim: Simulation, engine: WebhookEngine, event: AccountEvent): void {
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
