import { useQuery } from '@tanstack/react-query';
import { listFilters, type ListFilter } from './model.ts';
import { unreadCountLimit, unreadCountQuery } from './queries.ts';
import styles from './list-filters.module.css';

const words: Record<ListFilter, string> = { all: 'All', unread: 'Unread', archived: 'Archived' };

type ListFiltersProps = { filter: ListFilter; onChange: (filter: ListFilter) => void };

/** All, Unread, Archived. */
export function ListFilters({ filter, onChange }: ListFiltersProps) {
  const unread = useQuery(unreadCountQuery).data ?? 0;
  return (
    <div className={styles['filters']} role="group" aria-label="Filter conversations">
      {listFilters.map((one) => (
        <button
          key={one}
          type="button"
          className={styles['filter']}
          aria-pressed={one === filter}
          onClick={() => onChange(one)}
        >
          {words[one]}
          {one === 'unread' && unread > 0 && (
            <span className={styles['count']}>{unread >= unreadCountLimit ? '99+' : unread}</span>
          )}
        </button>
      ))}
    </div>
  );
}
