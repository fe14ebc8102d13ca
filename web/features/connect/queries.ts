/** The WhatsApp accounts of the signed-in person, and the ways to connect one. */
import { queryOptions } from '@tanstack/react-query';
import type {
  ConnectBody,
  PhoneNumber,
  WabaAccount,
  WabaStatus,
} from '../../../src/modules/waba/contract.ts';
import { request } from '../../lib/api.ts';

export type { ConnectBody, PhoneNumber, WabaAccount, WabaStatus };

export const wabaQuery = queryOptions({
  queryKey: ['waba'] as const,
  queryFn: ({ signal }) => request<WabaStatus>('GET', '/api/waba/status', { signal }),
  staleTime: 60_000,
  refetchOnWindowFocus: true,
});

export function connectAccount(body: ConnectBody): Promise<WabaAccount> {
  return request<WabaAccount>('POST', '/api/waba/connect', { body });
}

type PracticeAccount = {
  waba_id: string;
  phone_number_id: string;
  display_phone_number: string;
  access_token: string;
};

/** Makes an account in the simulator and connects it the way a real one is connected. */
export async function connectPracticeAccount(
  name: string,
): Promise<{ account: WabaAccount; phoneNumberId: string }> {
  const made = await request<PracticeAccount>('POST', '/simulator/control/accounts', { body: { name } });
  const account = await connectAccount({ access_token: made.access_token, waba_id: made.waba_id });
  return { account, phoneNumberId: made.phone_number_id };
}

/** The simulator's phone, set up to write to one number. */
export function simulatorPhoneUrl(phoneNumberId: string | null): string {
  return phoneNumberId ? `/simulator/phone?number=${encodeURIComponent(phoneNumberId)}` : '/simulator/phone';
}
