/** Who is signed in, what the install offers, and the ways in and out. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type {
  LoginBody,
  Me,
  ProofBody,
  RegisterBody,
  ResetPasswordBody,
  Session,
  SessionAnswer,
  SignInLinkBody,
  VerificationAnswer,
} from '../../../src/modules/auth/contract.ts';
import type { AcceptInvitationBody } from '../../../src/modules/people/contract.ts';
import { request } from '../../lib/api.ts';
import { removeDrafts } from '../../lib/drafts.ts';
import { announceSignedOut } from '../../lib/session.ts';

export type { Me, Session };

/** `GET /api/v1/setup`: what anybody may know before signing in. */
export type Setup = {
  has_users: boolean;
  simulator: boolean;
  brand_name: string;
  simulator_phone_url: string | null;
  registration: 'open' | 'closed';
  mail: boolean;
};

export const setupQuery = queryOptions({
  queryKey: ['setup'] as const,
  queryFn: ({ signal }) => request<Setup>('GET', '/api/v1/setup', { signal }),
  staleTime: 5 * 60_000,
});

export const meQuery = queryOptions({
  queryKey: ['me'] as const,
  queryFn: ({ signal }) => request<Me>('GET', '/api/v1/auth/me', { signal }),
  staleTime: 5 * 60_000,
  retry: false,
});

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'] as const,
  queryFn: async ({ signal }) => {
    const answer = await request<Session[] | { data: Session[] }>('GET', '/api/v1/auth/sessions', { signal });
    return Array.isArray(answer) ? answer : answer.data;
  },
});

export function revokeSession(id: string): Promise<void> {
  return request('DELETE', `/api/v1/auth/sessions/${id}`);
}

/** The ways in. Each sets the cookies; what was known of another user is forgotten first. */
export const signIn = {
  withPassword: (client: QueryClient, body: LoginBody) => enter(client, '/api/v1/auth/login', body),
  withLink: (client: QueryClient, body: SignInLinkBody) => enter(client, '/api/v1/auth/sign-in-link', body),
  byRegistering: (client: QueryClient, body: RegisterBody) => enter(client, '/api/v1/auth/register', body),
  byInvitation: (client: QueryClient, body: AcceptInvitationBody) =>
    enter(client, '/api/v1/invitations/accept', body),
};

async function enter(client: QueryClient, path: string, body: unknown): Promise<Me> {
  const answer = await request<SessionAnswer>('POST', path, { body });
  const { user, organization, permissions } = answer;
  const me: Me = { user, organization, permissions };
  client.clear();
  client.setQueryData(meQuery.queryKey, me);
  return me;
}

/** Ends the session here and in all tabs; drafts go with it. */
export async function signOut(userId: string): Promise<void> {
  await request('POST', '/api/v1/auth/logout');
  removeDrafts(window.localStorage, userId);
  announceSignedOut();
}

/** Proves again who is signed in: for five minutes this session may do what asks for that. */
export function reauthenticate(body: ProofBody): Promise<unknown> {
  return request('POST', '/api/v1/auth/reauthenticate', { body });
}

/** Sends a link to whoever has this email; the answer is the same when nobody does. */
export function forgotPassword(email: string): Promise<unknown> {
  return request('POST', '/api/v1/auth/forgot-password', { body: { email } });
}

export function resetPassword(body: ResetPasswordBody): Promise<void> {
  return request('POST', '/api/v1/auth/reset-password', { body });
}

export function verifyEmail(token: string): Promise<void> {
  return request('POST', '/api/v1/auth/verify-email', { body: { token } });
}

export function requestVerification(): Promise<VerificationAnswer> {
  return request('POST', '/api/v1/auth/verify-email/resend');
}
