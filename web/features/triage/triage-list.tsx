/** The senders of one state, what is done with several at once, and the keys: j k to move, x to choose, a e b to act. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CircleCheckBig } from 'lucide-react';
import { useRef, useState } from 'react';
import { useRowKeys } from '../../lib/use-row-keys.ts';
import { Card, CardSkeleton } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadError } from '../../ui/load-error.tsx';
import { MoreButton } from '../../ui/more-button.tsx';
import { BlockDialog } from '../blocked/block-dialog.tsx';
import { peopleQuery } from '../people/queries.ts';
import { triageQuery, type TriageState } from './queries.ts';
import { TriageBar } from './triage-bar.tsx';
import { TriageRow } from './triage-row.tsx';
import { useBulk } from './use-bulk.ts';
import { stateWords } from './words.ts';
import styles from './triage.module.css';

export function TriageList({ state }: { state: TriageState }) {
  const list = useInfiniteQuery(triageQuery(state));
  const items = list.data?.pages.flatMap((page) => page.data) ?? [];
  const { chosen, ids, toggle, chooseAll } = useChoice(items.map(({ id }) => id));
  const people = useQuery(peopleQuery).data ?? [];
  const rows = useRef<HTMLDivElement>(null);
  const bulk = useBulk();
  const navigate = useNavigate();
  /** Whose menu of colleagues a key has opened: a sender's, or with '' that of the chosen ones. */
  const [assigning, setAssigning] = useState<string | null>(null);
  const [blocking, setBlocking] = useState<string[] | null>(null);

  /** The focus stays about here when they go, and is where they are when they come back. */
  const keepPlace = ([first]: string[]) => hold(first ?? '');
  const assign = (of: string[], userId: string) => {
    const to = people.find(({ id }) => id === userId) ?? { id: userId, name: 'your colleague' };
    keepPlace(of);
    void bulk.assign(
      of,
      to,
      (conversationId) => void navigate({ to: '/inbox/$conversationId', params: { conversationId } }),
    );
  };
  const move = (of: string[], to: TriageState, reason?: string) => {
    keepPlace(of);
    return bulk.move(of, { from: state, to, onUndo: keepPlace, ...(reason !== undefined && { reason }) });
  };
  /** The chosen ones, or else the one that has the focus. */
  const meant = (row: string) => (ids.length > 0 ? ids : row === '' ? [] : [row]);
  const keys = {
    x: (row: string) => row !== '' && toggle(row),
    a: (row: string) =>
      state !== 'blocked' && meant(row).length > 0 && setAssigning(ids.length > 0 ? '' : row),
    e: (row: string) =>
      meant(row).length > 0 && void move(meant(row), state === 'waiting' ? 'dismissed' : 'waiting'),
    b: (row: string) => state !== 'blocked' && meant(row).length > 0 && setBlocking(meant(row)),
  };
  const { hold } = useRowKeys(rows, keys, bulk.progress !== null);
  const menuOf = (whose: string) => ({
    open: assigning === whose,
    onOpenChange: (open: boolean) => setAssigning(open ? whose : null),
  });

  if (list.isPending) return <CardSkeleton lines={6} />;
  if (list.error && items.length === 0)
    return <LoadError error={list.error} onRetry={() => void list.refetch()} />;
  if (items.length === 0)
    return (
      <div ref={rows} tabIndex={-1}>
        <NobodyHere state={state} />
      </div>
    );
  const [only] = blocking ?? [];
  const whom =
    blocking?.length === 1
      ? (items.find(({ id }) => id === only)?.from.name ?? 'the sender')
      : `${blocking?.length ?? 0} senders`;
  return (
    <div ref={rows}>
      <Card flush>
        <TriageBar
          count={ids.length}
          all={items.length}
          state={state}
          progress={bulk.progress}
          menu={menuOf('')}
          onChooseAll={chooseAll}
          onAssign={(userId) => assign(ids, userId)}
          onMove={(to) => (to === 'blocked' ? setBlocking(ids) : void move(ids, to))}
        />
        <ul className={styles['list']} aria-label={`${stateWords[state]} senders`}>
          {items.map((item) => (
            <TriageRow
              key={item.id}
              item={item}
              isChosen={chosen.has(item.id)}
              error={bulk.errors.get(item.id) ?? null}
              menu={menuOf(item.id)}
              onChoose={() => toggle(item.id)}
              onAssign={(userId) => assign([item.id], userId)}
              onMove={(to) => (to === 'blocked' ? setBlocking([item.id]) : void move([item.id], to))}
            />
          ))}
        </ul>
        {list.hasNextPage && (
          <div className={styles['more']}>
            <MoreButton query={list}>Show more</MoreButton>
          </div>
        )}
        <BlockDialog
          whom={whom}
          open={blocking !== null}
          onOpenChange={(open) => !open && setBlocking(null)}
          onBlock={(reason) => move(blocking ?? [], 'blocked', reason)}
        />
      </Card>
    </div>
  );
}

/** Which of the senders are chosen. Who is not there any more does not count. */
function useChoice(all: string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  return {
    chosen,
    ids: all.filter((id) => chosen.has(id)),
    toggle: (id: string) =>
      setChosen(
        (before) => new Set(before.has(id) ? [...before].filter((one) => one !== id) : [...before, id]),
      ),
    chooseAll: (isChosen: boolean) => setChosen(new Set(isChosen ? all : [])),
  };
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
