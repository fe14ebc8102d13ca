/**
 * What a webhook about an account says: how it is called, how grave it is, and which aspects of the account, a number or a template
 * it tells anew. Pure. What must stay true: every known field has a reader; a shape nobody foresaw is still an event, never an
 * error; nothing is concluded that the webhook does not say (Meta's "Webhooks" reference, by field).
 */
import {
  idAt,
  listAt,
  numberAt,
  objectAt,
  textAt,
  type Json,
  type JsonObject,
} from '../../graph-api/json.ts';
import { templateReaders } from './read-template-event.ts';
import { severityOf, type Severity } from './severity.ts';

/** What an aspect belongs to; `number` is the number that the event names. */
type Subject = 'account' | 'number' | { template: string };

/** One aspect, told anew. The newest telling of an aspect counts. */
export type AspectReading = { subject: Subject; aspect: string; value: JsonObject };

/** What an event says: the aspects that it tells anew, and how grave it is. */
export type AccountReading = {
  event: string;
  severity: Severity;
  facts: AspectReading[];
  /** The number that it is about: by id, or by its digits. */
  number: { id: string } | { digits: string } | null;
};

/** Reads the value of one field of Meta’s webhook. */
export type Reader = (value: Json) => Omit<AccountReading, 'number'> & { number?: AccountReading['number'] };

/** Connections that Meta ended: the token no longer works, whatever it looks like. */
const GONE = new Set(['PARTNER_REMOVED', 'PARTNER_APP_UNINSTALLED', 'ACCOUNT_DELETED', 'ACCOUNT_OFFBOARDED']);
const BACK = new Set(['PARTNER_ADDED', 'PARTNER_APP_INSTALLED', 'ACCOUNT_RECONNECTED']);

const accountUpdate: Reader = (value) => {
  const event = textAt(value, 'event') ?? 'UNKNOWN';
  const fact = (aspect: string, told: JsonObject): AspectReading[] => [
    { subject: 'account', aspect, value: told },
  ];
  const info = objectAt(value, 'waba_info') ?? undefined;
  if (GONE.has(event) || BACK.has(event)) {
    const isGone = GONE.has(event);
    const disconnection = objectAt(value, 'disconnection_info') ?? objectAt(info, 'disconnection_info');
    const told = {
      state: isGone ? 'gone' : 'back',
      event,
      reason: textAt(disconnection ?? undefined, 'reason'),
      app_id: idAt(info, 'partner_app_id'),
    };
    const owner = idAt(info, 'owner_business_id');
    const facts = fact('connection', told);
    if (owner !== null) facts.push(...fact('owner', { business_id: owner }));
    return { event, severity: isGone ? 'critical' : 'good', facts };
  }
  const read = Object.hasOwn(ACCOUNT_CHANGES, event) ? ACCOUNT_CHANGES[event] : undefined;
  if (!read) return { event, severity: 'info', facts: [] };
  const { severity, aspect, told } = read(value);
  return { event, severity, facts: fact(aspect, told) };
};

type AccountChange = (value: Json) => { severity: Severity; aspect: string; told: JsonObject };

const ACCOUNT_CHANGES: Record<string, AccountChange> = {
  PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE(value) {
    const info = objectAt(value, 'partner_client_certification_info') ?? undefined;
    const status = textAt(info, 'status') ?? 'UNKNOWN';
    const severity = severityOf(
      { APPROVED: 'good', FAILED: 'warning', DISCARDED: 'warning', REVOKED: 'warning' },
      status,
    );
    return {
      severity,
      aspect: 'verification',
      told: { status, rejection_reasons: listAt(info, 'rejection_reasons') },
    };
  },
  ACCOUNT_VIOLATION(value) {
    const type = textAt(objectAt(value, 'violation_info') ?? undefined, 'violation_type');
    return { severity: 'warning', aspect: 'violation', told: { type } };
  },
  ACCOUNT_RESTRICTION(value) {
    const list = listAt(value, 'restriction_info') ?? [];
    const restrictions = list.map((one) => ({
      type: textAt(one, 'restriction_type') ?? 'UNKNOWN',
      expires_at: numberAt(one, 'expiration'),
      remediation: textAt(one, 'remediation'),
    }));
    return {
      severity: restrictions.length > 0 ? 'critical' : 'good',
      aspect: 'restrictions',
      told: { restrictions },
    };
  },
  DISABLED_UPDATE(value) {
    const info = objectAt(value, 'ban_info') ?? undefined;
    const state = textAt(info, 'waba_ban_state') ?? 'UNKNOWN';
    const severity = state === 'REINSTATE' ? 'good' : 'critical';
    return { severity, aspect: 'ban', told: { state, date: textAt(info, 'waba_ban_date') } };
  },
  BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE(value) {
    return { severity: 'info', aspect: 'country', told: { country: textAt(value, 'country') } };
  },
};

const reviewUpdate: Reader = (value) => {
  const decision = textAt(value, 'decision') ?? 'UNKNOWN';
  const severity = severityOf({ APPROVED: 'good', REJECTED: 'critical', DEFERRED: 'warning' }, decision);
  return {
    event: decision,
    severity,
    facts: [{ subject: 'account', aspect: 'review', value: { decision } }],
  };
};

/** Meta nests what happened in `alert_info`; some of its partners pass it on flat. */
const alerts: Reader = (value) => {
  const info = objectAt(value, 'alert_info') ?? value;
  const type = textAt(info, 'alert_type') ?? 'UNKNOWN';
  const status = textAt(info, 'alert_status') ?? 'ACTIVE';
  const told = {
    status,
    severity: textAt(info, 'alert_severity'),
    description: textAt(info, 'alert_description'),
  };
  const grave = severityOf({ CRITICAL: 'critical', WARNING: 'warning' }, told.severity ?? '');
  const entityId = idAt(value, 'entity_id');
  const isNumber = textAt(value, 'entity_type') === 'PHONE_NUMBER' && entityId !== null;
  return {
    event: type,
    severity: status === 'NONE' ? 'good' : grave,
    facts: [{ subject: isNumber ? 'number' : 'account', aspect: `alert:${type}`, value: told }],
    ...(isNumber ? { number: { id: entityId } } : {}),
  };
};

const qualityUpdate: Reader = (value) => {
  const event = textAt(value, 'event') ?? 'UNKNOWN';
  const limit = textAt(value, 'current_limit') ?? idAt(value, 'max_daily_conversations_per_business');
  const facts: AspectReading[] = [];
  if (limit !== null) facts.push({ subject: 'number', aspect: 'limit', value: { limit } });
  // Since limits belong to the portfolio, Meta tells no rating here: flagged is what the manager shows as red.
  if (event === 'FLAGGED') facts.push({ subject: 'number', aspect: 'quality', value: { quality: 'RED' } });
  if (event === 'UNFLAGGED')
    facts.push({ subject: 'number', aspect: 'quality', value: { quality: 'UNKNOWN' } });
  const severity = severityOf(
    {
      FLAGGED: 'warning',
      DOWNGRADE: 'warning',
      UPGRADE: 'good',
      UNFLAGGED: 'good',
      THROUGHPUT_UPGRADE: 'good',
    },
    event,
  );
  return { event, severity, facts };
};

const nameUpdate: Reader = (value) => {
  const decision = textAt(value, 'decision') ?? 'UNKNOWN';
  const told = {
    decision,
    requested: textAt(value, 'requested_verified_name'),
    reason: textAt(value, 'rejection_reason'),
  };
  const severity = severityOf({ APPROVED: 'good', REJECTED: 'warning', DEFERRED: 'warning' }, decision);
  return { event: decision, severity, facts: [{ subject: 'number', aspect: 'name', value: told }] };
};

const capabilityUpdate: Reader = (value) => ({
  event: 'CAPABILITY',
  severity: 'info',
  facts: [
    {
      subject: 'account',
      aspect: 'capability',
      value: {
        daily_limit: idAt(value, 'max_daily_conversations_per_business'),
        most_numbers:
          numberAt(value, 'max_phone_numbers_per_business') ?? numberAt(value, 'max_phone_numbers_per_waba'),
      },
    },
  ],
});

const security: Reader = (value) => ({
  event: textAt(value, 'event') ?? 'UNKNOWN',
  severity: 'warning',
  facts: [],
});

const settingsUpdate: Reader = (value) => {
  const settings = objectAt(value, 'phone_number_settings') ?? {};
  const id = idAt(settings, 'phone_number_id');
  const { phone_number_id: _id, ...told } = settings;
  return {
    event: (textAt(value, 'type') ?? 'PHONE_NUMBER_SETTINGS').toUpperCase(),
    severity: 'info',
    facts: id === null ? [] : [{ subject: 'number', aspect: 'settings', value: told }],
    ...(id === null ? {} : { number: { id } }),
  };
};

const username: Reader = (value) => {
  const status = textAt(value, 'status') ?? 'unknown';
  const name = status === 'deleted' ? null : textAt(value, 'username');
  return {
    event: status.toUpperCase(),
    severity: status === 'deleted' ? 'warning' : 'info',
    facts: [{ subject: 'number', aspect: 'username', value: { username: name, status } }],
  };
};

const flows: Reader = (value) => {
  const event = textAt(value, 'event') ?? 'UNKNOWN';
  return { event, severity: event === 'FLOW_STATUS_CHANGE' ? 'info' : 'warning', facts: [] };
};

const payments: Reader = (value) => {
  const name = textAt(value, 'configuration_name') ?? 'UNKNOWN';
  const told = { provider: textAt(value, 'provider_name'), status: textAt(value, 'status') };
  return {
    event: (told.status ?? 'UNKNOWN').toUpperCase(),
    severity: 'info',
    facts: [{ subject: 'account', aspect: `payment:${name}`, value: told }],
  };
};

const solutions: Reader = (value) => {
  const told = { status: textAt(value, 'solution_status') };
  const id = idAt(value, 'solution_id') ?? 'UNKNOWN';
  return {
    event: textAt(value, 'event') ?? 'UNKNOWN',
    severity: 'info',
    facts: [{ subject: 'account', aspect: `solution:${id}`, value: told }],
  };
};

const READERS: ReadonlyMap<string, Reader> = new Map(
  Object.entries({
    account_update: accountUpdate,
    account_review_update: reviewUpdate,
    account_alerts: alerts,
    account_settings_update: settingsUpdate,
    business_capability_update: capabilityUpdate,
    phone_number_quality_update: qualityUpdate,
    phone_number_name_update: nameUpdate,
    security,
    ...templateReaders,
    // Both spellings have been seen.
    business_username_update: username,
    business_username_updates: username,
    flows,
    payment_configuration_update: payments,
    partner_solutions: solutions,
  }),
);

/** Whether a webhook's field is about accounts rather than about messages. */
export function isAccountField(field: string): boolean {
  return READERS.has(field);
}

/** Reads a webhook of one of these fields. */
export function readAccountEvent(field: string, value: Json): AccountReading {
  const read = READERS.get(field);
  if (!read) return { event: 'UNKNOWN', severity: 'info', facts: [], number: null };
  const digits = textAt(value, 'display_phone_number')?.replace(/\D/g, '') ?? '';
  const byDigits = digits === '' ? null : { digits };
  return { number: byDigits, ...read(value) };
}
