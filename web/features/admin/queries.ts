/** What admins of the install see and do. */
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import {
  DELETE_ALL_WORDS,
  type ConfigPage,
  type DeletedCount,
  type InstallConfig,
  type InstallOrganization,
  type InstallOverview,
  type InstallWebhook,
  type OrganizationPage,
} from '../../../src/modules/admin/contract.ts';
import { request } from '../../lib/api.ts';
import { withRecentSignIn } from '../sign-in/confirm-identity.tsx';

export { DELETE_ALL_WORDS };
export type { InstallConfig, InstallOrganization, InstallOverview, InstallWebhook };

const CONFIGS = '/api/v1/tenant/admin/configs';

export const overviewQuery = queryOptions({
  queryKey: ['admin', 'overview'] as const,
  queryFn: ({ signal }) => request<InstallOverview>('GET', '/api/v1/admin/overview', { signal }),
});

export const organizationsQuery = infiniteQueryOptions({
  queryKey: ['admin', 'organizations'] as const,
  queryFn: ({ pageParam, signal }) =>
    request<OrganizationPage>('GET', '/api/v1/admin/organizations', {
      signal,
      query: pageParam === null ? {} : { cursor: pageParam },
    }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

export const configsQuery = (deleted: boolean) =>
  infiniteQueryOptions({
    queryKey: ['admin', 'configurations', deleted] as const,
    queryFn: ({ pageParam, signal }) =>
      request<ConfigPage>('GET', `${CONFIGS}/all`, {
        signal,
        query: { deleted, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

async function refresh(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: ['admin'] });
}

export async function deleteConfigOf(client: QueryClient, tenantId: string): Promise<void> {
  await withRecentSignIn(() =>
    request<DeletedCount>('DELETE', `${CONFIGS}/delete-tenant/${encodeURIComponent(tenantId)}`),
  );
  await refresh(client);
}

export async function deleteAllConfigs(client: QueryClient): Promise<DeletedCount> {
  const body = { confirm: DELETE_ALL_WORDS };
  const result = await withRecentSignIn(() =>
    request<DeletedCount>('DELETE', `${CONFIGS}/delete-all`, { body }),
  );
  await refresh(client);
  return result;
}

export async function restoreConfigOf(client: QueryClient, id: number): Promise<void> {
  await request('POST', `${CONFIGS}/restore/${String(id)}`);
  await refresh(client);
}

/** Asks for the password first, when it was entered too long ago. */
export function revealWebhook(): Promise<InstallWebhook> {
  return withRecentSignIn(() => request<InstallWebhook>('POST', '/api/v1/admin/webhook/reveal'));
}
