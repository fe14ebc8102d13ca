/** What the outside sees of the people of an organization and of who was invited. No I/O. */
import { Type, type Static } from 'typebox';
import { Role } from '../auth/contract.ts';
import { Limit } from '../../platform/contract-paging.ts';
import { Name } from '../../platform/contract-name.ts';

const Moment = Type.String({ format: 'date-time' });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()], { description: 'Null for whoever may not manage people' });
const Email = Type.String({ format: 'email', maxLength: 255 });

/** A colleague. Who may not manage people sees the names of those who work here. */
export const Person = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    is_owner: Type.Boolean(),
    disabled: Type.Boolean(),
    email: Nullable(Type.String()),
    role: Nullable(Role),
    verified: Nullable(Type.Boolean()),
    second_factor: Nullable(Type.Boolean()),
    last_active_at: Nullable(Moment),
    created_at: Moment,
  },
  { $id: 'Person' },
);
export type Person = Static<typeof Person>;

/** A page of people, by name. */
export const PeoplePage = Type.Object({
  data: Type.Array(Person),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});
export type PeoplePage = Static<typeof PeoplePage>;

/** Which page; `cursor` is the id of the last one of the page before. */
export const PageQuery = Type.Object(
  {
    limit: Limit,
    cursor: Type.Optional(Type.String({ format: 'uuid' })),
  },
  { additionalProperties: false },
);
export type PageQuery = Static<typeof PageQuery>;

/** What is left out stays as it is. Roles are given by admins, everything else by owners. */
export const PersonPatch = Type.Object(
  {
    name: Type.Optional(Name),
    is_owner: Type.Optional(Type.Boolean()),
    role: Type.Optional(Role),
    disabled: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type PersonPatch = Static<typeof PersonPatch>;

/** Who takes over the customers, conversations, orders and renters of somebody who is deleted. */
export const RemovalQuery = Type.Object(
  { hand_over_to: Type.Optional(Type.String({ format: 'uuid' })) },
  { additionalProperties: false },
);

/** Somebody who was asked to join and has not answered. */
export const Invitation = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    email: Type.String(),
    name: Type.String(),
    is_owner: Type.Boolean(),
    by_mail: Type.Boolean({ description: 'The link goes to the address; otherwise an owner hands it over' }),
    mailed: Type.Boolean({ description: 'Whether the mail server has taken the letter' }),
    expired: Type.Boolean(),
    created_at: Moment,
    expires_at: Moment,
  },
  { $id: 'Invitation' },
);
export type Invitation = Static<typeof Invitation>;

/** A page of invitations, newest first. */
export const InvitationPage = Type.Object({
  data: Type.Array(Invitation),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});
export type InvitationPage = Static<typeof InvitationPage>;

/** How the link reaches the person. Left out: by mail where this install sends mail. */
const Delivery = Type.Optional(Type.Enum(['mail', 'link']));

/** Whom an owner asks to join. */
export const InviteBody = Type.Object(
  { email: Email, name: Name, is_owner: Type.Optional(Type.Boolean()), delivery: Delivery },
  { additionalProperties: false },
);
export type InviteBody = Static<typeof InviteBody>;

/** Asks anew: the link before stops working. */
export const ResendBody = Type.Object({ delivery: Delivery }, { additionalProperties: false });
export type ResendBody = Static<typeof ResendBody>;

/** `link` is null when it goes by mail; otherwise this is the only time that it is shown. */
export const InvitationSent = Type.Object(
  { invitation: Invitation, link: Type.Union([Type.String(), Type.Null()]) },
  { $id: 'InvitationSent' },
);
export type InvitationSent = Static<typeof InvitationSent>;

/** The token of an invitation's link. It stood in the address's fragment, so that no log ever saw it. */
const Token = Type.String({ minLength: 20, maxLength: 200 });

/** The link, before anybody decides. */
export const ReadInvitationBody = Type.Object({ token: Token }, { additionalProperties: false });

/** What the invited person reads before they accept. */
export const OpenInvitation = Type.Object(
  {
    organization_name: Type.String(),
    inviter_name: Type.Union([Type.String(), Type.Null()]),
    email: Type.String(),
    name: Type.String(),
    expires_at: Moment,
  },
  { $id: 'OpenInvitation' },
);
export type OpenInvitation = Static<typeof OpenInvitation>;

/** The link with what makes an account of it. */
export const AcceptInvitationBody = Type.Object(
  { token: Token, name: Name, password: Type.String({ minLength: 10, maxLength: 200 }) },
  { additionalProperties: false },
);
export type AcceptInvitationBody = Static<typeof AcceptInvitationBody>;
