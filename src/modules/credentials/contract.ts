/** What the outside sees of an organization's own Meta app: schemas and error codes. No I/O. Secrets are masked everywhere but in FullConfig. */
import { Type, type Static } from 'typebox';
import { Nullable } from '../../platform/contract-nullable.ts';

const Text = Nullable(Type.String());
const Moment = Nullable(Type.String({ format: 'date-time' }));

/** Bullets, then at most the last four characters. Sent back unchanged it leaves the stored value as it is. */
export const MASK = '••••••••';

/** The registered name of the rule in rules.ts: https to a public host, or loopback. */
export const PUBLIC_URL_FORMAT = 'public-https-url';

/** An empty text takes the value away. */
const MetaId = (description: string) =>
  Type.Optional(
    Type.String({ pattern: '^[0-9]{0,64}$', description: `${description}. Digits; empty removes it` }),
  );
const Secret = (description: string, { least, most }: { least: number; most: number }) =>
  Type.Optional(
    Type.String({
      pattern: `^([!-~]{${String(least)},${String(most)}}|•{8}[!-~]{0,4})?$`,
      description: `${description}. Kept encrypted; empty removes it, the masked form leaves it as it is`,
    }),
  );
const WebAddress = (description: string) =>
  Type.Optional(
    Type.String({
      maxLength: 500,
      pattern: '^(https?://[!-~]+)?$',
      format: PUBLIC_URL_FORMAT,
      description: `${description}. https to a public host, or loopback; empty removes it`,
    }),
  );

const fields = {
  waba_id: MetaId('The WhatsApp Business Account'),
  phone_number_id: MetaId('The number'),
  access_token: Secret('A long-lived access token', { least: 10, most: 2000 }),
  fb_app_id: MetaId('The Meta app'),
  fb_app_secret: Secret('The secret of the Meta app', { least: 8, most: 255 }),
  fb_config_id: MetaId('The configuration of Embedded Signup in the app'),
  callback_url: WebAddress('Where Meta delivers'),
  redirect_url: WebAddress('Where the OAuth dialog sends the browser back to'),
  verify_token: Secret('What Meta says in its handshake with the own webhook address', {
    least: 8,
    most: 255,
  }),
  refresh_token: Secret('A refresh token', { least: 10, most: 2000 }),
  token_expires_at: Type.Optional(
    Type.Union([Type.String({ format: 'date-time' }), Type.Literal('')], {
      description: 'When the token ends; empty: never',
    }),
  ),
};

/** `POST` creates and `PUT` changes with the same fields; what is left out stays as it is, or empty. */
export const ConfigBody = Type.Object(fields, { additionalProperties: false });
export type ConfigBody = Static<typeof ConfigBody>;

const answered = {
  id: Type.Integer(),
  tenant_id: Type.String(),
  user_id: Text,
  waba_id: Text,
  phone_number_id: Text,
  access_token: Text,
  fb_app_id: Text,
  fb_app_secret: Text,
  fb_config_id: Text,
  callback_url: Text,
  redirect_url: Text,
  verify_token: Text,
  refresh_token: Text,
  token_expires_at: Moment,
  is_active: Type.Boolean(),
  onboarding_completed: Type.Boolean(),
  onboarded_at: Moment,
  last_verified_at: Moment,
  previous_app_secret_until: Nullable(
    Type.String({
      format: 'date-time',
      description: 'Until then deliveries signed with the secret before this one are taken',
    }),
  ),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
};

/** A configuration with its secrets masked. */
export const TenantConfig = Type.Object(answered, { $id: 'TenantConfig' });
export type TenantConfig = Static<typeof TenantConfig>;

/** The same with its secrets in plain text. */
export const FullTenantConfig = Type.Object(answered, { $id: 'FullTenantConfig' });

/** A deleted configuration that can still be restored. */
export const DeletedConfig = Type.Object(
  {
    id: Type.Integer(),
    deleted_at: Type.String({ format: 'date-time' }),
    restorable_until: Type.String({ format: 'date-time' }),
  },
  { $id: 'DeletedConfig' },
);
export type DeletedConfig = Static<typeof DeletedConfig>;

/** A value that is in use and where it comes from. The environment's are the operator's: they are named and not shown. */
export const ConfigValue = Type.Object({
  name: Type.String(),
  source: Nullable(
    Type.Union([Type.Literal('database'), Type.Literal('environment'), Type.Literal('simulator')]),
  ),
  value: Type.Union([Type.String(), Type.Null()], {
    description: 'Masked where it is secret; null where it is not the organization’s own',
  }),
});
export type ConfigValue = Static<typeof ConfigValue>;

/** Everything that the screen of credentials shows. */
export const ConfigOverview = Type.Object(
  {
    config: Nullable(TenantConfig),
    deleted: Nullable(DeletedConfig),
    values: Type.Array(ConfigValue),
    webhook_url: Type.String({
      description: 'The organization’s own webhook address, to be entered at Meta',
    }),
  },
  { $id: 'ConfigOverview' },
);
export type ConfigOverview = Static<typeof ConfigOverview>;

const CheckedPart = Type.Enum(['app', 'token', 'account', 'number']);

/** What Meta says about the credentials in use. `skipped`: there was nothing to ask with. */
export const ConfigCheck = Type.Object(
  {
    ok: Type.Boolean(),
    checked_at: Type.String({ format: 'date-time' }),
    findings: Type.Array(
      Type.Object({
        part: CheckedPart,
        result: Type.Enum(['ok', 'failed', 'skipped']),
        message: Type.String(),
      }),
    ),
  },
  { $id: 'ConfigCheck' },
);
export type ConfigCheck = Static<typeof ConfigCheck>;
/** What Meta says about one part. */
export type ConfigFinding = ConfigCheck['findings'][number];
