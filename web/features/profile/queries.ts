/** One's own name and part in numbers that several share. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type { Me } from '../../../src/modules/auth/contract.ts';
import type { OptIn, OptInBody } from '../../../src/modules/rentals/contract.ts';
import { request } from '../../lib/api.ts';
import { meQuery } from '../sign-in/queries.ts';

export type { OptIn };

export const optInQuery = queryOptions({
  queryKey: ['opt-in'] as const,
  queryFn: ({ signal }) => request<OptIn>('GET', '/api/v1/whatsapp/opt-in', { signal }),
});

export async function changeOptIn(client: QueryClient, body: OptInBody): Promise<OptIn> {
  const answer = await request<OptIn>('PUT', '/api/v1/whatsapp/opt-in', { body });
  client.setQueryData(optInQuery.queryKey, answer);
  return answer;
}

export async function rename(client: QueryClient, name: string): Promise<void> {
  const me = await request<Me>('PATCH', '/api/v1/auth/me', { body: { name } });
  client.setQueryData(meQuery.queryKey, me);
  await client.invalidateQueries({ queryKey: ['people'] });
}
