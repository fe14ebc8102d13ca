/** The organization's numbers and their settings. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type {
  NumberMode,
  NumberPatch,
  NumberSettings,
  NumberSettingsPage,
  RoutingRule,
} from '../../../src/modules/waba/contract.ts';
import type { PeoplePage } from '../../../src/modules/people/contract.ts';
import { request } from '../../lib/api.ts';
import { wabaQuery } from '../connect/queries.ts';
import { withRecentSignIn } from '../sign-in/confirm-identity.tsx';
import { healthQuery } from '../health/queries.ts';

export type { NumberMode, NumberPatch, NumberSettings, RoutingRule };

export const numbersQuery = queryOptions({
  queryKey: ['numbers'] as const,
  queryFn: async ({ signal }) =>
    (await request<NumberSettingsPage>('GET', '/api/v1/phone-numbers', { signal })).data,
});

/** Who could answer. More colleagues than one page holds are found by name elsewhere. */
export const colleaguesQuery = queryOptions({
  queryKey: ['colleagues'] as const,
  queryFn: async ({ signal }) => {
    const page = await request<PeoplePage>('GET', '/api/v1/users', { query: { limit: 200 }, signal });
    return page.data.filter((person) => !person.disabled);
  },
});

async function keep(client: QueryClient, work: Promise<NumberSettings>): Promise<void> {
  await work;
  await client.invalidateQueries({ queryKey: numbersQuery.queryKey });
  void client.invalidateQueries({ queryKey: wabaQuery.queryKey });
}

const pathOf = (id: string) => `/api/v1/phone-numbers/${id}`;

export function changeNumber(client: QueryClient, id: string, body: NumberPatch): Promise<void> {
  return keep(client, request<NumberSettings>('PATCH', pathOf(id), { body }));
}

/** Null: nobody answers on it. */
export function assignNumber(client: QueryClient, id: string, userId: string | null): Promise<void> {
  const body = { user_id: userId };
  return keep(client, request<NumberSettings>('PUT', `${pathOf(id)}/answering-user`, { body }));
}

const metaPathOf = ({ waba_id, phone_number_id }: NumberSettings) =>
  `/api/waba/${waba_id}/phone-numbers/${phone_number_id}`;

/** Sets the two-step PIN at Meta. Asks for the password first, when it was entered too long ago. */
export async function setPin(client: QueryClient, number: NumberSettings, pin: string): Promise<void> {
  try {
    await withRecentSignIn(() => request('PUT', `${metaPathOf(number)}/pin`, { body: { pin } }));
  } finally {
    await client.invalidateQueries({ queryKey: numbersQuery.queryKey });
  }
}

/** Without a PIN the one that is kept is used, or a new one is made. */
export async function registerNumber(
  client: QueryClient,
  number: NumberSettings,
  pin?: string,
): Promise<void> {
  await request('POST', `${metaPathOf(number)}/register`, { body: pin === undefined ? {} : { pin } });
  await client.invalidateQueries({ queryKey: numbersQuery.queryKey });
  void client.invalidateQueries({ queryKey: healthQuery.queryKey });
}
