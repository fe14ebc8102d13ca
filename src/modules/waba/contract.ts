/** What the outside sees of WhatsApp accounts and numbers: schemas and error codes. No I/O. */
import { Type, type Static } from 'typebox';

/** `dedicated`: one user answers on it. `central`: shared by many, the sender decides who answers. */
export const NumberMode = Type.Union([Type.Literal('dedicated'), Type.Literal('central')]);
export type NumberMode = Static<typeof NumberMode>;

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

/** `POST /api/waba/connect`. The token must be able to read the account's numbers; ids are Meta's digits. */
export const ConnectBody = Type.Object(
  {
    access_token: Type.String({ minLength: 10, maxLength: 2000, pattern: '^\\S+$' }),
    waba_id: Type.String({
      pattern: '^[0-9]{1,32}$',
      description: "Meta's id of the WhatsApp Business Account",
    }),
  },
  { additionalProperties: false },
);
export type ConnectBody = Static<typeof ConnectBody>;

/** `PATCH /api/v1/phone-numbers/:id`, for owners. */
export const NumberPatch = Type.Object({ mode: NumberMode }, { additionalProperties: false });
export type NumberPatch = Static<typeof NumberPatch>;
