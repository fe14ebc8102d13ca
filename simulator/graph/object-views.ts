/** How accounts and numbers look in the Graph API. */
import { formatNumber } from '../messages/ids.ts';
import { appWebhookUrl } from '../simulation.ts';
import type { Simulation } from '../simulation.ts';
import type { Account, PhoneNumber } from '../state/state.ts';

export const ACCOUNT_FIELDS = [
  'id',
  'name',
  'currency',
  'timezone_id',
  'message_template_namespace',
] as const;

export const NUMBER_FIELDS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'webhook_configuration',
  'last_onboarded_time',
  'id',
] as const;

export function accountView(account: Account): Record<string, unknown> {
  return {
    id: account.waba_id,
    name: account.name,
    currency: account.currency,
    timezone_id: account.timezone_id,
    country: account.country,
    message_template_namespace: account.template_namespace,
    account_review_status: 'APPROVED',
    business_verification_status: 'verified',
    ownership_type: account.ownership === 'owned' ? 'SELF' : 'CLIENT_OWNED',
    status: 'ACTIVE',
    owner_business_info: { id: account.business_id, name: account.business_name },
    on_behalf_of_business_info: { id: account.business_id, name: account.business_name, status: 'APPROVED' },
    primary_business_location: account.country,
    is_enabled_for_insights: true,
    health_status: {
      can_send_message: 'AVAILABLE',
      entities: [{ entity_type: 'WABA', id: account.waba_id, can_send_message: 'AVAILABLE' }],
    },
  };
}

export function numberView(sim: Simulation, number: PhoneNumber, appId: string): Record<string, unknown> {
  const sendable = number.registered && number.status === 'CONNECTED' ? 'AVAILABLE' : 'BLOCKED';
  return {
    id: number.phone_number_id,
    verified_name: number.verified_name,
    display_phone_number: formatNumber(number.display_phone_number),
    quality_rating: number.quality_rating,
    code_verification_status: number.code_verification_status,
    name_status: 'APPROVED',
    new_name_status: 'NONE',
    status: number.status,
    platform_type: number.registered ? 'CLOUD_API' : 'NOT_APPLICABLE',
    throughput: { level: number.registered ? 'STANDARD' : 'NOT_APPLICABLE' },
    account_mode: 'LIVE',
    is_official_business_account: false,
    is_pin_enabled: number.pin !== null,
    is_on_biz_app: number.on_biz_app ?? false,
    last_onboarded_time: new Date(number.last_onboarded_time).toISOString().replace(/\.\d+Z$/, '+0000'),
    webhook_configuration: webhookConfiguration(sim, number, appId),
    whatsapp_business_manager_messaging_limit: 'TIER_2K',
    messaging_limit_tier: 'TIER_2K',
    health_status: {
      can_send_message: sendable,
      entities: [{ entity_type: 'PHONE_NUMBER', id: number.phone_number_id, can_send_message: sendable }],
    },
  };
}

function webhookConfiguration(sim: Simulation, number: PhoneNumber, appId: string): Record<string, string> {
  const account = sim.state.accounts[number.waba_id];
  const ownUri = number.overrides[appId]?.uri;
  const accountUri = account?.subscriptions[appId]?.override?.uri;
  return {
    ...(ownUri ? { phone_number: ownUri } : {}),
    ...(accountUri ? { whatsapp_business_account: accountUri } : {}),
    application: appWebhookUrl(sim, appId) ?? '',
  };
}
