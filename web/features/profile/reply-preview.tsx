/** An automatic reply as the customer sees it on a number that several people share. */
import styles from './signature-card.module.css';

export function ReplyPreview({ text, signature }: { text: string; signature: string }) {
  if (text.trim() === '') return null;
  return (
    <div>
      <p className={styles['caption']}>What the customer sees; the first line only on shared numbers</p>
      <div className={styles['phone']}>
        <div className={styles['bubble']}>
          <strong>{signature}</strong>
          <span dir="auto">{text.trim()}</span>
        </div>
      </div>
    </div>
  );
}
