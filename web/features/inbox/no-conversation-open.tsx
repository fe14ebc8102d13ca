/** Beside the list when nothing is open: the first steps, or how to get around. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { MessagesSquare } from 'lucide-react';
import { useMediaQuery } from '../../lib/use-media-query.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FirstSteps } from './first-steps.tsx';
import { conversationListQuery } from './queries.ts';
import styles from './no-conversation-open.module.css';

export function NoConversationOpen() {
  const list = useInfiniteQuery(conversationListQuery({ filter: 'all', q: '' }));
  const phone = useMediaQuery('(max-width: 719px)');
  if (!list.data) return null;
  const empty = list.data.pages.every((page) => page.data.length === 0);
  return (
    <div className={styles['place']}>
      {empty ? (
        !phone && <FirstSteps />
      ) : (
        <EmptyState icon={<MessagesSquare size={24} />} title="Your inbox">
          Choose a conversation on the left. <br />
          <kbd className={styles['key']}>j</kbd> and <kbd className={styles['key']}>k</kbd> move,{' '}
          <kbd className={styles['key']}>/</kbd> searches, <kbd className={styles['key']}>?</kbd> shows all
          shortcuts.
        </EmptyState>
      )}
    </div>
  );
}
