/** Who waits for somebody to answer them, who was put aside, who is blocked. */
import { Link } from '@tanstack/react-router';
import { CircleCheckBig } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { useMe } from '../shell/use-me.ts';
import type { TriageState } from './queries.ts';
import { ExplainCard } from './explain-card.tsx';
import { TriageList } from './triage-list.tsx';
import { stateWords } from './words.ts';
import styles from './triage.module.css';

const states: TriageState[] = ['waiting', 'dismissed', 'blocked'];

export function TriagePage() {
  const isOwner = useMe().permissions.includes('organization:manage');
  const [state, setState] = useState<TriageState>('waiting');
  return (
    <div className={styles['page']}>
      <div className={styles['column']}>
        <PageHead
          title="Triage"
          lead="Messages for which no rule found anybody. Assign a sender once: everything they wrote moves along, and what they write next follows."
        />
        {isOwner ? (
          <>
            <div className={styles['tabs']} role="group" aria-label="Which senders">
              {states.map((one) => (
                <Button
                  key={one}
                  size="s"
                  variant={one === state ? 'secondary' : 'ghost'}
                  aria-pressed={one === state}
                  onClick={() => setState(one)}
                >
                  {stateWords[one]}
                </Button>
              ))}
            </div>
            {state === 'blocked' && (
              <p className={styles['note']}>
                What they write is kept, nobody is told, and Switchboard does not answer. Who is blocked in an
                inbox stands among <Link to="/settings/blocked">all blocked senders</Link>.
              </p>
            )}
            <TriageList key={state} state={state} />
            <ExplainCard />
          </>
        ) : (
          <EmptyState icon={<CircleCheckBig size={24} />} title="Owners look after triage">
            Ask an owner of your organization when you miss a message.
          </EmptyState>
        )}
      </div>
    </div>
  );
}
