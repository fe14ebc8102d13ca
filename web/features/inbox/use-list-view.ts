/** What the list shows, as the address says it, and the ways to change that. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { InboxSearch, ListFilter, ListView } from './model.ts';

type ViewChange = { filter?: ListFilter; q?: string; number?: string | null };

export function useListView() {
  const { filter = 'all', q = '', number = null } = useSearch({ from: '/inside/inbox' });
  const navigate = useNavigate();
  const view: ListView = useMemo(() => ({ filter, q }), [filter, q]);
  // From the address as it is then, not as it was drawn: a search that is still being typed must not undo a filter.
  const change = (next: ViewChange) =>
    void navigate({ to: '.', replace: true, search: (current) => changedSearch(current, next) });
  return { view, number, change };
}

/** The address after a change; what is empty is left out of it. */
function changedSearch(current: InboxSearch, next: ViewChange): InboxSearch {
  const { filter, q, number } = { filter: current.filter, q: current.q, number: current.number, ...next };
  return {
    ...(filter && filter !== 'all' && { filter }),
    ...(q && { q }),
    ...(number && { number }),
  };
}
