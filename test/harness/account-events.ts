/** Every event that Meta's webhooks tell of accounts, numbers and templates, as fixtures of our own: value by value, without the envelope. */

type Fixture = {
  field: string;
  value: unknown;
  /** Names a partner's portfolio in the entry. */ byPartner?: true;
};

/** What the fixtures speak of. */
export type Told = { wabaId: string; businessId: string; phoneNumberId: string; digits: string };

const template = (id: number) => ({
  message_template_id: id,
  message_template_name: 'boat_ready',
  message_template_language: 'en_GB',
});

/** One of each kind; connection events are apart, for they end grants. */
export function accountFixtures({ wabaId, businessId, phoneNumberId, digits }: Told): Fixture[] {
  const update = (event: string, more: object = {}): Fixture => ({
    field: 'account_update',
    value: { event, ...more },
  });
  const ofNumber = (field: string, more: object): Fixture => ({
    field,
    value: { display_phone_number: digits, ...more },
  });
  return [
    update('PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE', {
      waba_info: { waba_id: wabaId, owner_business_id: businessId },
      partner_client_certification_info: {
        client_business_id: businessId,
        status: 'FAILED',
        rejection_reasons: ['ADDRESS_NOT_MATCHING'],
      },
    }),
    update('ACCOUNT_VIOLATION', { violation_info: { violation_type: 'SALE_OF_BOATS' } }),
    update('ACCOUNT_RESTRICTION', {
      restriction_info: [
        { restriction_type: 'RESTRICTED_ADD_PHONE_NUMBER_ACTION', expiration: 4_102_444_800 },
      ],
    }),
    update('ACCOUNT_RESTRICTION', {
      restriction_info: [
        { restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration: 4_102_444_801 },
      ],
    }),
    update('DISABLED_UPDATE', {
      ban_info: { waba_ban_state: 'SCHEDULE_FOR_DISABLE', waba_ban_date: 'March 3, 2027' },
    }),
    update('DISABLED_UPDATE', { ban_info: { waba_ban_state: 'REINSTATE', waba_ban_date: 'March 4, 2027' } }),
    update('AD_ACCOUNT_LINKED', { waba_info: { waba_id: wabaId, ad_account_linked: '77' } }),
    update('MM_LITE_TERMS_SIGNED', { waba_info: { waba_id: wabaId } }),
    update('BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', { country: 'NO' }),
    update('AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', { auth_international_rate_eligibility: { start_time: 1 } }),
    update('VOLUME_BASED_PRICING_TIER_UPDATE', { volume_tier_info: { tier: '0:100' } }),
    { field: 'account_review_update', value: { decision: 'PENDING' } },
    { field: 'account_review_update', value: { decision: 'APPROVED' } },
    {
      field: 'account_alerts',
      value: {
        entity_type: 'BUSINESS',
        entity_id: businessId,
        alert_info: {
          alert_severity: 'WARNING',
          alert_status: 'ACTIVE',
          alert_type: 'OBA_REJECTED',
          alert_description: 'No',
        },
      },
    },
    {
      field: 'account_alerts',
      value: {
        entity_type: 'PHONE_NUMBER',
        entity_id: phoneNumberId,
        alert_severity: 'INFORMATIONAL',
        alert_status: 'NONE',
        alert_type: 'PROFILE_PICTURE_LOST',
        alert_description: 'Gone',
      },
    },
    ofNumber('phone_number_quality_update', { event: 'FLAGGED', current_limit: 'TIER_250' }),
    ofNumber('phone_number_quality_update', {
      event: 'UPGRADE',
      old_limit: 'TIER_250',
      current_limit: 'TIER_2K',
    }),
    ofNumber('phone_number_name_update', {
      decision: 'REJECTED',
      requested_verified_name: 'Fjord',
      rejection_reason: 'X',
    }),
    ofNumber('phone_number_name_update', {
      decision: 'APPROVED',
      requested_verified_name: 'Fjord Boats',
      rejection_reason: 'NONE',
    }),
    ofNumber('security', { event: 'PIN_RESET_REQUEST', requester: '9' }),
    ofNumber('business_username_update', { username: 'fjord', status: 'reserved' }),
    ofNumber('business_username_updates', { username: 'fjordboats', status: 'approved' }),
    {
      field: 'business_capability_update',
      value: { max_daily_conversations_per_business: 2000, max_phone_numbers_per_business: 20 },
    },
    {
      field: 'account_settings_update',
      value: {
        messaging_product: 'whatsapp',
        timestamp: '1790000000',
        type: 'phone_number_settings',
        phone_number_settings: { phone_number_id: phoneNumberId, calling: { status: 'ENABLED' } },
      },
    },
    {
      field: 'message_template_status_update',
      value: { event: 'APPROVED', ...template(901), reason: 'NONE' },
    },
    {
      field: 'message_template_status_update',
      value: { event: 'PAUSED', ...template(901), reason: null, other_info: { title: 'FIRST_PAUSE' } },
    },
    {
      field: 'message_template_quality_update',
      value: { previous_quality_score: 'GREEN', new_quality_score: 'YELLOW', ...template(901) },
    },
    {
      field: 'message_template_components_update',
      value: { ...template(901), message_template_element: 'Your boat is ready' },
    },
    {
      field: 'template_category_update',
      value: {
        ...template(901),
        correct_category: 'MARKETING',
        new_category: 'UTILITY',
        category_update_timestamp: 1_790_000_000,
      },
    },
    {
      field: 'template_category_update',
      value: { ...template(901), previous_category: 'UTILITY', new_category: 'MARKETING' },
    },
    {
      field: 'template_correct_category_detection',
      value: { ...template(902), category: 'UTILITY', correct_category: 'MARKETING' },
    },
    { field: 'flows', value: { event: 'ENDPOINT_ERROR_RATE', flow_id: '12', message: 'The endpoint fails' } },
    {
      field: 'payment_configuration_update',
      value: { configuration_name: 'main', provider_name: 'payu', status: 'Active' },
    },
    {
      field: 'partner_solutions',
      value: { event: 'SOLUTION_CREATED', solution_id: '31', solution_status: 'INITIATED' },
      byPartner: true,
    },
  ];
}
