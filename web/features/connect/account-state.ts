/** How an account stands, in words: green only when messages really flow. */
import type { WabaAccount } from './queries.ts';

export type AccountState = {
  tone: 'good' | 'warn' | 'bad';
  label: 'Connected' | 'Access ends soon' | 'Access ended' | 'Not connected';
  /** What to do about it; null when nothing. */
  hint: string | null;
};

const SOON_MS = 7 * 86_400_000;

export function describeAccount(
  account: Pick<WabaAccount, 'connected' | 'token_expires_at'>,
  now: Date,
): AccountState {
  const end = account.token_expires_at === null ? null : Date.parse(account.token_expires_at);
  if (end !== null && end <= now.getTime())
    return { tone: 'bad', label: 'Access ended', hint: 'Connect again to send and receive' };
  if (!account.connected) return { tone: 'bad', label: 'Not connected', hint: 'Connect again' };
  if (end !== null && end - now.getTime() < SOON_MS)
    return { tone: 'warn', label: 'Access ends soon', hint: 'Connect again to renew it' };
  return { tone: 'good', label: 'Connected', hint: null };
}

export function nameOfAccount(account: WabaAccount): string {
  return account.name ?? account.phone_numbers[0]?.verified_name ?? `Account ${account.waba_id}`;
}
