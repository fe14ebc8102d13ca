/** The left column: search, filters and the conversations, newest first, loaded as they are scrolled to. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import { describeError } from '../../lib/api.ts';
import { formatPhone } from '../../lib/phone.ts';
import { useShortcuts } from '../../lib/use-shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { wabaQuery } from '../connect/queries.ts';
import { ConversationRows } from './conversation-rows.tsx';
import { EmptyList } from './empty-list.tsx';
import { ListFilters } from './list-filters.tsx';
import { ListSkeleton } from './list-skeleton.tsx';
import { conversationListQuery } from './queries.ts';
import { SearchField } from './search-field.tsx';
import { useListView } from './use-list-view.ts';
import styles from './conversation-list.module.css';

export function ConversationList() {
  const { view, number, change } = useListView();
  const list = useInfiniteQuery(conversationListQuery(view));
  const searchField = useRef<HTMLInputElement>(null);
  const rows = useRef<HTMLUListElement>(null);
  const conversations = useMemo(() => {
    const all = list.data?.pages.flatMap((page) => page.data) ?? [];
    return number ? all.filter((conversation) => conversation.phone_number_id === number) : all;
  }, [list.data, number]);
  const severalNumbers = useMemo(
    () => new Set(conversations.map((conversation) => conversation.phone_number_id)).size > 1,
    [conversations],
  );
  useListKeys(searchField, rows);

  return (
    <div className={styles['column']}>
      <div className={styles['top']}>
        <SearchField
          ref={searchField}
          q={view.q}
          busy={list.isPlaceholderData}
          onChange={(q) => change({ q })}
        />
        <ListFilters filter={view.filter} onChange={(filter) => change({ filter })} />
        {number && <NumberChip id={number} onClear={() => change({ number: null })} />}
      </div>
      {list.isPending ? (
        <ListSkeleton />
      ) : list.isError && !list.data ? (
        <div className={styles['problem']}>
          <Callout tone="bad">{describeError(list.error)}</Callout>
          <Button size="s" onClick={() => void list.refetch()}>
            Try again
          </Button>
        </div>
      ) : conversations.length === 0 && !list.hasNextPage ? (
        <EmptyList view={view} onClear={() => change({ q: '', filter: 'all', number: null })} />
      ) : (
        <ConversationRows
          ref={rows}
          key={`${view.filter} ${number ?? ''}`}
          conversations={conversations}
          query={view.q}
          showNumber={severalNumbers}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          onMore={() => void list.fetchNextPage()}
        />
      )}
    </div>
  );
}

function NumberChip({ id, onClear }: { id: string; onClear: () => void }) {
  const numbers = useQuery(wabaQuery).data?.accounts.flatMap((account) => account.phone_numbers) ?? [];
  const shown = numbers.find((one) => one.phone_number_id === id)?.display_phone_number;
  return (
    <div className={styles['chip']}>
      <span>Only {shown ? formatPhone(shown) : 'one number'}</span>
      <button type="button" onClick={onClear}>
        Show all
      </button>
    </div>
  );
}

/** j/k and the arrows move through the rows, "/" searches, Escape leaves the thread. */
function useListKeys(
  searchField: React.RefObject<HTMLInputElement | null>,
  rows: React.RefObject<HTMLUListElement | null>,
) {
  const { conversationId } = useParams({ strict: false });
  const search = useSearch({ from: '/inside/inbox' });
  const navigate = useNavigate();
  const move = (step: 1 | -1) => (event: KeyboardEvent) => {
    // Arrows scroll a thread that has the focus.
    const inThread = event.target instanceof Element && event.target.closest('[role="log"]') !== null;
    if (event.key.startsWith('Arrow') && inThread) return;
    const links = [...(rows.current?.querySelectorAll<HTMLAnchorElement>('a[data-row]') ?? [])];
    const focused = links.findIndex((link) => link === document.activeElement);
    const open = links.findIndex((link) => link.getAttribute('aria-current') === 'page');
    const from = focused >= 0 ? focused : open;
    const next = links[from < 0 ? 0 : Math.min(links.length - 1, Math.max(0, from + step))];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  useShortcuts({
    j: move(1),
    k: move(-1),
    ArrowDown: move(1),
    ArrowUp: move(-1),
    '/': (event) => {
      event.preventDefault();
      searchField.current?.focus();
      searchField.current?.select();
    },
    Escape: () => {
      if (document.activeElement === searchField.current || !conversationId) return;
      const row = rows.current?.querySelector<HTMLAnchorElement>('a[aria-current="page"]');
      void navigate({ to: '/inbox', search }).then(() => row?.focus());
    },
  });
}
