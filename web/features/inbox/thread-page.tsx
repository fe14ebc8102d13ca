/** One open conversation: heading, thread, composer, and the customer beside it where there is room. */
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { MessageCircleX } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { useMediaQuery } from '../../lib/use-media-query.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Composer } from './composer.tsx';
import { CustomerPanel } from './customer-panel.tsx';
import type { Conversation } from './model.ts';
import { conversationQuery, isGone } from './queries.ts';
import { Thread } from './thread.tsx';
import { ThreadHeader } from './thread-header.tsx';
import { ThreadSkeleton } from './thread-skeleton.tsx';
import { useMarkRead } from './use-mark-read.ts';
import styles from './thread-page.module.css';

export function ThreadPage() {
  const { conversationId } = useParams({ from: '/inside/inbox/$conversationId' });
  const { data, error, refetch } = useQuery(conversationQuery(conversationId));
  if (data) return <OpenConversation key={conversationId} conversation={data} />;
  if (error) return <ThreadProblem error={error} onRetry={() => void refetch()} />;
  return <ThreadSkeleton />;
}

function OpenConversation({ conversation }: { conversation: Conversation }) {
  const wide = useMediaQuery('(min-width: 1200px)');
  const [panelWanted, setPanelWanted] = useState(true);
  const [sheetOpen, setSheetOpen] = useState(false);
  // What was unread on opening stays marked while the thread is open.
  const [unreadOnOpening] = useState(conversation.unread_count);
  useMarkRead(conversation);
  const togglePanel = () => (wide ? setPanelWanted(!panelWanted) : setSheetOpen(true));
  return (
    <div className={styles['page']}>
      <div className={styles['thread']}>
        <ThreadHeader
          conversation={conversation}
          panelShown={wide && panelWanted}
          onTogglePanel={togglePanel}
        />
        <Thread conversation={conversation} unreadOnOpening={unreadOnOpening} />
        <Composer conversation={conversation} />
      </div>
      {wide && panelWanted && (
        <aside className={styles['panel']} aria-label="Customer">
          <CustomerPanel conversation={conversation} />
        </aside>
      )}
      <Dialog open={sheetOpen && !wide} onOpenChange={setSheetOpen} title="Customer" shape="sheet">
        <CustomerPanel conversation={conversation} onDone={() => setSheetOpen(false)} />
      </Dialog>
    </div>
  );
}

function ThreadProblem({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const search = useSearch({ from: '/inside/inbox' });
  return (
    <div className={styles['page']} role="alert">
      <EmptyState
        icon={<MessageCircleX size={24} />}
        title={isGone(error) ? 'This conversation is not here' : 'The conversation could not be loaded'}
        actions={
          <>
            {!isGone(error) && (
              <Button variant="primary" onClick={onRetry}>
                Try again
              </Button>
            )}
            <Link to="/inbox" search={search} className={buttonClass()}>
              Back to the list
            </Link>
          </>
        }
      >
        {isGone(error)
          ? 'It may have been given to somebody else, or the address is wrong.'
          : describeError(error)}
      </EmptyState>
    </div>
  );
}
