/** The rows on screen of a list of any length. They glide to their new place when a message brings one up. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type Ref } from 'react';
import { Spinner } from '../../ui/spinner.tsx';
import { ConversationRow } from './conversation-row.tsx';
import type { Conversation } from './model.ts';
import styles from './conversation-rows.module.css';

const rowHeight = 70;

type ConversationRowsProps = {
  conversations: Conversation[];
  query: string;
  /** Which number a conversation came in on matters only where there are several. */
  showNumber: boolean;
  hasMore: boolean;
  loadingMore: boolean;
  onMore: () => void;
  ref: Ref<HTMLUListElement>;
};

export function ConversationRows(props: ConversationRowsProps) {
  const { conversations, query, showNumber, hasMore, loadingMore, onMore, ref } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- this component is not compiled, so nothing is memoized away
  const virtualizer = useVirtualizer({
    count: conversations.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => conversations[index]?.id ?? index,
    overscan: 8,
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  useEffect(() => {
    if (hasMore && !loadingMore && lastShown >= conversations.length - 6) onMore();
  }, [hasMore, loadingMore, lastShown, conversations.length, onMore]);

  return (
    <div ref={scroller} className={styles['scroller']}>
      <ul
        ref={ref}
        role="list"
        aria-label="Conversations"
        className={styles['list']}
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const conversation = conversations[item.index];
          if (!conversation) return null;
          return (
            <li
              key={item.key}
              className={styles['item']}
              style={{ transform: `translateY(${item.start}px)` }}
              aria-setsize={hasMore ? -1 : conversations.length}
              aria-posinset={item.index + 1}
            >
              <ConversationRow conversation={conversation} query={query} showNumber={showNumber} />
            </li>
          );
        })}
      </ul>
      {loadingMore && (
        <div className={styles['more']}>
          <Spinner label="Loading more conversations" />
        </div>
      )}
    </div>
  );
}
