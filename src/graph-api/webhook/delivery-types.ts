/**
 * What Meta's webhook delivers, as types for readers of the code and of editors.
 * Must stay true: every word list is open, for Meta adds words without notice; every field that identifies a person is
 * optional, for a customer with a username may hide the phone number; times are Unix seconds, as text or number.
 */
import type { Json, JsonObject } from '../json.ts';

/** The known words, and any other text. */
export type OpenWord<Known extends string> = Known | (string & Record<never, never>);

/** One body of `POST <webhook>`: up to 1,000 updates of several accounts and fields. */
export type WebhookDelivery = { object: 'whatsapp_business_account'; entry: WebhookEntry[] };

/** `id` is the account, except for partner events, where it is the partner's portfolio. `time` is missing on messages. */
export type WebhookEntry = { id: string; time?: number; changes: WebhookChange[] };

export type WebhookField = OpenWord<
  | 'messages'
  | 'smb_message_echoes'
  | 'message_echoes'
  | 'smb_app_state_sync'
  | 'history'
  | 'standby'
  | 'calls'
  | 'user_preferences'
  | 'user_id_update'
  | 'messaging_handovers'
  | 'automatic_events'
  | 'tracking_events'
  | 'group_lifecycle_update'
  | 'group_participants_update'
  | 'group_settings_update'
  | 'group_status_update'
  | 'account_update'
  | 'account_review_update'
  | 'account_alerts'
  | 'account_settings_update'
  | 'business_capability_update'
  | 'business_username_update'
  | 'phone_number_quality_update'
  | 'phone_number_name_update'
  | 'security'
  | 'message_template_status_update'
  | 'message_template_quality_update'
  | 'message_template_components_update'
  | 'template_category_update'
  | 'template_correct_category_detection'
  | 'flows'
  | 'partner_solutions'
  | 'payment_configuration_update'
>;

export type WebhookChange = { field: WebhookField; value: JsonObject };

/** An entry of `contacts[]`. The list is not in the order of the messages. */
export type WebhookContact = {
  profile?: { name?: string; username?: string };
  wa_id?: string;
  user_id?: string;
  parent_user_id?: string;
  identity_key_hash?: string;
};

/** An entry of `messages[]`; its content stands under the key that `type` names. */
export type WebhookMessage = {
  id: string;
  timestamp?: string;
  type?: OpenWord<MessageType>;
  from?: string;
  from_user_id?: string;
  from_parent_user_id?: string;
  group_id?: string;
  context?: WebhookContext;
  referral?: JsonObject;
  identity?: JsonObject;
  errors?: WebhookErrorEntry[];
  [content: string]: Json | undefined | WebhookErrorEntry[] | WebhookContext;
};

export const MESSAGE_TYPES = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'interactive',
  'button',
  'reaction',
  'order',
  'system',
  'edit',
  'revoke',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export type WebhookContext = {
  id?: string;
  from?: string;
  forwarded?: boolean;
  frequently_forwarded?: boolean;
  referred_product?: { catalog_id?: string; product_retailer_id?: string };
};

/** An entry of `statuses[]`. */
export type WebhookStatus = {
  id: string;
  status: DeliveryStatus;
  timestamp?: string;
  recipient_id?: string;
  recipient_user_id?: string;
  /** Called `parent_recipient_user_id` until May 2026. */
  recipient_parent_user_id?: string;
  recipient_type?: OpenWord<'individual' | 'group'>;
  recipient_participant_id?: string;
  recipient_participant_user_id?: string;
  biz_opaque_callback_data?: string;
  conversation?: JsonObject;
  pricing?: JsonObject;
  errors?: WebhookErrorEntry[];
};

/** `delivered` is left out when a message is read at once; `played` is for voice notes. Never go backwards. */
export type DeliveryStatus = OpenWord<'sent' | 'delivered' | 'read' | 'played' | 'failed'>;

export type WebhookErrorEntry = {
  code: number;
  title?: string;
  message?: string;
  error_data?: { details?: string };
  href?: string;
};
