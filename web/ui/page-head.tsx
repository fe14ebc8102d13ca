/** What a page is about, and the one thing to do on it. */
import type { ReactNode } from 'react';
import styles from './page-head.module.css';

type PageHeadProps = { title: string; lead?: ReactNode; actions?: ReactNode };

export function PageHead({ title, lead, actions }: PageHeadProps) {
  return (
    <header className={styles['head']}>
      <div className={styles['words']}>
        <h1 className={styles['title']}>{title}</h1>
        {lead && <p className={styles['lead']}>{lead}</p>}
      </div>
      {actions && <div className={styles['actions']}>{actions}</div>}
    </header>
  );
}
