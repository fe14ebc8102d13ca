/** The advertisement or post that a customer came from, above what they wrote. */
import { Megaphone } from 'lucide-react';
import type { MessageContext } from './message-context.ts';
import styles from './referral.module.css';

export function Referral({ referral }: { referral: NonNullable<MessageContext['referral']> }) {
  const { title, detail, href } = referral;
  const words = (
    <>
      <Megaphone size={15} aria-hidden />
      <span className={styles['lines']}>
        <span className={styles['from']}>From an advertisement</span>
        <span className={styles['title']}>{title}</span>
        {detail && <span className={styles['detail']}>{detail}</span>}
      </span>
    </>
  );
  if (!href) return <span className={styles['referral']}>{words}</span>;
  return (
    <a className={styles['referral']} href={href} target="_blank" rel="noopener noreferrer nofollow">
      {words}
    </a>
  );
}
