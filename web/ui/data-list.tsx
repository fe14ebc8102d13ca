/** A list of things, one a row: what it is, what is known of it, what can be done with it. Stands in a flush Card. */
import type { ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import { Skeleton } from './skeleton.tsx';
import styles from './data-list.module.css';

type DataListProps = { label: string; children: ReactNode };

export function DataList({ label, children }: DataListProps) {
  return (
    <ul className={styles['list']} aria-label={label}>
      {children}
    </ul>
  );
}

type DataRowProps = {
  /** An avatar or icon. */
  leading?: ReactNode;
  title: ReactNode;
  /** Stands beside the title. */
  badges?: ReactNode;
  detail?: ReactNode;
  /** Buttons or a menu, at the end. */
  actions?: ReactNode;
  /** For lists that are worked through by keyboard: see lib/use-row-keys.ts. */
  rowName?: string;
  /** Quieter: what is switched off or over. */
  faded?: boolean;
};

export function DataRow({ leading, title, badges, detail, actions, faded = false, rowName }: DataRowProps) {
  return (
    <li
      className={classNames(styles['row'], faded && styles['faded'])}
      {...(rowName !== undefined && { 'data-row': rowName, tabIndex: -1 })}
    >
      {leading && <span className={styles['leading']}>{leading}</span>}
      <div className={styles['words']}>
        <div className={styles['top']}>
          <span className={styles['title']}>{title}</span>
          {badges}
        </div>
        {detail && <div className={styles['detail']}>{detail}</div>}
      </div>
      {actions && <div className={styles['actions']}>{actions}</div>}
    </li>
  );
}

/** What stands in the place of a list while it is fetched. */
export function DataListSkeleton({ rows = 3 }: { rows?: number }) {
  return (
    <div className={styles['list']} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={styles['row']}>
          <Skeleton round className={styles['face'] ?? ''} />
          <div className={styles['words']}>
            <Skeleton className={styles['line'] ?? ''} />
            <Skeleton className={styles['shortLine'] ?? ''} />
          </div>
        </div>
      ))}
    </div>
  );
}
