/** Who waits for somebody to answer them: the list, what to do with several at once, and one of them opened. */
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleCheckBig } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { Button } from '../../ui/button.tsx';
import { Card, CardSkeleton } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { toast } from '../../ui/toast.tsx';
import { peopleQuery } from '../people/queries.ts';
import { useMe } from '../shell/use-me.ts';
import { assignAll, setTriageState, triageQuery, type TriageItem, type TriageState } from './queries.ts';
import { ExplainCard } from './explain-card.tsx';
import { TriageBar } from './triage-bar.tsx';
import { TriageRow } from './triage-row.tsx';
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

function TriageList({ state }: { state: TriageState }) {
  const list = useInfiniteQuery(triageQuery(state));
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const items = list.data?.pages.flatMap((page) => page.data) ?? [];
  const ids = items.map(({ id }) => id).filter((id) => chosen.has(id));
  const actions = useActions(() => setChosen(new Set()));

  function choose(id: string, isChosen: boolean) {
    const next = new Set(chosen);
    if (isChosen) next.add(id);
    else next.delete(id);
    setChosen(next);
  }

  if (list.isPending) return <CardSkeleton lines={6} />;
  if (list.error && items.length === 0)
    return <LoadError error={list.error} onRetry={() => void list.refetch()} />;
  if (items.length === 0) return <NobodyHere state={state} />;
  return (
    <Card flush>
      <TriageBar
        count={ids.length}
        all={items.length}
        state={state}
        onChooseAll={(isChosen) => setChosen(new Set(isChosen ? items.map(({ id }) => id) : []))}
        onAssign={(userId) => actions.assign(ids, userId)}
        onMove={(to) => actions.move(ids, { from: state, to })}
      />
      <ul className={styles['list']} aria-label={`${stateWords[state]} senders`}>
        {items.map((item: TriageItem) => (
          <TriageRow
            key={item.id}
            item={item}
            isChosen={chosen.has(item.id)}
            onChoose={(isChosen) => choose(item.id, isChosen)}
            onAssign={(userId) => actions.assign([item.id], userId)}
            onMove={(to) => actions.move([item.id], { from: state, to })}
          />
        ))}
      </ul>
      {list.hasNextPage && (
        <div className={styles['more']}>
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </Card>
  );
}

function NobodyHere({ state }: { state: TriageState }) {
  return (
    <EmptyState
      icon={<CircleCheckBig size={24} />}
      title={state === 'waiting' ? 'Nobody is waiting' : `Nobody is ${state}`}
    >
      {state === 'waiting'
        ? 'Every message found somebody to answer it. Who does not will appear here at once.'
        : 'Senders appear here when you choose so, and can be taken back.'}
    </EmptyState>
  );
}

/** What is done to one or several; the list is asked anew, whatever came of it. */
function useActions(onDone: () => void) {
  const client = useQueryClient();
  const people = useQuery(peopleQuery).data ?? [];

  async function attempt(work: () => Promise<void>) {
    try {
      await work();
      onDone();
    } catch (error) {
      toast(describeError(error), { tone: 'bad' });
    }
    await client.invalidateQueries({ queryKey: ['triage'] });
  }

  const assign = (ids: string[], userId: string) =>
    attempt(async () => {
      await assignAll(ids, userId);
      const name = people.find(({ id }) => id === userId)?.name ?? 'your colleague';
      toast(ids.length === 1 ? `Assigned to ${name}` : `${ids.length} senders assigned to ${name}`);
    });

  const move = (ids: string[], { from, to }: { from: TriageState; to: TriageState }) =>
    attempt(async () => {
      await setTriageState(ids, to);
      const words = to === 'waiting' ? 'Back among those who wait' : stateWords[to];
      toast(ids.length === 1 ? words : `${words}: ${ids.length} senders`, {
        action: {
          label: 'Undo',
          run: () =>
            void attempt(async () => {
              await setTriageState(ids, from);
            }),
        },
      });
    });

  return {
    assign: (ids: string[], userId: string) => void assign(ids, userId),
    move: (ids: string[], states: { from: TriageState; to: TriageState }) => void move(ids, states),
  };
}
