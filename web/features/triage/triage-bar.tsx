/** What can be done with the chosen senders, and choosing all of them. */
import { ChevronDown } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { AssignMenu } from './assign-menu.tsx';
import type { TriageState } from './queries.ts';
import styles from './triage.module.css';

type TriageBarProps = {
  count: number;
  all: number;
  state: TriageState;
  onChooseAll: (isChosen: boolean) => void;
  onAssign: (userId: string) => void;
  onMove: (to: TriageState) => void;
};

export function TriageBar({ count, all, state, onChooseAll, onAssign, onMove }: TriageBarProps) {
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
      </div>
    </div>
  );
}
