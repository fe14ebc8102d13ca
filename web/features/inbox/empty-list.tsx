/** The list when it is empty: each reason has its own way on. */
import { Archive, CheckCheck, SearchX } from 'lucide-react';
import { useMediaQuery } from '../../lib/use-media-query.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FirstSteps } from './first-steps.tsx';
import type { ListView } from './model.ts';
import styles from './empty-list.module.css';

export function EmptyList({ view, onClear }: { view: ListView; onClear: () => void }) {
  return (
    <div className={styles['place']}>
      <Reason view={view} onClear={onClear} />
    </div>
  );
}

function Reason({ view, onClear }: { view: ListView; onClear: () => void }) {
  if (view.q) {
    return (
      <EmptyState
        icon={<SearchX size={24} />}
        title="Nothing found"
        actions={<Button onClick={onClear}>Clear search</Button>}
      >
        No name, number or message matches “{view.q}”.
      </EmptyState>
    );
  }
  if (view.filter === 'unread') {
    return (
      <EmptyState
        icon={<CheckCheck size={24} />}
        title="All caught up"
        actions={<Button onClick={onClear}>Show all conversations</Button>}
      >
        No message waits to be read.
      </EmptyState>
    );
  }
  if (view.filter === 'archived') {
    return (
      <EmptyState icon={<Archive size={24} />} title="The archive is empty">
        Archive what is done: the inbox then shows only what still needs somebody.
      </EmptyState>
    );
  }
  return <NothingYet />;
}

/** On a wide screen the first steps stand beside the list, on a phone there is only the list. */
function NothingYet() {
  const phone = useMediaQuery('(max-width: 719px)');
  if (phone) return <FirstSteps />;
  return <p className={styles['nothing']}>No conversations yet</p>;
}
