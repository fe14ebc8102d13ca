/**
 * What the outside sees of people and sessions: schemas, permissions and error codes. No I/O.
 * Tokens are answered in JSON for programs and set as `__Host-` cookies for browsers; a browser ignores the JSON ones.
 */
import { Type, type Static } from 'typebox';
import { PermissionName } from './contract-permissions.ts';
import { Code, CurrentPassword, NewPassword } from './contract-security.ts';
import { Name } from '../../platform/contract-name.ts';

export * from './contract-api-keys.ts';
export * from './contract-password.ts';
export * from './contract-permissions.ts';
export * from './contract-security.ts';

/** `admin` runs the whole install, `agent` works for one organization. */
export const Role = Type.Union([Type.Literal('admin'), Type.Literal('agent')]);
export type Role = Static<typeof Role>;

/** A person who signs in. `is_owner` lets them manage their organization. */
export const User = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    name: Type.String(),
    email: Type.String(),
    role: Role,
    is_owner: Type.Boolean(),
    verified: Type.Boolean(),
    organization_id: Type.String(),
    agent: Type.Union([
      Type.Object(
        { id: Type.Integer(), prefix: Type.String() },
        { description: 'The walled CRM of this user' },
      ),
      Type.Null(),
    ]),
    created_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'User' },
);
export type User = Static<typeof User>;

/** One business that uses the install. */
export const Organization = Type.Object({ id: Type.String(), name: Type.String() }, { $id: 'Organization' });
export type Organization = Static<typeof Organization>;

/** Who is signed in. `permissions` tells screens and programs what to offer; every route decides for itself. */
export const Me = Type.Object(
  { user: User, organization: Organization, permissions: Type.Array(PermissionName) },
  { $id: 'Me' },
);
export type Me = Static<typeof Me>;

/** The answer to registering, signing in and refreshing. `expires_in` is the access token's life in seconds. */
export const SessionAnswer = Type.Object(
  {
    user: User,
    organization: Organization,
    permissions: Type.Array(PermissionName),
    access_token: Type.String(),
    refresh_token: Type.String(),
    expires_in: Type.Integer(),
  },
  { $id: 'SessionAnswer' },
);
export type SessionAnswer = Static<typeof SessionAnswer>;

/** The session goes on with its refresh token; for five minutes it may do what asks for a recent sign-in. */
export const ReauthenticateAnswer = Type.Object(
  { ...Me.properties, access_token: Type.String(), expires_in: Type.Integer() },
  { $id: 'ReauthenticateAnswer' },
);
export type ReauthenticateAnswer = Static<typeof ReauthenticateAnswer>;

const Email = Type.String({ format: 'email', maxLength: 255 });

/** `POST …/register`: a new organization with its owner. */
export const RegisterBody = Type.Object(
  { name: Name, email: Email, password: NewPassword, organization_name: Name },
  { additionalProperties: false },
);
export type RegisterBody = Static<typeof RegisterBody>;

/** `POST …/login`. The email is compared, not checked: what is no address is refused as a wrong one is. */
export const LoginBody = Type.Object(
  {
    email: Type.String({ minLength: 1, maxLength: 255 }),
    password: CurrentPassword,
    code: Type.Optional(Code),
  },
  { additionalProperties: false },
);
export type LoginBody = Static<typeof LoginBody>;

/** A browser sends no body: its refresh token is in a cookie. */
export const RefreshBody = Type.Object(
  { refresh_token: Type.Optional(Type.String({ minLength: 20, maxLength: 200 })) },
  { additionalProperties: false },
);
export type RefreshBody = Static<typeof RefreshBody>;

/** What people change about themselves. */
export const ProfilePatch = Type.Object({ name: Name }, { additionalProperties: false });
export type ProfilePatch = Static<typeof ProfilePatch>;

/** The token of a one-time sign-in link. It travels in the URL's fragment, so that no log ever sees it. */
export const SignInLinkBody = Type.Object(
  { token: Type.String({ minLength: 20, maxLength: 200 }), code: Type.Optional(Code) },
  { additionalProperties: false },
);
export type SignInLinkBody = Static<typeof SignInLinkBody>;

/** One signed-in browser or program. */
export const Session = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    current: Type.Boolean(),
    user_agent: Type.Union([Type.String(), Type.Null()]),
    created_at: Type.String({ format: 'date-time' }),
    last_used_at: Type.String({ format: 'date-time' }),
  },
  { $id: 'Session' },
);
export type Session = Static<typeof Session>;

/** Who makes a request: one user of one organization, in a session or by a key of theirs; one of the two ids is null. */
export type Actor = {
  userId: string;
  organizationId: string;
  sessionId: string | null;
  apiKeyId: string | null;
  /** What the key is limited to; null for a session, which may do all that its person may. */
  scopes: readonly string[] | null;
  /** When this person last proved who they are in this session; null when nobody knows. Refreshing proves nothing. */
  authenticatedAt: Date | null;
  role: Role;
  isOwner: boolean;
  /** The walled CRM of this user and where its rows live; null for a user without one. */
  agent: { id: number; prefix: string; home: number } | null;
};

/** What a browser needs to know before anybody has signed in. */
export const Setup = Type.Object(
  {
    has_users: Type.Boolean({
      description: 'False on a fresh install: the next to register becomes the admin',
    }),
    simulator: Type.Boolean(),
    brand_name: Type.String(),
    simulator_phone_url: Type.Union([Type.String(), Type.Null()]),
    registration: Type.Enum(['open', 'closed'], {
      description: 'closed: only by invitation, once somebody has registered',
    }),
    mail: Type.Boolean({ description: 'False: links are handed over by an owner instead of mailed' }),
  },
  { $id: 'Setup' },
);
export type Setup = Static<typeof Setup>;
