/** Colleagues and invitations. Lists are read whole: an organization has tens of people, not thousands. */
import { queryOptions } from '@tanstack/react-query';
import type { AccountLink } from '../../../src/modules/auth/contract.ts';
import type {
  Invitation,
  InvitationSent,
  InviteBody,
  Person,
  PersonPatch,
} from '../../../src/modules/people/contract.ts';
import { request } from '../../lib/api.ts';
import { withRecentSignIn } from '../sign-in/confirm-identity.tsx';

export type { Invitation, InvitationSent, Person };

type Page<T> = { data: T[]; next_cursor: string | null };

async function readAll<T>(path: string, signal: AbortSignal): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = { limit: '200', ...(cursor === null ? {} : { cursor }) };
    const page: Page<T> = await request<Page<T>>('GET', path, { query, signal });
    all.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all;
}

/** Somebody who accepts an invitation appears by themselves: nothing tells the screen, so it asks. */
const LOOK_AGAIN_MS = 10_000;

export const peopleQuery = queryOptions({
  queryKey: ['people'] as const,
  queryFn: ({ signal }) => readAll<Person>('/api/v1/users', signal),
  refetchInterval: LOOK_AGAIN_MS,
  refetchOnWindowFocus: true,
});

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'] as const,
  queryFn: ({ signal }) => readAll<Invitation>('/api/v1/invitations', signal),
  refetchInterval: LOOK_AGAIN_MS,
  refetchOnWindowFocus: true,
});

export function changePerson(id: string, body: PersonPatch): Promise<Person> {
  return withRecentSignIn(() => request<Person>('PATCH', `/api/v1/users/${id}`, { body }));
}

/** `takerId` gets what the person holds; null when they hold nothing. */
export function removePerson(id: string, takerId: string | null): Promise<void> {
  const query = takerId === null ? {} : { hand_over_to: takerId };
  return withRecentSignIn(() => request('DELETE', `/api/v1/users/${id}`, { query }));
}

export function invite(body: InviteBody): Promise<InvitationSent> {
  return withRecentSignIn(() => request<InvitationSent>('POST', '/api/v1/users/invite', { body }));
}

export function resend(id: string, delivery: 'mail' | 'link'): Promise<InvitationSent> {
  return request<InvitationSent>('POST', `/api/v1/invitations/${id}/resend`, { body: { delivery } });
}

export function withdraw(id: string): Promise<void> {
  return request('DELETE', `/api/v1/invitations/${id}`);
}

/** A link with which a colleague sets a new password; shown once. */
export function makePasswordLink(id: string): Promise<AccountLink> {
  const body = { purpose: 'reset_password' };
  return withRecentSignIn(() => request<AccountLink>('POST', `/api/v1/users/${id}/account-link`, { body }));
}

export function removeSecondFactor(id: string): Promise<void> {
  return withRecentSignIn(() => request('DELETE', `/api/v1/users/${id}/totp`));
}
