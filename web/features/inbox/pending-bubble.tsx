/** A message that the server has not yet confirmed: shown at once, with what keeps it. */
import { classNames } from '../../lib/class-names.ts';
import { clockTime } from '../../lib/time.ts';
import { useInbox } from '../shell/inbox-context.tsx';
import type { PendingMessage } from './outbox.ts';
import { RichText } from './rich-text.tsx';
import { Ticks } from './ticks.tsx';
import bubble from './message-bubble.module.css';
import failure from './message-failure.module.css';

export function PendingBubble({ pending }: { pending: PendingMessage }) {
  const { outbox, drafts } = useInbox();
  const rejected = pending.state === 'rejected';
  const delayed = !rejected && pending.reason !== null;

  function edit() {
    const draft = drafts.read(pending.conversationId);
    outbox.discard(pending.key);
    drafts.write(pending.conversationId, draft ? `${pending.text}\n${draft}` : pending.text);
  }

  return (
    <div className={classNames(bubble['row'], bubble['out'], bubble['first'], bubble['last'])}>
      <div className={classNames(bubble['bubble'], rejected && bubble['failed'])}>
        <RichText text={pending.text} />
        <span className={bubble['meta']}>
          <time dateTime={new Date(pending.createdAt).toISOString()}>
            {clockTime(new Date(pending.createdAt))}
          </time>
          <Ticks status={rejected ? 'failed' : 'queued'} />
        </span>
      </div>
      {delayed && (
        <p className={failure['unknown']}>
          <span title={pending.reason ?? undefined}>Not sent yet. Trying again by itself.</span>
          <button type="button" className={failure['again']} onClick={outbox.retryAll}>
            Try now
          </button>
        </p>
      )}
      {rejected && (
        <p className={failure['failed']} role="alert">
          <span>{pending.reason}</span>
          <button type="button" className={failure['again']} onClick={() => outbox.retry(pending.key)}>
            Try again
          </button>
          <button type="button" className={failure['again']} onClick={edit}>
            Edit
          </button>
          <button type="button" className={failure['again']} onClick={() => outbox.discard(pending.key)}>
            Delete
          </button>
        </p>
      )}
    </div>
  );
}
