/**
 * The WhatsApp accounts that colleagues connected, for somebody who holds no access of their own: what they write leaves by the
 * colleagues' access, so for them WhatsApp is connected.
 */
import { useQuery } from '@tanstack/react-query';
import { healthQuery } from '../health/queries.ts';
import { numbersQuery, type NumberSettings } from '../numbers/queries.ts';

export type SharedAccount = {
  waba_id: string;
  name: string;
  /** Why nothing is sent at the moment; null while it is. */
  pausedReason: string | null;
  numbers: NumberSettings[];
};

/** `isPending` until it is known whether there are any; `isError` when that could not be learnt. */
export function useSharedAccounts(wanted: boolean) {
  const health = useQuery({ ...healthQuery, enabled: wanted });
  const numbers = useQuery({ ...numbersQuery, enabled: wanted });
  const accounts: SharedAccount[] = (health.data ?? []).map((account) => ({
    waba_id: account.waba_id,
    name: account.name ?? `Account ${account.waba_id}`,
    pausedReason: account.sending === 'paused' ? (account.paused_reason ?? 'Sending is paused.') : null,
    numbers: (numbers.data ?? []).filter((one) => one.waba_id === account.waba_id && one.gone_at === null),
  }));
  return {
    accounts: wanted ? accounts : [],
    isPending: wanted && (health.isPending || numbers.isPending),
    isError: wanted && health.isError && !health.data,
    refetch: () => health.refetch(),
  };
}
