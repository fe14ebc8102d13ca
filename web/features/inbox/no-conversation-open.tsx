/** Beside the list when nothing is open: what to do next, by how far the person has come. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { MessagesSquare, Plug } from 'lucide-react';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { useAccounts } from '../shell/use-accounts.ts';
import { conversationListQuery } from './queries.ts';
import styles from './no-conversation-open.module.css';

export function NoConversationOpen() {
  const { accounts, isPending, isError } = useAccounts();
  const list = useInfiniteQuery(conversationListQuery({ filter: 'all', q: '' }));
  const empty = list.data?.pages.every((page) => page.data.length === 0) ?? false;
  if (isPending || list.isPending) return null;
  return (
    <div className={styles['place']}>
      {accounts.length === 0 && !isError && empty ? (
        <EmptyState
          icon={<Plug size={24} />}
          title="Connect your WhatsApp"
          actions={
            <Link to="/connect" className={buttonClass('primary')}>
              Connect an account
            </Link>
          }
        >
          One step is left: connect a WhatsApp Business Account, and every message to its numbers lands here.
        </EmptyState>
      ) : (
        <EmptyState
          icon={<MessagesSquare size={24} />}
          title={empty ? 'Ready for the first message' : 'Your inbox'}
        >
          {empty ? (
            'As soon as a customer writes, the conversation appears on the left.'
          ) : (
            <>
              Choose a conversation. Press <kbd className={styles['key']}>j</kbd> and{' '}
              <kbd className={styles['key']}>k</kbd> to move, <kbd className={styles['key']}>?</kbd> for all
              shortcuts.
            </>
          )}
        </EmptyState>
      )}
    </div>
  );
}
