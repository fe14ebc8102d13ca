/** The organization's own Meta app. Secrets come masked; the plain ones are fetched when somebody asks for them and not kept. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type {
  ConfigBody,
  ConfigCheck,
  ConfigOverview,
  TenantConfig,
} from '../../../src/modules/credentials/contract.ts';
import { ifMatch, request, requestTagged } from '../../lib/api.ts';
import { withRecentSignIn } from '../sign-in/confirm-identity.tsx';

export type { ConfigBody, ConfigCheck, ConfigOverview, TenantConfig };

const PATH = '/api/v1/tenant/config';

export const overviewQuery = queryOptions({
  queryKey: ['credentials'] as const,
  queryFn: ({ signal }) => requestTagged<ConfigOverview>('GET', `${PATH}/overview`, { signal }),
});

/** Changes this version of the configuration, or creates it when there is none. Throws when somebody has saved another since. */
export async function saveConfig(client: QueryClient, body: ConfigBody, tag: string | null): Promise<void> {
  await request<TenantConfig>(tag === null ? 'POST' : 'PUT', PATH, { body, headers: ifMatch(tag) });
  await client.invalidateQueries(overviewQuery);
}

export async function switchConfig(client: QueryClient, isActive: boolean): Promise<void> {
  await request<TenantConfig>('POST', `${PATH}/${isActive ? 'activate' : 'deactivate'}`);
  await client.invalidateQueries(overviewQuery);
}

/** Asks for the password first, when it was entered too long ago. */
export async function deleteConfig(client: QueryClient): Promise<void> {
  await withRecentSignIn(() => request('DELETE', PATH));
  await client.invalidateQueries(overviewQuery);
}

export async function restoreConfig(client: QueryClient): Promise<void> {
  await request<TenantConfig>('POST', `${PATH}/restore`);
  await client.invalidateQueries(overviewQuery);
}

/** Asks for the password first, when it was entered too long ago. */
export function revealConfig(): Promise<TenantConfig> {
  return withRecentSignIn(() => request<TenantConfig>('GET', `${PATH}/full`));
}

export async function checkConfig(client: QueryClient): Promise<ConfigCheck> {
  const result = await request<ConfigCheck>('POST', `${PATH}/check`);
  await client.invalidateQueries(overviewQuery);
  return result;
}
