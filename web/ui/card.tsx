/** A group of things that belong together. `footer` holds what saves them, with its hint at the left. */
import { useId, type ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import { Skeleton } from './skeleton.tsx';
import styles from './card.module.css';

type CardProps = {
  title?: string;
  /** What the group is for, in a sentence. */
  about?: ReactNode;
  /** At the end of the title's line. */
  aside?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  /** Without padding around the children: for lists that reach the edge. */
  flush?: boolean;
  tone?: 'plain' | 'danger';
};

export function Card({ title, about, aside, children, footer, flush = false, tone = 'plain' }: CardProps) {
  const id = useId();
  return (
    <section
      className={classNames(styles['card'], tone === 'danger' && styles['danger'])}
      aria-labelledby={title ? id : undefined}
    >
      {title && (
        <div className={styles['head']}>
          <div className={styles['words']}>
            <h2 id={id} className={styles['title']}>
              {title}
            </h2>
            {about && <div className={styles['about']}>{about}</div>}
          </div>
          {aside}
        </div>
      )}
      {children && <div className={classNames(styles['body'], flush && styles['flush'])}>{children}</div>}
      {footer && <div className={styles['footer']}>{footer}</div>}
    </section>
  );
}

/** What stands in the place of a card while its content is fetched. */
export function CardSkeleton({ lines = 3 }: { lines?: number }) {
  return (
    <div className={classNames(styles['card'], styles['loading'])} role="status" aria-label="Loading">
      <Skeleton className={styles['loadingTitle'] ?? ''} />
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} className={styles['loadingLine'] ?? ''} />
      ))}
    </div>
  );
}
