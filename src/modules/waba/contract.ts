/** What the outside sees of WhatsApp accounts and numbers: schemas and error codes. No I/O. */
import { Type, type Static } from 'typebox';
import { NumberMode } from './contract-numbers.ts';
import { Nullable } from '../../platform/contract-nullable.ts';

export * from './contract-health.ts';
export * from './contract-numbers.ts';

/** A number as Meta told of it last. */
export const PhoneNumber = Type.Object(
  {
    phone_number_id: Type.String(),
    display_phone_number: Type.String(),
    verified_name: Type.Union([Type.String(), Type.Null()]),
    quality_rating: Type.Union([Type.String(), Type.Null()]),
    status: Type.String({ description: 'As Meta names it, e.g. CONNECTED; UNKNOWN before the first answer' }),
    mode: NumberMode,
  },
  { $id: 'PhoneNumber' },
);
export type PhoneNumber = Static<typeof PhoneNumber>;

/** An account that a person may use, with its numbers. Its token is never shown. */
export const WabaAccount = Type.Object(
  {
    waba_id: Type.String(),
    name: Type.Union([Type.String(), Type.Null()]),
    owner_business_id: Type.Union([Type.String(), Type.Null()]),
    connected: Type.Boolean(),
    token_expires_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    phone_numbers: Type.Array(PhoneNumber),
  },
  { $id: 'WabaAccount' },
);
export type WabaAccount = Static<typeof WabaAccount>;

/** `GET /api/waba/status`: the accounts that the signed-in user may use. */
export const WabaStatus = Type.Object(
  { connected: Type.Boolean(), accounts: Type.Array(WabaAccount) },
  { $id: 'WabaStatus' },
);
export type WabaStatus = Static<typeof WabaStatus>;

const WabaId = Type.String({
  pattern: '^[0-9]{1,32}$',
  description: "Meta's id of the WhatsApp Business Account",
});
const PhoneNumberId = Type.String({ pattern: '^[0-9]{1,32}$', description: "Meta's id of the number" });
const AccessToken = Type.String({ minLength: 10, maxLength: 2000, pattern: '^\\S+$' });
/** What the dialog gives back: worth a token once, within 30 seconds. */
const Code = Type.String({ minLength: 1, maxLength: 2000, pattern: '^\\S+$' });

/** `POST /api/waba/connect`: a token, or a code of the JavaScript SDK. Ids are claims that are checked against Meta. */
export const ConnectBody = Type.Object(
  {
    access_token: Type.Optional(AccessToken),
    code: Type.Optional(Code),
    waba_id: WabaId,
  },
  { additionalProperties: false },
);
export type ConnectBody = Static<typeof ConnectBody>;

/** `POST /api/v1/tenant/onboard/whatsapp-client`: the code of a dialog that the caller opened, with its exact `redirect_uri`. */
export const OnboardBody = Type.Object(
  {
    code: Code,
    waba_id: WabaId,
    phone_number_id: PhoneNumberId,
    redirect_uri: Type.String({ format: 'uri', maxLength: 500, pattern: '^https?://' }),
  },
  { additionalProperties: false },
);
export type OnboardBody = Static<typeof OnboardBody>;

/** The onboarding is done; the token is stored and never shown. */
export const Onboarded = Type.Object(
  {
    waba_id: Type.String(),
    phone_number_id: Type.String(),
    onboarding_completed: Type.Boolean(),
    token_expires_at: Nullable(Type.String({ format: 'date-time' })),
    account: WabaAccount,
  },
  { $id: 'Onboarded' },
);
export type Onboarded = Static<typeof Onboarded>;

/** The steps of connecting, in their order. */
export const connectionSteps = [
  'consent',
  'exchange',
  'inspect',
  'extend',
  'account',
  'subscribe',
  'callback',
  'register',
  'sync',
  'finish',
] as const;
/** One of those steps. */
export type ConnectionStep = (typeof connectionSteps)[number];

/** How it was begun: by a dialog of Meta’s, with a token, or with a code. */
export const ConnectionKind = Type.Union([
  Type.Literal('oauth'),
  Type.Literal('embedded_signup'),
  Type.Literal('token'),
  Type.Literal('code'),
]);
export type ConnectionKind = Static<typeof ConnectionKind>;

/** `choosing`: the consent covers several accounts. `failed`: see `error.can_continue`. */
export const ConnectionStatus = Type.Union([
  Type.Literal('consent'),
  Type.Literal('running'),
  Type.Literal('choosing'),
  Type.Literal('failed'),
  Type.Literal('done'),
  Type.Literal('cancelled'),
]);
export type ConnectionStatus = Static<typeof ConnectionStatus>;

/** What became of registering a number. `needs_attention` says in `message` what to do; the account works without it. */
export const RegistrationOutcome = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('registered'),
  Type.Literal('already_registered'),
  Type.Literal('whatsapp_business_app'),
  Type.Literal('needs_attention'),
]);
export type RegistrationOutcome = Static<typeof RegistrationOutcome>;

/** Contacts and chats of a number that also lives in the WhatsApp Business app. `requested`: Meta sends them, in minutes to hours. */
const AppDataState = Type.Union(
  [Type.Literal('waiting'), Type.Literal('requested'), Type.Literal('needs_attention')],
  { description: 'Null for a number that is not in the WhatsApp Business app' },
);

/** One attempt to connect an account: where it stands, and what stopped it. */
export const Connection = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    kind: ConnectionKind,
    status: ConnectionStatus,
    step: Type.Enum(connectionSteps),
    busy: Type.Boolean({ description: 'A step is under way in another request; ask again in a moment' }),
    waba_id: Nullable(Type.String()),
    name: Nullable(Type.String()),
    choices: Type.Array(Type.Object({ waba_id: Type.String(), name: Nullable(Type.String()) })),
    numbers: Type.Array(
      Type.Object({
        phone_number_id: Type.String(),
        display_phone_number: Type.String(),
        outcome: RegistrationOutcome,
        sync: Nullable(AppDataState),
        code: Nullable(Type.String()),
        message: Nullable(Type.String()),
      }),
    ),
    error: Nullable(
      Type.Object({
        code: Type.String(),
        message: Type.String(),
        can_continue: Type.Boolean({ description: 'False: only beginning anew helps' }),
      }),
    ),
    created_at: Type.String({ format: 'date-time' }),
    expires_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'Connection' },
);
export type Connection = Static<typeof Connection>;

/** A page of attempts, newest first. */
export const ConnectionPage = Type.Object(
  { data: Type.Array(Connection), next_cursor: Nullable(Type.String()) },
  { $id: 'ConnectionPage' },
);
export type ConnectionPage = Static<typeof ConnectionPage>;

/** `POST /api/waba/oauth/start`: which dialog the person is sent to. */
export const StartConsentBody = Type.Object(
  {
    kind: Type.Optional(Type.Union([Type.Literal('oauth'), Type.Literal('embedded_signup')])),
  },
  { additionalProperties: false },
);
export type StartConsentBody = Static<typeof StartConsentBody>;

/** The way to the dialog. `sdk` is what Embedded Signup needs: Meta offers it through its JavaScript SDK. */
export const ConsentStart = Type.Object(
  {
    connection: Connection,
    state: Type.String({ description: 'Comes back with the code, once, within ten minutes' }),
    dialog_url: Type.String(),
    sdk: Nullable(
      Type.Object({
        url: Type.String(),
        app_id: Type.String(),
        config_id: Type.String(),
        graph_version: Type.String(),
        message_origins: Type.Array(Type.String()),
      }),
    ),
  },
  { $id: 'ConsentStart' },
);
export type ConsentStart = Static<typeof ConsentStart>;

/** What the dialog sent back: a code, or why there is none. The ids come from the browser and are only claims. */
export const ConsentAnswer = Type.Object(
  {
    state: Type.String({ minLength: 1, maxLength: 200 }),
    code: Type.Optional(Code),
    error: Type.Optional(Type.String({ maxLength: 200 })),
    waba_id: Type.Optional(WabaId),
    phone_number_id: Type.Optional(PhoneNumberId),
  },
  { additionalProperties: false },
);
export type ConsentAnswer = Static<typeof ConsentAnswer>;

/** `POST /api/waba/connections`: a token that the person has already. */
export const TokenConnectionBody = Type.Object(
  { access_token: AccessToken, waba_id: WabaId },
  { additionalProperties: false },
);
export type TokenConnectionBody = Static<typeof TokenConnectionBody>;

/** Which of the accounts that the consent covers. */
export const ChooseAccountBody = Type.Object({ waba_id: WabaId }, { additionalProperties: false });
export type ChooseAccountBody = Static<typeof ChooseAccountBody>;

/** Which ways of connecting this install offers to the organization. */
export const ConnectOptions = Type.Object(
  { oauth: Type.Boolean(), embedded_signup: Type.Boolean(), simulator: Type.Boolean() },
  { $id: 'ConnectOptions' },
);
export type ConnectOptions = Static<typeof ConnectOptions>;

/** `DELETE /api/waba/:waba_id`: one user's grant is gone; with the last one the numbers are free for others. */
export const Disconnected = Type.Object(
  {
    waba_id: Type.String(),
    grants_left: Type.Integer({ description: 'Grants that colleagues still hold' }),
    numbers_released: Type.Integer(),
    unsubscribed: Type.Boolean({ description: 'Meta no longer sends webhooks of the account to the app' }),
  },
  { $id: 'Disconnected' },
);
export type Disconnected = Static<typeof Disconnected>;

/** `POST …/register`. Without a PIN the stored one is used, or a random one is made and kept. */
export const RegisterNumberBody = Type.Object(
  { pin: Type.Optional(Type.String({ pattern: '^[0-9]{6}$', description: 'Six digits' })) },
  { additionalProperties: false },
);
export type RegisterNumberBody = Static<typeof RegisterNumberBody>;

/** `PUT …/pin`: the number's two-step PIN from now on. */
export const PinBody = Type.Object(
  { pin: Type.String({ pattern: '^[0-9]{6}$', description: 'Six digits' }) },
  { additionalProperties: false },
);

/** The two-step PIN of a number. `confirmed` is false while nobody knows whether Meta took it, and since Meta refused it. */
export const NumberPin = Type.Object(
  {
    pin: Type.String(),
    confirmed: Type.Boolean(),
    refused_at: Nullable(Type.String({ format: 'date-time' })),
    updated_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'NumberPin' },
);
export type NumberPin = Static<typeof NumberPin>;
