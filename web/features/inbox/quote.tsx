/** What a message answers, in short above it; a click goes there. */
import { previewOf } from './message-content.ts';
import type { Answered } from './find-answered.ts';
import styles from './quote.module.css';

export function Quote({ message }: { message: Answered }) {
  if (message === 'missing')
    return <span className={styles['quote']}>Answers a message that is not here</span>;
  if (!message) return <span className={styles['quote']}>Answers an older message</span>;
  const from = message.direction === 'outbound' ? (message.sender_name ?? 'You') : 'Customer';
  return (
    <button type="button" className={styles['quote']} onClick={() => show(message.id)}>
      <span className={styles['from']}>{from}</span>
      <span className={styles['text']}>{previewOf(message)}</span>
    </button>
  );
}

function show(id: number): void {
  const entry = document.querySelector(`[data-message="${id}"]`);
  entry?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  entry?.animate([{ opacity: 0.35 }, { opacity: 1 }], { duration: 700, delay: 250, easing: 'ease-out' });
}
