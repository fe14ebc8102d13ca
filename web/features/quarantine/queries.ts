/** What is in quarantine: of one's organization, or for admins of the whole install. */
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import type {
  QuarantinedItem,
  QuarantinedItemDetail,
  QuarantinePage,
  Replayed,
} from '../../../src/modules/inbound/contract-quarantine.ts';
import { request } from '../../lib/api.ts';

export type { QuarantinedItem, QuarantinedItemDetail };

export type QuarantinePath = '/api/v1/quarantine' | '/api/v1/admin/quarantine';

export const quarantineQuery = (path: QuarantinePath) =>
  infiniteQueryOptions({
    queryKey: ['quarantine', path] as const,
    queryFn: ({ pageParam, signal }) =>
      request<QuarantinePage>('GET', path, {
        signal,
        query: pageParam === null ? {} : { cursor: pageParam },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

export const quarantinedItemQuery = (path: QuarantinePath, id: number) =>
  queryOptions({
    queryKey: ['quarantined-item', path, id] as const,
    queryFn: ({ signal }) => request<QuarantinedItemDetail>('GET', `${path}/${String(id)}`, { signal }),
  });

/** Tries one item anew, or all of them; how many. */
export async function replay(client: QueryClient, path: QuarantinePath, id: number | null): Promise<number> {
  const { replayed } =
    id === null
      ? await request<Replayed>('POST', `${path}/replay`, { body: {} })
      : await request<Replayed>('POST', `${path}/${String(id)}/replay`);
  await client.invalidateQueries({ queryKey: ['quarantine'] });
  await client.invalidateQueries({ queryKey: ['admin'] });
  return replayed;
}
