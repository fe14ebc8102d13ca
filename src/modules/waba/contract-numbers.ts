/** What the outside sees of numbers' settings and of who answers on them. No I/O. */
import { Type, type Static } from 'typebox';
import { Nullable } from '../../platform/contract-nullable.ts';

const DateTime = Type.String({ format: 'date-time' });

/** `dedicated`: one user answers on it. `central`: shared by many, the sender decides who answers. */
export const NumberMode = Type.Union([Type.Literal('dedicated'), Type.Literal('central')]);
export type NumberMode = Static<typeof NumberMode>;

/** The rules by which an inbound message finds its person; what none of them decides goes to triage. */
export const RoutingRule = Type.Union([
  Type.Literal('conversation'),
  Type.Literal('number'),
  Type.Literal('lease'),
  Type.Literal('customer'),
  Type.Literal('recently_active'),
  Type.Literal('first_registered'),
]);
export type RoutingRule = Static<typeof RoutingRule>;

/** The order of rules on a number that has none of its own. */
export const DEFAULT_ROUTING: Readonly<Record<NumberMode, readonly RoutingRule[]>> = {
  dedicated: ['conversation', 'number', 'customer', 'recently_active', 'first_registered'],
  central: ['conversation', 'lease', 'customer', 'recently_active', 'first_registered'],
};

/** `PATCH /api/v1/phone-numbers/:id`, for owners. `routing`: the rules that are asked, in that order; null for the mode's own. */
export const NumberPatch = Type.Object(
  {
    mode: Type.Optional(NumberMode),
    routing: Type.Optional(
      Nullable(Type.Array(RoutingRule, { minItems: 1, maxItems: 6, uniqueItems: true })),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type NumberPatch = Static<typeof NumberPatch>;

/** One number of the organization with everything that is set or known about it. */
export const NumberSettings = Type.Object(
  {
    phone_number_id: Type.String(),
    waba_id: Type.String(),
    account_name: Nullable(Type.String()),
    display_phone_number: Type.String(),
    verified_name: Nullable(Type.String()),
    username: Nullable(Type.String()),
    quality_rating: Nullable(Type.String()),
    messaging_limit: Nullable(Type.String({ description: 'As Meta names it, e.g. TIER_2K' })),
    status: Type.String(),
    is_registered: Type.Boolean(),
    pin_state: Type.Enum(['none', 'unconfirmed', 'kept', 'refused'], {
      description:
        'The two-step PIN as far as it is written down here, encrypted; unconfirmed: nobody knows whether Meta took it; refused: Meta says that the number has another one',
    }),
    pin_refused_at: Nullable(DateTime),
    mode: NumberMode,
    routing: Nullable(Type.Array(RoutingRule)),
    answered_by: Type.Array(Type.Object({ user_id: Type.String({ format: 'uuid' }), name: Type.String() }), {
      description: 'Whose configuration names this number; an agent sees only their own',
    }),
    read_at: DateTime,
    gone_at: Nullable(DateTime),
  },
  { $id: 'NumberSettings' },
);
export type NumberSettings = Static<typeof NumberSettings>;

/** All numbers of the organization; there is one page. */
export const NumberSettingsPage = Type.Object(
  { data: Type.Array(NumberSettings), next_cursor: Nullable(Type.String()) },
  { $id: 'NumberSettingsPage' },
);
export type NumberSettingsPage = Static<typeof NumberSettingsPage>;

/** `PUT /api/v1/phone-numbers/:id/answering-user`: who answers on it from now on; null for nobody. */
export const AnsweringUserBody = Type.Object(
  { user_id: Nullable(Type.String({ format: 'uuid' })) },
  { additionalProperties: false },
);
export type AnsweringUserBody = Static<typeof AnsweringUserBody>;

/** The number that a user answers on. The key is never shown. */
export const WhatsappConfiguration = Type.Object(
  {
    user_id: Type.String({ format: 'uuid' }),
    whatsapp_number: Type.String(),
    webhook_url: Type.String(),
    has_api_key: Type.Boolean(),
    business_account_id: Nullable(Type.String()),
    phone_number_id: Nullable(Type.String()),
    is_active: Type.Boolean(),
    created_at: DateTime,
    updated_at: DateTime,
  },
  { $id: 'WhatsappConfiguration' },
);
export type WhatsappConfiguration = Static<typeof WhatsappConfiguration>;

/** `PUT /api/v1/whatsapp-configuration`: what is left out stays as it is; the first time `whatsapp_number` is needed. */
export const WhatsappConfigurationBody = Type.Object(
  {
    whatsapp_number: Type.Optional(Type.String({ pattern: '^\\+?[0-9 ()-]{5,20}$', maxLength: 20 })),
    webhook_url: Type.Optional(Type.String({ format: 'uri', maxLength: 500, pattern: '^https?://' })),
    api_key: Type.Optional(Type.String({ minLength: 1, maxLength: 2000, pattern: '^\\S+$' })),
    business_account_id: Type.Optional(Type.String({ pattern: '^[0-9]{1,32}$' })),
    phone_number_id: Type.Optional(Type.String({ pattern: '^[0-9]{1,32}$' })),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type WhatsappConfigurationBody = Static<typeof WhatsappConfigurationBody>;
