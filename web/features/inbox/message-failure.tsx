/** Under a message that did not leave, did not arrive, or may not have: why, and what can be done. Nothing under any other. */
import { RotateCcw } from 'lucide-react';
import { useInbox } from '../shell/inbox-context.tsx';
import { isWaiting, type Message } from './model.ts';
import styles from './message-failure.module.css';

export function MessageFailure({ message }: { message: Message }) {
  const { outbox } = useInbox();
  if (isWaiting(message)) {
    return <p className={styles['unknown']}>Waits: sending is paused. {message.waits}</p>;
  }
  if (message.status === 'unknown') {
    return (
      <p className={styles['unknown']}>
        WhatsApp has not confirmed this message. It may have arrived; it is not sent again by itself.
      </p>
    );
  }
  if (message.status !== 'failed') return null;
  return (
    <p className={styles['failed']}>
      <span>{message.error?.message ?? 'WhatsApp did not accept this message.'}</span>
      {message.type === 'text' && message.text && (
        <button
          type="button"
          className={styles['again']}
          onClick={() => outbox.send(message.conversation_id, message.text, message.id)}
        >
          <RotateCcw size={13} aria-hidden />
          Send again
        </button>
      )}
    </p>
  );
}
