/** What stands in a message's bubble beside or instead of words: an icon, and next to it a title with details, or a player. */
import type { ComponentProps, ReactNode } from 'react';
import styles from './bubble-card.module.css';

type BubbleCardProps = {
  icon: ReactNode;
  children: ReactNode;
  /** Makes the whole card a link. */
  link?: Omit<ComponentProps<'a'>, 'className' | 'children'> | undefined;
};

export function BubbleCard({ icon, children, link }: BubbleCardProps) {
  const content = (
    <>
      <span className={styles['icon']} aria-hidden>
        {icon}
      </span>
      {children}
    </>
  );
  if (!link)
    return (
      <span className={styles['card']} data-card>
        {content}
      </span>
    );
  return (
    <a {...link} className={styles['card']} data-card>
      {content}
    </a>
  );
}

type BubbleCardWordsProps = { title: string; detail: ReactNode; children?: ReactNode };

export function BubbleCardWords({ title, detail, children }: BubbleCardWordsProps) {
  return (
    <span className={styles['lines']}>
      <bdi className={styles['title']}>{title}</bdi>
      {detail && <span className={styles['detail']}>{detail}</span>}
      {children}
    </span>
  );
}
