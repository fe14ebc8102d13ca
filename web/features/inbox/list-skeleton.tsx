import { Skeleton } from '../../ui/skeleton.tsx';
import styles from './list-skeleton.module.css';

/** The list while it is loading. */
export function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading conversations">
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className={styles['row']}>
          <Skeleton round className={styles['avatar'] ?? ''} />
          <div className={styles['lines']}>
            <Skeleton className={styles[`name${index % 3}`] ?? ''} />
            <Skeleton className={styles[`text${index % 3}`] ?? ''} />
          </div>
        </div>
      ))}
    </div>
  );
}
