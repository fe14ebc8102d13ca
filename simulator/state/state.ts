/**
 * Everything that the simulator knows, as plain JSON data: what is here survives a restart, what is not does not.
 * Keys are Meta's ids. Times are milliseconds since 1970 unless a name says otherwise.
 */

/** A Meta app: who signs webhooks. */
export type App = {
  id: string;
  secret: string;
  verify_token: string;
  /** Default callback; null for the primary app, whose URL comes from the simulator's options. */
  webhook_url: string | null;
};

export type Override = { uri: string; verify_token: string };

export type Account = {
  waba_id: string;
  name: string;
  business_id: string;
  business_name: string;
  currency: string;
  timezone_id: string;
  country: string;
  template_namespace: string;
  /** `owned` by the business of the app, or a client's that was shared with it. */
  ownership: 'owned' | 'client';
  created_at: number;
  /** App id → its subscription, with the WABA's callback override. */
  subscriptions: Record<string, { override: Override | null }>;
};

export type PhoneNumber = {
  phone_number_id: string;
  waba_id: string;
  /** Digits only, as webhooks show it. */
  display_phone_number: string;
  verified_name: string;
  quality_rating: string;
  status: string;
  code_verification_status: string;
  pin: string | null;
  registered: boolean;
  last_onboarded_time: number;
  /** App id → callback override of this number. */
  overrides: Record<string, Override>;
  profile: Record<string, unknown>;
  /** It also lives in the WhatsApp Business app (coexistence). */
  on_biz_app?: boolean;
  /** When it was registered and deregistered: Meta allows ten in 72 hours. */
  registrations?: number[];
  /** What its WhatsApp Business app has sent already: Meta sends each kind once. */
  app_data_sent?: string[];
};

export type Token = {
  token: string;
  app_id: string;
  type: 'SYSTEM_USER' | 'USER' | 'APP';
  /** The WABAs it may touch; null for all. */
  waba_ids: string[] | null;
  scopes: string[];
  issued_at: number;
  expires_at: number | null;
  /** Subcode of the 190 error once revoked. */
  revoked: number | null;
};

export type Code = {
  code: string;
  app_id: string;
  waba_ids: string[];
  redirect_uri: string | null;
  expires_at: number;
  used: boolean;
  /** What it is worth: a plain dialog gives a user's token of an hour, Embedded Signup one without end. */
  token_type?: 'SYSTEM_USER' | 'USER';
  /** PARTNER_ADDED is sent once the code is exchanged. */
  announce?: boolean;
};

/** Someone with a phone. The key is `wa_id`, or the BSUID of a person whose number nobody knows. */
export type Customer = {
  key: string;
  wa_id: string | null;
  name: string;
  username: string | null;
  /** The phone number is left out of webhooks, as for people with a username. */
  hide_phone: boolean;
  /** Business id → the user id of this person there, when it was given rather than derived. */
  user_ids: Record<string, string>;
  created_at: number;
};

export type MediaItem = {
  id: string;
  phone_number_id: string;
  mime_type: string;
  sha256: string;
  file_size: number;
  filename: string | null;
  created_at: number;
  /** Hash in the current download URL → when that URL dies. */
  urls: Record<string, number>;
};

export type StatusName = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed' | 'played';

export type StatusError = {
  code: number;
  title: string;
  message: string;
  error_data: { details: string };
  href: string;
};

/** One message, either way: the ledger for outsiders, the chat for the phone page. */
export type StoredMessage = {
  id: string;
  direction: 'outbound' | 'inbound';
  waba_id: string;
  phone_number_id: string;
  app_id: string;
  customer: string;
  type: string;
  /** Outbound: the request as it was posted. Inbound: the message as the webhook carries it. */
  body: Record<string, unknown>;
  input: string;
  biz_opaque_callback_data: string | null;
  at: number;
  statuses: { status: StatusName; at: number; error?: StatusError }[];
  /** The next status and when it is due. */
  next: { status: StatusName; at: number; error?: StatusError } | null;
  /** How the template or free text is priced, for status webhooks. */
  category: string;
};

export type Template = {
  id: string;
  waba_id: string;
  name: string;
  language: string;
  category: string;
  status: string;
  parameter_format: 'POSITIONAL' | 'NAMED';
  components: Record<string, unknown>[];
  created_at: number;
  /** When a PENDING template is approved. */
  review_at: number | null;
  rejected_reason: string;
};

/** One change that waits for its first try. */
export type FreshUpdate = {
  id: string;
  app_id: string;
  url: string;
  /** Order is kept within a lane. */
  lane: string;
  entry_id: string;
  time: number | null;
  field: string;
  value: Record<string, unknown>;
  at: number;
  /** The inbound message that shows as delivered once this is answered 200. */
  message_id: string | null;
};

/** A delivery that was tried and not answered with 200. */
export type PendingDelivery = {
  id: string;
  app_id: string;
  url: string;
  body: string;
  first_at: number;
  due: number;
  tries: number;
  /** What it carries, for people: "text from a customer". */
  about: string;
  updates: number;
  message_ids: string[];
};

/** How one of the next sends goes wrong. */
export type SendFault = {
  kind:
    | 'graph_error'
    | 'http'
    | 'html'
    | 'delay'
    | 'drop'
    | 'drop_before'
    | 'no_id'
    | 'status_first'
    | 'answer_late'
    | 'fail_later';
  /** How many sends it meets; default 1. */
  times?: number;
  /** Only sends of this number. */
  phone_number_id?: string;
  code?: number;
  subcode?: number;
  http_status?: number;
  details?: string;
  delay_ms?: number;
  body?: unknown;
};

/** How one of the next calls other than sending goes wrong. `drop` carries the call out and closes the connection. */
export type CallFault = Pick<
  SendFault,
  'times' | 'code' | 'subcode' | 'http_status' | 'details' | 'delay_ms' | 'body'
> & {
  /** `POST oauth/access_token`, `GET debug_token`, `GET account`, `POST account/subscribed_apps`, `POST number/register` … */
  call: string;
  kind: 'graph_error' | 'http' | 'html' | 'delay' | 'drop' | 'drop_before';
};

export type Faults = {
  /** Taken from the front, one per send. */
  sends: SendFault[];
  /** Taken from the front, one per call that they name. */
  calls: CallFault[];
  /** Calls without `appsecret_proof` are refused, as an app may demand. */
  require_proof: boolean;
  /** When the app hears that an account was shared, seen from the browser that comes back. */
  partner_added: 'before' | 'after' | 'never';
  webhooks: {
    /** Extra copies of each delivery. */
    duplicate: number;
    /** Within a lane, the newest waiting update goes first. */
    reorder: boolean;
    /** Nothing is sent until this is false again. */
    hold: boolean;
    /** Wait before each first try, in ms. */
    delay_ms: number;
    /** Updates in one POST, 1 to 1000. */
    batch_size: number;
    /** Adds fields that no documentation mentions. */
    unknown_fields: boolean;
    /** Non-ASCII as \uXXXX and / as \/, before signing. */
    escape_unicode: boolean;
    /** False: first tries of one number run at the same time. */
    ordered: boolean;
  };
  auto_read: boolean;
  delays: { sent: number | null; delivered: number | null; read: number | null };
  /** Enforce the 24-hour window. */
  window: boolean;
  /** Most messages to one person per 6 s slot, or null. Meta: a burst of 45 that refills one per 6 s. */
  pair_burst: number | null;
  /** Messages per second and number, or null. Meta: 80. */
  throughput: number | null;
  /** The only recipients allowed (test numbers), or null. */
  allow_list: string[] | null;
};

export type State = {
  version: 1;
  apps: Record<string, App>;
  accounts: Record<string, Account>;
  numbers: Record<string, PhoneNumber>;
  tokens: Record<string, Token>;
  codes: Record<string, Code>;
  customers: Record<string, Customer>;
  media: Record<string, MediaItem>;
  messages: Record<string, StoredMessage>;
  templates: Record<string, Template>;
  /** `phone_number_id:customer` → end of the 24-hour window. */
  windows: Record<string, number>;
  /** Updates that wait for their first try, by id. */
  fresh: Record<string, FreshUpdate>;
  /** Deliveries that were not answered 200, by id. */
  pending: Record<string, PendingDelivery>;
  faults: Faults;
};

export function noFaults(): Faults {
  return {
    sends: [],
    calls: [],
    require_proof: false,
    partner_added: 'before',
    webhooks: {
      duplicate: 0,
      reorder: false,
      hold: false,
      delay_ms: 0,
      batch_size: 1,
      unknown_fields: false,
      escape_unicode: false,
      ordered: true,
    },
    auto_read: true,
    delays: { sent: null, delivered: null, read: null },
    window: true,
    pair_burst: null,
    throughput: null,
    allow_list: null,
  };
}

export function emptyState(): State {
  return {
    version: 1,
    apps: {},
    accounts: {},
    numbers: {},
    tokens: {},
    codes: {},
    customers: {},
    media: {},
    messages: {},
    templates: {},
    windows: {},
    fresh: {},
    pending: {},
    faults: noFaults(),
  };
}
