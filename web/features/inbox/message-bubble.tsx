/** One message of the thread. */
import { memo } from 'react';
import { classNames } from '../../lib/class-names.ts';
import { clockTime, fullMoment } from '../../lib/time.ts';
import { VisuallyHidden } from '../../ui/visually-hidden.tsx';
import { useInbox } from '../shell/inbox-context.tsx';
import { MessageBody } from './message-body.tsx';
import { MessageFailure } from './message-failure.tsx';
import { isNotice } from './message-content.ts';
import { readContext } from './message-context.ts';
import type { Message } from './model.ts';
import type { Answered } from './find-answered.ts';
import { Quote } from './quote.tsx';
import { Referral } from './referral.tsx';
import { Ticks } from './ticks.tsx';
import styles from './message-bubble.module.css';

type MessageBubbleProps = {
  message: Message;
  first: boolean;
  last: boolean;
  /** What it answers: null when that is not loaded, undefined when it answers nothing. */
  answered: Answered | undefined;
};

const automaticNames: Record<NonNullable<Message['automatic']>, string> = {
  question: 'whom they mean',
  notice: 'their message waits',
  opted_out: 'answer to STOP',
  opted_in: 'answer to START',
  welcome: 'greeting',
  away: 'away',
};

export const MessageBubble = memo(function MessageBubble(props: MessageBubbleProps) {
  const { message, first, last, answered } = props;
  // Of a deleted message nothing is left that they could stand on.
  const reactions = message.deleted_at ? '' : message.reactions.map((reaction) => reaction.emoji).join('');
  const { me } = useInbox();
  const out = message.direction === 'outbound';
  const sent = new Date(message.timestamp);
  const colleague =
    out && message.sender_name && message.sender_name !== me.user.name ? message.sender_name : null;
  if (isNotice(message)) return <p className={styles['notice']}>{message.text || 'Notice'}</p>;
  const { forwarded, referral, inGroup } = readContext(message);
  return (
    <div
      className={classNames(
        styles['row'],
        out ? styles['out'] : styles['in'],
        first && styles['first'],
        last && styles['last'],
        reactions && styles['reacted'],
      )}
    >
      {colleague && first && <p className={styles['sender']}>{colleague}</p>}
      {message.automatic && (
        <p className={styles['sender']}>Automatic: {automaticNames[message.automatic]}</p>
      )}
      <div className={classNames(styles['bubble'], message.status === 'failed' && styles['failed'])}>
        <VisuallyHidden>{message.automatic ? 'Switchboard: ' : out ? 'You: ' : 'Customer: '}</VisuallyHidden>
        {inGroup && <p className={styles['signature']}>In a group</p>}
        {forwarded !== 'no' && (
          <p className={styles['signature']}>
            {forwarded === 'often' ? 'Forwarded many times' : 'Forwarded'}
          </p>
        )}
        {referral && <Referral referral={referral} />}
        {answered !== undefined && <Quote message={answered} />}
        {message.signature && <p className={styles['signature']}>{message.signature}</p>}
        <MessageBody message={message} />
        <span className={styles['meta']}>
          {message.edited_at && !message.deleted_at && (
            <span title={fullMoment(new Date(message.edited_at))}>Edited</span>
          )}
          <time dateTime={message.timestamp} title={fullMoment(sent)}>
            {clockTime(sent)}
          </time>
          {out && <Ticks status={message.status} waits={message.waits} />}
        </span>
        {reactions && (
          <span className={styles['reactions']} role="img" aria-label={`Reactions: ${reactions}`}>
            {reactions}
          </span>
        )}
      </div>
      <MessageFailure message={message} />
    </div>
  );
});
