/**
 * One conversation in the list: who, when, the last words, and whether they wait for an answer. The link is the name
 * alone, stretched over the row: so it is read as the name, and the rest is its description.
 */
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { memo, useId, useSyncExternalStore } from 'react';
import { classNames } from '../../lib/class-names.ts';
import { formatPhone } from '../../lib/phone.ts';
import { fullMoment, listTime } from '../../lib/time.ts';
import { useNow } from '../../lib/use-now.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { HighlightedText } from './highlighted-text.tsx';
import { previewOf } from './message-content.ts';
import { nameOfCustomer, type Conversation } from './model.ts';
import { PreviewIcon } from './preview-icon.tsx';
import { Ticks } from './ticks.tsx';
import styles from './conversation-row.module.css';

type ConversationRowProps = { conversation: Conversation; query: string; showNumber: boolean };

export const ConversationRow = memo(function ConversationRow(props: ConversationRowProps) {
  const { conversation, query, showNumber } = props;
  const now = useNow();
  const id = useId();
  const search = useSearch({ from: '/inside/inbox' });
  const { customer, last_message_at: at, unread_count: unread } = conversation;
  const moment = at ? new Date(at) : null;
  return (
    <div className={classNames(styles['row'], unread > 0 && styles['unread'])}>
      <Avatar name={customer.name} colourOf={`${customer.id}`} />
      <div className={styles['lines']}>
        <div className={styles['line']}>
          <Link
            to="/inbox/$conversationId"
            params={{ conversationId: conversation.id }}
            search={search}
            className={styles['name']}
            aria-describedby={`${id}-about`}
            data-row
          >
            <HighlightedText text={nameOfCustomer(customer)} query={query} />
          </Link>
          {moment && (
            <time className={styles['time']} dateTime={at ?? undefined} title={fullMoment(moment)}>
              {listTime(moment, now)}
            </time>
          )}
        </div>
        <div className={styles['line']}>
          <span id={`${id}-about`} className={styles['preview']}>
            {unread > 0 && <VisuallyHidden>{unread} unread. </VisuallyHidden>}
            <Preview conversation={conversation} query={query} />
          </span>
          <Badges conversation={conversation} showNumber={showNumber} />
        </div>
      </div>
    </div>
  );
});

function Preview({ conversation, query }: Omit<ConversationRowProps, 'showNumber'>) {
  const { drafts } = useInbox();
  const open = useParams({ strict: false, select: (params) => params.conversationId === conversation.id });
  const draft = useSyncExternalStore(drafts.subscribe, () => (open ? '' : drafts.read(conversation.id)));
  const last = conversation.last_message;
  if (draft.trim()) {
    return (
      <>
        <span className={styles['draft']}>Draft:</span>
        <span className={styles['text']}>{draft}</span>
      </>
    );
  }
  if (!last) return <span className={styles['text']}>No message yet</span>;
  return (
    <>
      {last.direction === 'outbound' && <Ticks status={last.status} waits={last.waits} size={15} />}
      <PreviewIcon type={last.type} />
      <span className={styles['text']}>
        <HighlightedText text={previewOf(last)} query={query} />
      </span>
    </>
  );
}

function Badges({ conversation, showNumber }: Omit<ConversationRowProps, 'query'>) {
  const { display_phone_number: number, verified_name: verified } = conversation.number;
  return (
    <span className={styles['badges']}>
      {showNumber && (
        <span
          className={styles['number']}
          title={`On ${[verified, formatPhone(number)].filter(Boolean).join(', ')}`}
        >
          {number.replace(/\D/gu, '').slice(-3)}
        </span>
      )}
      {conversation.status !== 'active' && (
        <span className={styles['number']}>
          {conversation.status === 'archived' ? 'Archived' : 'Blocked'}
        </span>
      )}
      {conversation.unread_count > 0 && (
        <span className={styles['count']} aria-hidden>
          {conversation.unread_count > 99 ? '99+' : conversation.unread_count}
        </span>
      )}
    </span>
  );
}
