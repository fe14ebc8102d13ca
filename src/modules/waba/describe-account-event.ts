/** An event of an account in words for people. Pure; an event that Meta adds is shown by its name. */
import { idAt, listAt, objectAt, textAt, type Json } from '../../graph-api/json.ts';

/** What happened, and what it means or what to do. */
export type EventWords = { title: string; detail: string | null };

type Describe = (event: string, payload: Json) => EventWords;

const plain = (text: string): string => text.replaceAll('_', ' ').toLowerCase();
const words = (title: string, detail: string | null = null): EventWords => ({ title, detail });

const ACCOUNT_UPDATES: Record<string, EventWords> = {
  PARTNER_ADDED: words('The account was shared with the app', 'Meta connected the account.'),
  PARTNER_REMOVED: words('The account was disconnected at Meta', 'Connect it again to go on sending.'),
  PARTNER_APP_INSTALLED: words('The app was installed for the account'),
  PARTNER_APP_UNINSTALLED: words('The app was removed from the account', 'Its tokens no longer work.'),
  ACCOUNT_DELETED: words('The account was deleted at Meta'),
  ACCOUNT_OFFBOARDED: words('The account was taken off the Cloud API'),
  ACCOUNT_RECONNECTED: words('The account was connected again'),
  AD_ACCOUNT_LINKED: words('An ad account was linked'),
  MM_LITE_TERMS_SIGNED: words('The terms of marketing messages were accepted'),
  AUTH_INTL_PRICE_ELIGIBILITY_UPDATE: words('Prices of international authentication changed'),
  VOLUME_BASED_PRICING_TIER_UPDATE: words('The price tier changed with the volume'),
};

const ACCOUNT_DETAILS: Record<string, (payload: Json) => EventWords> = {
  DISABLED_UPDATE(payload) {
    const ban = objectAt(payload, 'ban_info') ?? undefined;
    const state = textAt(ban, 'waba_ban_state');
    const date = textAt(ban, 'waba_ban_date');
    const titles: Record<string, string> = {
      DISABLE: 'Meta disabled the account',
      REINSTATE: 'Meta reinstated the account',
      SCHEDULE_FOR_DISABLE: 'Meta is going to disable the account',
    };
    const title = titles[state ?? ''] ?? 'The ban of the account changed';
    return words(title, date === null ? null : `Date: ${date}.`);
  },
  ACCOUNT_RESTRICTION(payload) {
    const list = listAt(payload, 'restriction_info') ?? [];
    const types = list.map((one) =>
      plain((textAt(one, 'restriction_type') ?? '').replace(/^RESTRICTED_/, '')),
    );
    return types.length === 0
      ? words('Restrictions were lifted')
      : words('Meta restricted the account', `${types.join(', ')}.`);
  },
  ACCOUNT_VIOLATION(payload) {
    const type = textAt(objectAt(payload, 'violation_info') ?? undefined, 'violation_type');
    return words('Meta reports a violation of its rules', type === null ? null : `${plain(type)}.`);
  },
  PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE(payload) {
    const info = objectAt(payload, 'partner_client_certification_info') ?? undefined;
    return words(`Business verification: ${plain(textAt(info, 'status') ?? 'unknown')}`);
  },
  BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE: (payload) =>
    words(`The business’s country is now ${textAt(payload, 'country') ?? 'unknown'}`),
};

const accountUpdate: Describe = (event, payload) => {
  if (Object.hasOwn(ACCOUNT_DETAILS, event)) return ACCOUNT_DETAILS[event]?.(payload) ?? words(plain(event));
  const known = Object.hasOwn(ACCOUNT_UPDATES, event) ? ACCOUNT_UPDATES[event] : undefined;
  if (!known) return words(`Account: ${plain(event)}`);
  const reason = textAt(objectAt(payload, 'disconnection_info') ?? undefined, 'reason');
  return reason === null ? known : words(known.title, `Reason: ${plain(reason)}.`);
};

const template =
  (what: string): Describe =>
  (event, payload) => {
    const name =
      textAt(payload, 'message_template_name') ?? idAt(payload, 'message_template_id') ?? 'unknown';
    const language = textAt(payload, 'message_template_language');
    const reason = textAt(payload, 'reason');
    const told = reason === null || reason === 'NONE' ? null : `Reason: ${plain(reason)}.`;
    return words(
      `Template “${name}”${language === null ? '' : ` (${language})`}: ${what}${plain(event)}`,
      told,
    );
  };

const BY_FIELD: ReadonlyMap<string, Describe> = new Map<string, Describe>([
  ['account_update', accountUpdate],
  ['account_review_update', (event) => words(`Account review: ${plain(event)}`)],
  [
    'account_alerts',
    (event, payload) =>
      words(
        `Alert: ${plain(event)}`,
        textAt(objectAt(payload, 'alert_info') ?? payload, 'alert_description'),
      ),
  ],
  ['account_settings_update', () => words('Settings of a number changed at Meta')],
  ['business_capability_update', () => words('Limits of the business changed')],
  [
    'phone_number_quality_update',
    (event, payload) => words(`Quality and limits of the number: ${plain(event)}`, limitOf(payload)),
  ],
  [
    'phone_number_name_update',
    (event, payload) => {
      const name = textAt(payload, 'requested_verified_name');
      return words(
        `Display name${name === null ? '' : ` “${name}”`}: ${plain(event)}`,
        textAt(payload, 'rejection_reason'),
      );
    },
  ],
  [
    'security',
    (event) => words(`Two-step PIN: ${plain(event)}`, 'If nobody of you did this, set a new PIN.'),
  ],
  ['message_template_status_update', template('')],
  ['message_template_quality_update', template('quality ')],
  ['message_template_components_update', template('')],
  ['template_category_update', template('category ')],
  ['template_correct_category_detection', template('')],
  ['business_username_update', (event) => words(`Username of the number: ${plain(event)}`)],
  ['business_username_updates', (event) => words(`Username of the number: ${plain(event)}`)],
  [
    'flows',
    (event, payload) => words(`Flow: ${plain(event.replace(/^FLOW_/, ''))}`, textAt(payload, 'message')),
  ],
  ['payment_configuration_update', (event) => words(`Payment configuration: ${plain(event)}`)],
  ['partner_solutions', (event) => words(`Partner solution: ${plain(event.replace(/^SOLUTION_/, ''))}`)],
  ['token', (event, payload) => tokenWords(event, payload)],
]);

function limitOf(payload: Json): string | null {
  const limit = textAt(payload, 'current_limit');
  return limit === null ? null : `Messaging limit: ${limit.replace(/^TIER_/, '')}.`;
}

function tokenWords(event: string, payload: Json): EventWords {
  if (event === 'TOKEN_REFUSED')
    return words(
      'Meta refused an access token',
      'Connect the account again. Messages that wait leave by themselves then.',
    );
  if (event === 'TOKEN_EXPIRED')
    return words(
      'An access token has ended',
      'Connect the account again. Messages that wait leave by themselves then.',
    );
  const days = idAt(payload, 'days');
  return words(
    `An access token ends within ${days ?? 'some'} ${days === '1' ? 'day' : 'days'}`,
    'Connect the account again before that.',
  );
}

/** Says what happened. */
export function describeAccountEvent(field: string, event: string, payload: Json): EventWords {
  return BY_FIELD.get(field)?.(event, payload) ?? words(plain(`${field}: ${event}`));
}
