/** What the outside sees of passwords, second factors and the links that confirm an address or set a password. No I/O. */
import { Type, type Static } from 'typebox';

/** Answered with `auth.code_required` when it is missing and the person has a second factor. */
export const Code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'The code of the authenticator app, or a recovery code',
});
export const CurrentPassword = Type.String({ minLength: 1, maxLength: 200 });
export const NewPassword = Type.String({
  minLength: 10,
  maxLength: 200,
  description: 'At least 10 characters, and not easily guessed',
});

/** What a one-time link does. */
export const LinkPurpose = Type.Enum(['verify_email', 'reset_password']);
export type LinkPurpose = Static<typeof LinkPurpose>;

/** The token of a link that came by mail; it stood in the address's fragment. */
const Token = Type.String({ minLength: 20, maxLength: 200 });

export const VerifyEmailBody = Type.Object({ token: Token }, { additionalProperties: false });

/** How the link that confirms one's own address goes its way: by mail, or shown because no mail is sent. */
export const VerificationAnswer = Type.Object(
  { sent: Type.Boolean(), link: Type.Union([Type.String(), Type.Null()]) },
  { $id: 'VerificationAnswer' },
);
export type VerificationAnswer = Static<typeof VerificationAnswer>;

export const ForgotPasswordBody = Type.Object(
  { email: Type.String({ minLength: 1, maxLength: 255 }) },
  { additionalProperties: false },
);

export const ResetPasswordBody = Type.Object(
  { token: Token, password: NewPassword },
  { additionalProperties: false },
);
export type ResetPasswordBody = Static<typeof ResetPasswordBody>;

export const ChangePasswordBody = Type.Object(
  { current_password: CurrentPassword, new_password: NewPassword, code: Type.Optional(Code) },
  { additionalProperties: false },
);
export type ChangePasswordBody = Static<typeof ChangePasswordBody>;

/** Proof that whoever sits there is the person who signed in. */
export const ProofBody = Type.Object(
  { password: CurrentPassword, code: Type.Optional(Code) },
  { additionalProperties: false },
);
export type ProofBody = Static<typeof ProofBody>;

export const TotpStatus = Type.Object(
  {
    enabled: Type.Boolean(),
    enabled_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    recovery_codes_left: Type.Integer(),
  },
  { $id: 'TotpStatus' },
);
export type TotpStatus = Static<typeof TotpStatus>;

/** What an authenticator app needs, as text and as the address in the QR code. Counts only when a code has confirmed it. */
export const TotpEnrolment = Type.Object(
  { secret: Type.String(), uri: Type.String() },
  { $id: 'TotpEnrolment' },
);
export type TotpEnrolment = Static<typeof TotpEnrolment>;

export const ConfirmTotpBody = Type.Object({ code: Code }, { additionalProperties: false });

/** Shown once. Each signs in one time in place of a code. */
export const RecoveryCodes = Type.Object(
  { recovery_codes: Type.Array(Type.String()) },
  { $id: 'RecoveryCodes' },
);
export type RecoveryCodes = Static<typeof RecoveryCodes>;

/** What an owner asks for when no mail is sent, to hand it over themselves. */
export const AccountLinkBody = Type.Object({ purpose: LinkPurpose }, { additionalProperties: false });

export const AccountLink = Type.Object(
  {
    link: Type.String(),
    expires_at: Type.String({ format: 'date-time' }),
    name: Type.String(),
    email: Type.String(),
  },
  { $id: 'AccountLink' },
);
export type AccountLink = Static<typeof AccountLink>;
