/**
 * WhatsApp Business Accounts and their phone numbers: reading both, subscribing the app to webhooks.
 * Names are Meta's in camel case (`display_phone_number` → `displayPhoneNumber`); whatever Meta adds is kept in `raw`.
 */
import { unusableAnswer } from './answer.ts';
import { booleanAt, idAt, listAt, objectAt, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { objectPath } from './object-path.ts';
import { requireSuccess } from './require-success.ts';
import type { GraphToken, GraphTransport } from './transport.ts';

export type Waba = {
  id: string;
  name: string | null;
  currency: string | null;
  timezoneId: string | null;
  country: string | null;
  accountReviewStatus: string | null;
  businessVerificationStatus: string | null;
  ownershipType: string | null;
  /** The portfolio that owns the account. */
  ownerBusiness: { id: string; name: string | null } | null;
  raw: JsonObject;
};

export type PhoneNumber = {
  id: string;
  /** Formatted for people here ("+1 555-078-3881") but digits only in webhooks: join by id, never by this. */
  displayPhoneNumber: string | null;
  verifiedName: string | null;
  /** GREEN, YELLOW, RED, UNKNOWN, NA. */
  qualityRating: string | null;
  codeVerificationStatus: string | null;
  nameStatus: string | null;
  /** CONNECTED, PENDING, BANNED, RESTRICTED, FLAGGED and others. */
  status: string | null;
  platformType: string | null;
  /** STANDARD or HIGH: 80 or 1,000 messages a second. */
  throughputLevel: string | null;
  /** LIVE or SANDBOX. */
  accountMode: string | null;
  /** True for a number that also lives in the WhatsApp Business app. */
  isOnBizApp: boolean | null;
  isOfficialBusinessAccount: boolean | null;
  /** How many customers may be written to first within 24 hours: TIER_250, TIER_2K, and so on. */
  messagingLimit: string | null;
  lastOnboardedTime: string | null;
  raw: JsonObject;
};

export type SubscribedApp = { id: string; name: string | null; overrideCallbackUri: string | null };

export type AccountsApi = {
  getWaba(token: GraphToken, wabaId: string): Promise<Waba>;
  /** The numbers of an account, all pages. */
  listPhoneNumbers(token: GraphToken, wabaId: string): Promise<PhoneNumber[]>;
  getPhoneNumber(token: GraphToken, phoneNumberId: string): Promise<PhoneNumber>;
  /**
   * Has Meta send the account's webhooks to the token's app. With `override` messages go to that address instead of the
   * app's own; without it an earlier override is removed. Meta calls the address before it answers.
   */
  subscribeApp(
    token: GraphToken,
    wabaId: string,
    override?: { callbackUri: string; verifyToken: string },
  ): Promise<void>;
  unsubscribeApp(token: GraphToken, wabaId: string): Promise<void>;
  listSubscribedApps(token: GraphToken, wabaId: string): Promise<SubscribedApp[]>;
};

const WABA_FIELDS =
  'id,name,currency,timezone_id,country,account_review_status,business_verification_status,ownership_type,owner_business_info';
const PHONE_NUMBER_FIELDS =
  'id,display_phone_number,verified_name,quality_rating,code_verification_status,name_status,status,platform_type,' +
  'throughput,account_mode,is_on_biz_app,is_official_business_account,whatsapp_business_manager_messaging_limit,last_onboarded_time,webhook_configuration';

export function accountsApi(transport: GraphTransport): AccountsApi {
  const get = (token: GraphToken, path: string, query: Record<string, string> = {}): Promise<Json> =>
    transport.call({ method: 'GET', path, token, query, repeatable: true });
  return {
    async getWaba(token, wabaId) {
      return readWaba(await get(token, objectPath(wabaId), { fields: WABA_FIELDS }));
    },
    async getPhoneNumber(token, phoneNumberId) {
      return readPhoneNumber(await get(token, objectPath(phoneNumberId), { fields: PHONE_NUMBER_FIELDS }));
    },
    async listPhoneNumbers(token, wabaId) {
      const path = objectPath(wabaId, 'phone_numbers');
      const rows = await readAllPages((query) => get(token, path, { fields: PHONE_NUMBER_FIELDS, ...query }));
      const numbers = new Map(rows.map(readPhoneNumber).map((number) => [number.id, number]));
      return [...numbers.values()];
    },
    async subscribeApp(token, wabaId, override) {
      const json = override && {
        override_callback_uri: override.callbackUri,
        verify_token: override.verifyToken,
      };
      const path = objectPath(wabaId, 'subscribed_apps');
      const secrets = override === undefined ? [] : [override.verifyToken];
      requireSuccess(
        await transport.call({ method: 'POST', path, token, json: json ?? {}, secrets, repeatable: true }),
        true,
      );
    },
    async unsubscribeApp(token, wabaId) {
      const path = objectPath(wabaId, 'subscribed_apps');
      requireSuccess(await transport.call({ method: 'DELETE', path, token, repeatable: true }), true);
    },
    async listSubscribedApps(token, wabaId) {
      const path = objectPath(wabaId, 'subscribed_apps');
      return (await readAllPages((query) => get(token, path, query))).map(readSubscribedApp);
    },
  };
}

const MOST_PAGES = 200;

/**
 * The rows of all pages. Only the cursor is taken from an answer: its `next` address holds the token and could name
 * any host. Throws GraphError when a page is no list or the cursors run in a circle.
 */
export async function readAllPages(
  readPage: (query: Record<string, string>) => Promise<Json>,
): Promise<Json[]> {
  const rows: Json[] = [];
  const seen = new Set<string>();
  let after: string | null = null;
  do {
    const page: Json = await readPage(after === null ? { limit: '100' } : { limit: '100', after });
    const data = listAt(page, 'data');
    if (data === null || seen.size >= MOST_PAGES) throw unusableAnswer('no_list', { repeatable: true });
    rows.push(...data);
    after = cursorAfter(page);
    if (after !== null && seen.has(after)) throw unusableAnswer('circular_pages', { repeatable: true });
    if (after !== null) seen.add(after);
  } while (after !== null);
  return rows;
}

function cursorAfter(page: Json): string | null {
  const paging = objectAt(page, 'paging');
  if (paging === null || textAt(paging, 'next') === null) return null;
  return textAt(objectAt(paging, 'cursors') ?? undefined, 'after');
}

function requireId(row: Json): { id: string; raw: JsonObject } {
  const id = idAt(row, 'id');
  if (id === null) throw unusableAnswer('no_id', { repeatable: true });
  return { id, raw: row as JsonObject };
}

function readWaba(row: Json): Waba {
  const { id, raw } = requireId(row);
  const owner = objectAt(raw, 'owner_business_info') ?? undefined;
  const ownerId = idAt(owner, 'id');
  return {
    id,
    name: textAt(raw, 'name'),
    currency: textAt(raw, 'currency'),
    timezoneId: idAt(raw, 'timezone_id'),
    country: textAt(raw, 'country'),
    accountReviewStatus: textAt(raw, 'account_review_status'),
    businessVerificationStatus: textAt(raw, 'business_verification_status'),
    ownershipType: textAt(raw, 'ownership_type'),
    ownerBusiness: ownerId === null ? null : { id: ownerId, name: textAt(owner, 'name') },
    raw,
  };
}

function readPhoneNumber(row: Json): PhoneNumber {
  const { id, raw } = requireId(row);
  return {
    id,
    displayPhoneNumber: textAt(raw, 'display_phone_number'),
    verifiedName: textAt(raw, 'verified_name'),
    qualityRating: textAt(raw, 'quality_rating'),
    codeVerificationStatus: textAt(raw, 'code_verification_status'),
    nameStatus: textAt(raw, 'name_status'),
    status: textAt(raw, 'status'),
    platformType: textAt(raw, 'platform_type'),
    throughputLevel: textAt(objectAt(raw, 'throughput') ?? undefined, 'level'),
    accountMode: textAt(raw, 'account_mode'),
    isOnBizApp: booleanAt(raw, 'is_on_biz_app'),
    isOfficialBusinessAccount: booleanAt(raw, 'is_official_business_account'),
    messagingLimit: textAt(raw, 'whatsapp_business_manager_messaging_limit'),
    lastOnboardedTime: textAt(raw, 'last_onboarded_time'),
    raw,
  };
}

function readSubscribedApp(row: Json): SubscribedApp {
  const app = objectAt(row, 'whatsapp_business_api_data') ?? undefined;
  const id = idAt(app, 'id');
  if (id === null) throw unusableAnswer('no_id', { repeatable: true });
  return { id, name: textAt(app, 'name'), overrideCallbackUri: textAt(row, 'override_callback_uri') };
}
