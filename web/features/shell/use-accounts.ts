/** Which WhatsApp account the header speaks of: the chosen one, else the first. The choice is remembered on this device. */
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { wabaQuery, type WabaAccount } from '../connect/queries.ts';

const REMEMBERED = 'switchboard.account';

function remembered(): string | null {
  try {
    return window.localStorage.getItem(REMEMBERED);
  } catch {
    return null;
  }
}

let chosenId = remembered();
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function chooseAccount(wabaId: string): void {
  chosenId = wabaId;
  try {
    window.localStorage.setItem(REMEMBERED, wabaId);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** `selected` is null while loading, on failure and when there is no account. */
export function useAccounts() {
  const { data, isPending, isError, refetch } = useQuery(wabaQuery);
  const chosen = useSyncExternalStore(subscribe, () => chosenId);
  const accounts: WabaAccount[] = data?.accounts ?? [];
  const selected = accounts.find((account) => account.waba_id === chosen) ?? accounts[0] ?? null;
  return { accounts, selected, isPending, isError, refetch };
}
