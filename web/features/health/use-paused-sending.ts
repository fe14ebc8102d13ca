/** Why messages of a number wait; null while they are sent. */
import { useQuery } from '@tanstack/react-query';
import { healthQuery } from './queries.ts';

export function usePausedSending(phoneNumberId: string): string | null {
  const { data } = useQuery(healthQuery);
  const paused = data?.find(
    (account) => account.sending === 'paused' && account.phone_number_ids.includes(phoneNumberId),
  );
  if (!paused) return null;
  return `Sending is paused. ${paused.paused_reason ?? ''} What you write waits, and leaves when the account is connected again.`;
}
