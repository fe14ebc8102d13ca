/** People, invitations and keys over HTTP, as one signed-in person or key calls them. */
import type { ApiKeyPage, MadeApiKey, Me, SessionAnswer } from '../../src/modules/auth/contract.ts';
import type {
  InvitationPage,
  InvitationSent,
  OpenInvitation,
  PeoplePage,
  Person,
} from '../../src/modules/people/contract.ts';
import type { Problem } from '../../src/platform/http/problems.ts';
import { request } from './api.ts';

type Refusable<T> = T & Omit<Problem, keyof T>;

export function peopleCallsOf(url: string, token: string | null) {
  const call = <T>(method: string, path: string, body?: unknown) =>
    request<Refusable<T>>(`${url}/api/v1/${path}`, { method, token, body });
  return {
    call,
    me: () => call<Me>('GET', 'auth/me'),
    list: (query = '?limit=200') => call<PeoplePage>('GET', `users${query}`),
    change: (id: string, body: unknown) => call<Person>('PATCH', `users/${id}`, body),
    remove: (id: string, handOverTo?: string) =>
      call<object>('DELETE', `users/${id}${handOverTo ? `?hand_over_to=${handOverTo}` : ''}`),
    invite: (body: unknown) => call<InvitationSent>('POST', 'users/invite', body),
    invitations: () => call<InvitationPage>('GET', 'invitations'),
    resend: (id: string, body: unknown = {}) =>
      call<InvitationSent>('POST', `invitations/${id}/resend`, body),
    withdraw: (id: string) => call<object>('DELETE', `invitations/${id}`),
    read: (invitation: string) => call<OpenInvitation>('POST', 'invitations/read', { token: invitation }),
    accept: (body: unknown) => call<SessionAnswer>('POST', 'invitations/accept', body),
    keys: () => call<ApiKeyPage>('GET', 'api-keys'),
    makeKey: (body: unknown) => call<MadeApiKey>('POST', 'api-keys', body),
    revokeKey: (id: string) => call<object>('DELETE', `api-keys/${id}`),
  };
}

/** The token that stands in a link's fragment. */
export function tokenOf(link: string | null): string {
  return link === null ? '' : new URL(link).hash.slice(1);
}
