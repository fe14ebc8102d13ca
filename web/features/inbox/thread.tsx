/** The messages of a conversation, oldest at the top, held at the bottom unless the reader has scrolled up. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { ArrowDown } from 'lucide-react';
import { useMemo, useRef, useSyncExternalStore } from 'react';
import { describeError } from '../../lib/api.ts';
import { classNames } from '../../lib/class-names.ts';
import { dayHeading } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Spinner } from '../../ui/spinner.tsx';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import { Gallery } from '../media/gallery.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { findAnswered } from './find-answered.ts';
import { firstUnreadId, groupMessages, type ThreadDay } from './group-messages.ts';
import { MessageBubble } from './message-bubble.tsx';
import { previewOf } from './message-content.ts';
import { nameOfCustomer, type Conversation, type Message } from './model.ts';
import { withoutEchoes } from './outbox.ts';
import { PendingBubble } from './pending-bubble.tsx';
import { messagesQuery } from './queries.ts';
import { ThreadSkeleton } from './thread-skeleton.tsx';
import { useThreadScroll } from './use-thread-scroll.ts';
import styles from './thread.module.css';

type ThreadProps = { conversation: Conversation; unreadOnOpening: number };

export function Thread({ conversation, unreadOnOpening }: ThreadProps) {
  const query = useInfiniteQuery(messagesQuery(conversation.id));
  const messages = useMemo(
    () => (query.data?.pages.flatMap((page) => page.data) ?? []).reverse(),
    [query.data],
  );
  const pending = usePending(conversation.id, messages);
  const answered = useMemo(() => findAnswered(messages, !query.hasNextPage), [messages, query.hasNextPage]);
  const days = useMemo(() => groupMessages(messages), [messages]);
  const files = useMemo(() => messages.flatMap((message) => message.media ?? []), [messages]);
  const scroller = useRef<HTMLDivElement>(null);
  const scroll = useThreadScroll(scroller, {
    messages,
    pendingCount: pending.length,
    hasOlder: query.hasNextPage && !query.isFetchingNextPage && !query.isFetchNextPageError,
    onOlder: () => void query.fetchNextPage(),
  });
  const unreadFrom = useFirstUnread(messages, unreadOnOpening);
  const newestOnOpening = useNewestOnOpening(messages);

  if (query.isPending) return <ThreadSkeleton bare />;
  if (query.isError && !query.data) {
    return (
      <div className={styles['problem']}>
        <Callout tone="bad">{describeError(query.error)}</Callout>
        <Button onClick={() => void query.refetch()}>Try again</Button>
      </div>
    );
  }
  return (
    <div className={styles['frame']}>
      <div
        ref={scroller}
        onScroll={scroll.onScroll}
        className={styles['scroller']}
        role="log"
        aria-label="Messages"
        aria-live="off"
        tabIndex={0}
      >
        <div className={styles['thread']}>
          <ThreadTop
            loading={query.isFetchingNextPage}
            failed={query.isFetchNextPageError}
            complete={!query.hasNextPage}
            onRetry={() => void query.fetchNextPage()}
          />
          <Gallery files={files}>
            {days.map((day) => (
              <Day
                key={day.key}
                day={day}
                answered={answered}
                unreadFrom={unreadFrom}
                unreadCount={unreadOnOpening}
                freshAfter={newestOnOpening}
              />
            ))}
          </Gallery>
          {pending.map((one) => (
            <PendingBubble key={one.key} pending={one} />
          ))}
        </div>
      </div>
      <Announcement
        messages={messages}
        after={newestOnOpening}
        name={nameOfCustomer(conversation.customer)}
      />
      {!scroll.atBottom && (
        <button
          type="button"
          className={classNames(styles['down'], scroll.newCount > 0 && styles['news'])}
          onClick={scroll.toBottom}
        >
          <ArrowDown size={16} aria-hidden />
          {scroll.newCount > 0 ? (
            <span>{scroll.newCount === 1 ? '1 new message' : `${scroll.newCount} new messages`}</span>
          ) : (
            <span className={styles['downLabel']}>To the newest message</span>
          )}
        </button>
      )}
    </div>
  );
}

function usePending(conversationId: string, messages: readonly Message[]) {
  const { outbox } = useInbox();
  const all = useSyncExternalStore(outbox.subscribe, outbox.snapshot);
  return useMemo(
    () =>
      withoutEchoes(
        all.filter((one) => one.conversationId === conversationId),
        messages,
      ),
    [all, conversationId, messages],
  );
}

/** Fixed by the first page that was loaded: what arrives later is not "unread on opening". */
function useFirstUnread(messages: readonly Message[], count: number): number | null {
  const loaded = messages.length > 0;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the first load decides, later messages must not move it
  return useMemo(() => firstUnreadId(messages, count), [loaded, count]);
}

/** The newest message there was when the thread was opened: later ones are news. */
function useNewestOnOpening(messages: readonly Message[]): number {
  const loaded = messages.length > 0;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- the first load decides
  return useMemo(() => messages.at(-1)?.id ?? 0, [loaded]);
}

type AnnouncementProps = { messages: readonly Message[]; after: number; name: string };

/** Reads a new message out. The log itself stays silent: it would read older messages too when they are loaded. */
function Announcement({ messages, after, name }: AnnouncementProps) {
  const last = messages.findLast((message) => message.direction === 'inbound');
  return (
    <div aria-live="polite">
      <VisuallyHidden>{last && last.id > after ? `${name}: ${previewOf(last)}` : ''}</VisuallyHidden>
    </div>
  );
}

type ThreadTopProps = { loading: boolean; failed: boolean; complete: boolean; onRetry: () => void };

function ThreadTop({ loading, failed, complete, onRetry }: ThreadTopProps) {
  return (
    <div className={styles['top']}>
      {loading && <Spinner label="Loading older messages" />}
      {failed && (
        <Button size="s" onClick={onRetry}>
          Older messages could not be loaded. Try again
        </Button>
      )}
      {complete && <p className={styles['beginning']}>This is where the conversation begins.</p>}
    </div>
  );
}

type DayProps = {
  day: ThreadDay;
  answered: ReturnType<typeof findAnswered>;
  unreadFrom: number | null;
  unreadCount: number;
  freshAfter: number;
};

function Day({ day, answered, unreadFrom, unreadCount, freshAfter }: DayProps) {
  const now = useNow();
  return (
    <section className={styles['day']} aria-label={dayHeading(day.date, now)}>
      <h3 className={styles['date']}>
        <span>{dayHeading(day.date, now)}</span>
      </h3>
      {day.entries.map((entry) => (
        <div
          key={entry.message.id}
          data-message={entry.message.id}
          className={classNames(
            styles['entry'],
            entry.message.direction === 'inbound' && entry.message.id > freshAfter && styles['fresh'],
          )}
        >
          {entry.message.id === unreadFrom && (
            <p className={styles['unread']}>
              <span>{unreadCount === 1 ? '1 unread message' : `${unreadCount} unread messages`}</span>
            </p>
          )}
          <MessageBubble
            message={entry.message}
            first={entry.first}
            last={entry.last}
            answered={answered.get(entry.message.id)}
          />
        </div>
      ))}
    </section>
  );
}
