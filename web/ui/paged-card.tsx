/** A card with a list that is fetched page by page, more on request: also while it loads, when it fails, and when it is empty. */
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Card } from './card.tsx';
import { DataList, DataListSkeleton } from './data-list.tsx';
import { LoadError } from './load-error.tsx';
import { MoreButton } from './more-button.tsx';

type PagedCardProps<Item> = {
  query: UseInfiniteQueryResult<InfiniteData<{ data: Item[] }>>;
  title?: string;
  /** What the list is called where it is heard. */
  label: string;
  /** What fetches the next page: "Show older". */
  more: string;
  /** In place of a list without rows. */
  empty: ReactNode;
  /** As many as there are likely to be. */
  skeletonRows?: number;
  children: (item: Item) => ReactNode;
};

export function PagedCard<Item>(props: PagedCardProps<Item>) {
  const { query, title, label, more, empty, skeletonRows = 5, children } = props;
  const items = query.data?.pages.flatMap((page) => page.data);
  const footer = query.hasNextPage && (
    <>
      <span />
      <MoreButton query={query}>{more}</MoreButton>
    </>
  );
  return (
    <Card {...(title && { title })} flush footer={footer}>
      {query.error && !items ? (
        <LoadError error={query.error} onRetry={() => void query.refetch()} />
      ) : !items ? (
        <DataListSkeleton rows={skeletonRows} />
      ) : items.length === 0 ? (
        empty
      ) : (
        <DataList label={label}>{items.map(children)}</DataList>
      )}
    </Card>
  );
}
