/** What the screens of triage ask the server. Events say when to ask again. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  TriageAssigned,
  TriageChanged,
  TriageItem,
  TriageMessagePage,
  TriagePage,
  TriageState,
} from '../../../src/modules/conversations/contract-triage.ts';
import type { BlockedSender } from '../../../src/modules/conversations/contract-blocked.ts';
import type { Explanation, Route } from '../../../src/modules/routing/contract.ts';
import { request } from '../../lib/api.ts';

export type { Explanation, Route, TriageItem, TriageState };
export type Block = BlockedSender['blocked'];

const path = '/api/v1/triage';
const pageSize = 40;

export const triageQuery = (state: TriageState) =>
  infiniteQueryOptions({
    queryKey: ['triage', state] as const,
    queryFn: ({ pageParam, signal }) =>
      request<TriagePage>('GET', path, { query: { state, cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 30_000,
  });

/** All that one sender wrote, newest first. */
export const triageMessagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['triage', 'messages', id] as const,
    queryFn: ({ pageParam, signal }) =>
      request<TriageMessagePage>('GET', `${path}/${id}/messages`, {
        query: { cursor: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    staleTime: 30_000,
  });

/** How many wait. */
export const waitingCountQuery = queryOptions({
  queryKey: ['triage', 'count'] as const,
  queryFn: async ({ signal }) =>
    (await request<TriagePage>('GET', path, { query: { limit: 1 }, signal })).waiting_count,
  staleTime: 30_000,
});

/** Everything that one sender wrote moves, on every number. */
export function assign(id: string, userId: string): Promise<TriageAssigned> {
  return request('POST', `${path}/${id}/assign`, { body: { user_id: userId } });
}

/** A reason is for a block only. */
export function setTriageState(ids: string[], state: TriageState, reason?: string): Promise<TriageChanged> {
  return request('POST', `${path}/state`, { body: { ids, state, ...(reason && { reason }) } });
}

/** Why a message is where it is. */
export const routeQuery = (messageId: number) =>
  queryOptions({
    queryKey: ['route', messageId] as const,
    queryFn: ({ signal }) => request<Route>('GET', `/api/v1/messages/${messageId}/route`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

export function explain(phoneNumberId: string, from: string): Promise<Explanation> {
  const sender = from.startsWith('@') ? { username: from.slice(1) } : from.replaceAll(/[\s()-]/g, '');
  return request('POST', '/api/v1/routing/explain', {
    body: { phone_number_id: phoneNumberId, from: sender },
  });
}
