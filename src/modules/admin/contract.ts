/** What admins of the install see: counts, names, configurations without secrets; never a message. No I/O. */
import { Type, type Static } from 'typebox';
import { Limit } from '../../platform/contract-paging.ts';

const Text = Type.Union([Type.String(), Type.Null()]);
const Moment = Type.Union([Type.String({ format: 'date-time' }), Type.Null()]);
const Count = Type.Integer({ minimum: 0 });

/** One business that uses the install. */
export const InstallOrganization = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    created_at: Type.String({ format: 'date-time' }),
    people: Count,
    disabled_people: Count,
    numbers: Count,
    last_active_at: Moment,
    has_configuration: Type.Boolean(),
  },
  { $id: 'InstallOrganization' },
);
export type InstallOrganization = Static<typeof InstallOrganization>;

/** A page of organizations, newest first. */
export const OrganizationPage = Type.Object({ data: Type.Array(InstallOrganization), next_cursor: Text });
export type OrganizationPage = Static<typeof OrganizationPage>;

/** Which page of organizations. */
export const OrganizationsQuery = Type.Object(
  { limit: Limit, cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })) },
  { additionalProperties: false },
);
export type OrganizationsQuery = Static<typeof OrganizationsQuery>;

/** A configuration with its secrets as bullets: that they are there, and nothing of them. */
export const InstallConfig = Type.Object(
  {
    id: Type.Integer(),
    tenant_id: Type.String(),
    organization_name: Type.String(),
    waba_id: Text,
    phone_number_id: Text,
    fb_app_id: Text,
    callback_url: Text,
    redirect_url: Text,
    access_token: Text,
    fb_app_secret: Text,
    verify_token: Text,
    token_expires_at: Moment,
    is_active: Type.Boolean(),
    onboarding_completed: Type.Boolean(),
    last_verified_at: Moment,
    created_at: Type.String({ format: 'date-time' }),
    updated_at: Type.String({ format: 'date-time' }),
    deleted_at: Moment,
    restorable_until: Moment,
  },
  { $id: 'InstallConfig' },
);
export type InstallConfig = Static<typeof InstallConfig>;

/** A page of configurations, newest first. */
export const ConfigPage = Type.Object({ data: Type.Array(InstallConfig), next_cursor: Text });
export type ConfigPage = Static<typeof ConfigPage>;

/** `deleted=true` lists those that can be restored instead of those that live. */
export const ConfigsQuery = Type.Object(
  {
    limit: Limit,
    cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
    deleted: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type ConfigsQuery = Static<typeof ConfigsQuery>;

/** How many configurations there are, in which state. */
export const ConfigStats = Type.Object(
  {
    total: Count,
    active: Count,
    inactive: Count,
    deleted: Count,
    onboarded: Count,
    verified: Count,
    with_app: Type.Integer({ minimum: 0, description: 'With an app id and its secret' }),
    expiring: Type.Integer({ minimum: 0, description: 'Whose token ends within seven days or has ended' }),
  },
  { $id: 'ConfigStats' },
);
export type ConfigStats = Static<typeof ConfigStats>;

/** Typed by hand, so that nothing deletes everything by accident. */
export const DELETE_ALL_WORDS = 'delete all configurations';
/** Deleting every configuration wants these words. */
export const DeleteAllBody = Type.Object(
  { confirm: Type.Literal(DELETE_ALL_WORDS) },
  { additionalProperties: false },
);

/** How many were deleted, and until when they can be restored. */
export const DeletedCount = Type.Object({
  deleted: Count,
  restorable_until: Type.String({ format: 'date-time' }),
});
export type DeletedCount = Static<typeof DeletedCount>;

/** The configuration that is back, and whose it is. */
export const RestoredConfig = Type.Object({ id: Type.Integer(), tenant_id: Type.String() });
export type RestoredConfig = Static<typeof RestoredConfig>;

/** How much there is of everything, and what waits. */
export const InstallOverview = Type.Object(
  {
    organizations: Count,
    people: Count,
    numbers: Count,
    queue: Type.Object({
      deliveries: Type.Integer({ minimum: 0, description: 'Not yet split into items' }),
      items: Type.Integer({ minimum: 0, description: 'Not yet processed' }),
      quarantined: Type.Integer({ minimum: 0, description: 'In quarantine, with an error' }),
      outbox: Type.Integer({ minimum: 0, description: 'On their way to Meta' }),
      unknown: Type.Integer({ minimum: 0, description: 'Sent, and nobody knows whether Meta took them' }),
    }),
    configurations: ConfigStats,
  },
  { $id: 'InstallOverview' },
);
export type InstallOverview = Static<typeof InstallOverview>;

/** What is entered at Meta for the install's own app. */
export const InstallWebhook = Type.Object(
  { callback_url: Type.String(), verify_token: Type.String() },
  { $id: 'InstallWebhook' },
);
export type InstallWebhook = Static<typeof InstallWebhook>;
