/** Keys of programs. */
import { queryOptions } from '@tanstack/react-query';
import type { ApiKey, ApiKeyPage, MadeApiKey, NewApiKey } from '../../../src/modules/auth/contract.ts';
import { request } from '../../lib/api.ts';
import { withRecentSignIn } from '../sign-in/confirm-identity.tsx';

export type { ApiKey, MadeApiKey };

export const apiKeysQuery = queryOptions({
  queryKey: ['api-keys'] as const,
  queryFn: async ({ signal }) => {
    const page = await request<ApiKeyPage>('GET', '/api/v1/api-keys', { query: { limit: 200 }, signal });
    return page.data;
  },
});

export function makeApiKey(body: NewApiKey): Promise<MadeApiKey> {
  return withRecentSignIn(() => request<MadeApiKey>('POST', '/api/v1/api-keys', { body }));
}

export function revokeApiKey(id: string): Promise<void> {
  return request('DELETE', `/api/v1/api-keys/${id}`);
}
