/** Which WhatsApp account the header speaks of: the chosen one, else the first. Kept while the app is open. */
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { wabaQuery, type WabaAccount } from '../connect/queries.ts';

let chosenId: string | null = null;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function chooseAccount(wabaId: string): void {
  chosenId = wabaId;
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
