import { Skeleton } from '../../ui/skeleton.tsx';
import { classNames } from '../../lib/class-names.ts';
import styles from './thread-skeleton.module.css';

const bubbles = ['in', 'in', 'out', 'in', 'out', 'out'] as const;

/** A thread while it is loading; `bare` without the heading, which is there already. */
export function ThreadSkeleton({ bare = false }: { bare?: boolean }) {
  return (
    <div className={styles['thread']} role="status" aria-label="Loading messages">
      {!bare && (
        <div className={styles['header']}>
          <Skeleton round className={styles['avatar'] ?? ''} />
          <Skeleton className={styles['name'] ?? ''} />
        </div>
      )}
      <div className={styles['bubbles']}>
        {bubbles.map((side, index) => (
          <Skeleton
            key={index}
            className={classNames(styles['bubble'], styles[side], styles[`size${index % 3}`])}
          />
        ))}
      </div>
    </div>
  );
}
