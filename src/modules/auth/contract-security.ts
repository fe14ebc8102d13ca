/** What the outside sees of passwords, second factors and the links that confirm an address or set a password. No I/O. */
import { Type, type Static } from 'typebox';

/** Answered with `auth.code_required` when it is missing and the person has a second factor. */
export const Code = Type.String({
  minLength: 1,
  maxLength: 40,
  description: 'The code of the authenticator app, or a recovery code',
});
/** A password as it is, to be compared: rules for new ones do not hold for it. */
export const CurrentPassword = Type.String({ minLength: 1, maxLength: 200 });
/** A password that is to be; how easily it is guessed is decided in rules. */
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

/** `POST …/verify-email`: confirms the address to which the link went. */
export const VerifyEmailBody = Type.Object({ token: Token }, { additionalProperties: false });

/** How the link that confirms one's own address goes its way: by mail, or shown because no mail is sent. */
export const VerificationAnswer = Type.Object(
  { sent: Type.Boolean(), link: Type.Union([Type.String(), Type.Null()]) },
  { $id: 'VerificationAnswer' },
);
export type VerificationAnswer = Static<typeof VerificationAnswer>;

/** `POST …/forgot-password`. The answer is the same whether the address is known or not. */
export const ForgotPasswordBody = Type.Object(
  { email: Type.String({ minLength: 1, maxLength: 255 }) },
  { additionalProperties: false },
);

/** `POST …/reset-password`: a new password by the link of the mail. */
export const ResetPasswordBody = Type.Object(
  { token: Token, password: NewPassword },
  { additionalProperties: false },
);
export type ResetPasswordBody = Static<typeof ResetPasswordBody>;

/** `POST …/change-password`: a new password by the current one, and by a code where there is a second factor. */
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

/** Whether the person has a second factor, since when, and how many recovery codes are unused. */
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

/** The first code, which turns the second factor on. */
export const ConfirmTotpBody = Type.Object({ code: Code }, { additionalProperties: false });

/** Shown once. Each signs in one time in place of a code. */
export const RecoveryCodes = Type.Object(
  { recovery_codes: Type.Array(Type.String()) },
  { $id: 'RecoveryCodes' },
);
export type RecoveryCodes = Static<typeof RecoveryCodes>;

/** What an owner asks for when no mail is sent, to hand it over themselves. */
export const AccountLinkBody = Type.Object({ purpose: LinkPurpose }, { additionalProperties: false });

/** A link to be handed over, whose it is, and how long it is good. Shown once. */
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
