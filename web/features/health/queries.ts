/** What is known of the accounts' health, and how it is looked at and mended. */
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import type {
  AccountEvent,
  AccountEventPage,
  AccountHealth,
  AccountHealthPage,
  Finding,
  FixBody,
} from '../../../src/modules/waba/contract.ts';
import { request } from '../../lib/api.ts';
import { wabaQuery } from '../connect/queries.ts';

export type { AccountEvent, AccountHealth, Finding };

const firstPage = undefined as string | undefined;
/** The event `account.changed` has it fetched anew (inbox/live-inbox.ts). */
export const healthQuery = queryOptions({
  queryKey: ['health'] as const,
  queryFn: async ({ signal }) =>
    (await request<AccountHealthPage>('GET', '/api/v1/health/accounts', { signal })).data,
  refetchOnWindowFocus: true,
  staleTime: 5_000,
});

export const accountEventsQuery = infiniteQueryOptions({
  queryKey: ['account-events'] as const,
  queryFn: ({ pageParam, signal }) =>
    request<AccountEventPage>('GET', '/api/v1/health/events', {
      query: { cursor: pageParam, limit: 20 },
      signal,
    }),
  initialPageParam: firstPage,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

async function keep(client: QueryClient, work: Promise<AccountHealth>): Promise<void> {
  const fresh = await work;
  client.setQueryData(healthQuery.queryKey, (accounts) =>
    accounts?.map((account) => (account.waba_id === fresh.waba_id ? fresh : account)),
  );
  void client.invalidateQueries({ queryKey: accountEventsQuery.queryKey });
  void client.invalidateQueries({ queryKey: wabaQuery.queryKey });
}

const pathOf = (wabaId: string) => `/api/v1/health/accounts/${wabaId}`;

/** Has the server look at an account now. */
export function checkAccount(client: QueryClient, wabaId: string): Promise<void> {
  return keep(client, request<AccountHealth>('POST', `${pathOf(wabaId)}/check`));
}

/** Has the server mend one finding. */
export function fixFinding(client: QueryClient, wabaId: string, finding: Finding): Promise<void> {
  const body = {
    check: finding.check,
    ...(finding.phone_number_id === null ? {} : { phone_number_id: finding.phone_number_id }),
  } as FixBody;
  return keep(client, request<AccountHealth>('POST', `${pathOf(wabaId)}/fix`, { body }));
}
