/** What the list shows, as the address says it, and the ways to change that. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { ListFilter, ListView } from './model.ts';

export function useListView() {
  const { filter = 'all', q = '', number = null } = useSearch({ from: '/inside/inbox' });
  const navigate = useNavigate();
  const view: ListView = useMemo(() => ({ filter, q }), [filter, q]);
  const change = (next: { filter?: ListFilter; q?: string; number?: string | null }) => {
    const wanted: { filter: ListFilter; q: string; number: string | null } = { filter, q, number, ...next };
    void navigate({
      to: '.',
      replace: true,
      search: {
        ...(wanted.filter !== 'all' && { filter: wanted.filter }),
        ...(wanted.q && { q: wanted.q }),
        ...(wanted.number && { number: wanted.number }),
      },
    });
  };
  return { view, number, change };
}
