/** What can be done with the chosen senders, and choosing all of them. */
import { ChevronDown } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { AssignMenu, type MenuState } from './assign-menu.tsx';
import type { TriageState } from './queries.ts';
import type { Progress } from './use-bulk.ts';
import styles from './triage.module.css';

type TriageBarProps = {
  count: number;
  all: number;
  state: TriageState;
  /** How far what is under way has come. */
  progress: Progress | null;
  menu: MenuState;
  onChooseAll: (isChosen: boolean) => void;
  onAssign: (userId: string) => void;
  onMove: (to: TriageState) => void;
};

export function TriageBar(props: TriageBarProps) {
  const { count, all, state, progress, menu, onChooseAll, onAssign, onMove } = props;
  if (progress) return <Working progress={progress} />;
  return (
    <div className={styles['bar']}>
      <Checkbox
        label={count === 0 ? 'Choose all' : `${count} chosen`}
        checked={count === all}
        onChange={onChooseAll}
      />
      <div className={styles['actions']}>
        {state !== 'blocked' && (
          <AssignMenu
            {...menu}
            onAssign={onAssign}
            trigger={
              <Button size="s" variant="primary" disabled={count === 0}>
                Assign
                <ChevronDown size={14} aria-hidden />
              </Button>
            }
          />
        )}
        {state === 'waiting' ? (
          <Button size="s" disabled={count === 0} onClick={() => onMove('dismissed')}>
            Dismiss
          </Button>
        ) : (
          <Button size="s" disabled={count === 0} onClick={() => onMove('waiting')}>
            {state === 'blocked' ? 'Unblock' : 'Take back'}
          </Button>
        )}
        {state !== 'blocked' && (
          <Button size="s" variant="danger" disabled={count === 0} onClick={() => onMove('blocked')}>
            Block…
          </Button>
        )}
      </div>
    </div>
  );
}

/** Stands in the bar's place, so that nothing else is begun meanwhile. */
function Working({ progress: { done, all } }: { progress: Progress }) {
  return (
    <div className={styles['bar']} role="status">
      <label className={styles['progress']}>
        {all === 1 ? 'Working…' : `${done + 1} of ${all}…`}
        <progress value={done} max={all} />
      </label>
    </div>
  );
}
