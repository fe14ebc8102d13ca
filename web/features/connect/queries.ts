/** The WhatsApp accounts of the signed-in person, and the ways to connect and disconnect one. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type {
  Connection,
  ConnectionPage,
  ConnectOptions,
  ConsentAnswer,
  ConsentStart,
  Disconnected,
  PhoneNumber,
  TokenConnectionBody,
  WabaAccount,
  WabaStatus,
} from '../../../src/modules/waba/contract.ts';
import { request } from '../../lib/api.ts';

export type { Connection, ConsentStart, PhoneNumber, TokenConnectionBody, WabaAccount, WabaStatus };

export const wabaQuery = queryOptions({
  queryKey: ['waba'] as const,
  queryFn: ({ signal }) => request<WabaStatus>('GET', '/api/waba/status', { signal }),
  staleTime: 60_000,
  refetchOnWindowFocus: true,
});

export const connectOptionsQuery = queryOptions({
  queryKey: ['connect-options'] as const,
  queryFn: ({ signal }) => request<ConnectOptions>('GET', '/api/waba/connect/options', { signal }),
  staleTime: 60_000,
});

/** Attempts that can still be gone on with, newest first. */
export const unfinishedQuery = queryOptions({
  queryKey: ['connections'] as const,
  queryFn: async ({ signal }) => {
    const page = await request<ConnectionPage>('GET', '/api/waba/connections', { signal });
    return page.data.filter(canGoOn);
  },
});

function canGoOn(connection: Connection): boolean {
  if (Date.parse(connection.expires_at) < Date.now()) return false;
  if (connection.status === 'failed') return connection.error?.can_continue ?? false;
  return connection.status === 'choosing' || connection.status === 'running';
}

export const connectionQuery = (id: string) =>
  queryOptions({
    queryKey: ['connections', id] as const,
    queryFn: ({ signal }) => request<Connection>('GET', `/api/waba/connections/${id}`, { signal }),
  });

export function startConsent(kind: 'oauth' | 'embedded_signup'): Promise<ConsentStart> {
  return request('POST', '/api/waba/oauth/start', { body: { kind } });
}

export function finishConsent(answer: ConsentAnswer): Promise<Connection> {
  return request('POST', '/api/waba/oauth/callback', { body: answer });
}

export function beginWithToken(body: TokenConnectionBody): Promise<Connection> {
  return request('POST', '/api/waba/connections', { body });
}

export function continueConnection(id: string): Promise<Connection> {
  return request('POST', `/api/waba/connections/${id}/continue`);
}

export function chooseConnectionAccount(id: string, wabaId: string): Promise<Connection> {
  return request('POST', `/api/waba/connections/${id}/choose`, { body: { waba_id: wabaId } });
}

export function endConnection(id: string): Promise<void> {
  return request('DELETE', `/api/waba/connections/${id}`);
}

export function disconnectAccount(wabaId: string): Promise<Disconnected> {
  return request('DELETE', `/api/waba/${wabaId}`);
}

export function registerNumber(wabaId: string, phoneNumberId: string, pin: string): Promise<PhoneNumber> {
  return request('POST', `/api/waba/${wabaId}/phone-numbers/${phoneNumberId}/register`, { body: { pin } });
}

/** Whatever shows accounts fetches them before the old answer is seen again: no flash of "not connected". */
export async function refreshAccounts(client: QueryClient): Promise<WabaStatus> {
  const status = await request<WabaStatus>('GET', '/api/waba/status');
  await client.cancelQueries(wabaQuery);
  client.setQueryData(wabaQuery.queryKey, status);
  return status;
}

type PracticeAccount = { waba_id: string; access_token: string };

/** Makes an account in the simulator and begins to connect it the way a real one is connected. */
export async function beginPracticeAccount(name: string): Promise<Connection> {
  const made = await request<PracticeAccount>('POST', '/simulator/control/accounts', { body: { name } });
  return beginWithToken({ access_token: made.access_token, waba_id: made.waba_id });
}

/** The simulator's phone, set up to write to one number. */
export function simulatorPhoneUrl(phoneNumberId: string | null): string {
  return phoneNumberId ? `/simulator/phone?number=${encodeURIComponent(phoneNumberId)}` : '/simulator/phone';
}
