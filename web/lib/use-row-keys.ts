/**
 * Lists that are worked through by keyboard: j/k and the arrows move the focus from row to row, other keys do something to the row that
 * has it. A row is an element with `data-row`, which holds its name. When the row that was worked on goes, the next one gets the focus, as
 * soon as nothing is under way any more.
 */
import { useLayoutEffect, useRef, type RefObject } from 'react';
import { useShortcuts } from './use-shortcuts.ts';

type RowKeys = Record<string, (row: string) => void>;

const rowsOf = (list: HTMLElement | null) => [...(list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];

/** `actions` are called with the name of the row that has the focus, `''` when none has. */
export function useRowKeys(list: RefObject<HTMLElement | null>, actions: RowKeys, isWorking = false): void {
  const worked = useRef<number | null>(null);

  useLayoutEffect(() => {
    const rows = rowsOf(list.current);
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (worked.current === null || !isLost || isWorking) return;
    const next = rows[Math.min(worked.current, rows.length - 1)];
    worked.current = null;
    next?.focus();
  });

  const focused = () => rowsOf(list.current).findIndex((row) => row.contains(document.activeElement));
  const move = (step: 1 | -1) => (event: KeyboardEvent) => {
    const rows = rowsOf(list.current);
    const from = focused();
    const next = rows[from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + step))];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  };
  const act = (action: (row: string) => void) => (event: KeyboardEvent) => {
    event.preventDefault();
    const index = focused();
    worked.current = index < 0 ? null : index;
    action(rowsOf(list.current)[index]?.dataset['row'] ?? '');
  };
  useShortcuts({
    j: move(1),
    k: move(-1),
    ArrowDown: move(1),
    ArrowUp: move(-1),
    ...Object.fromEntries(Object.entries(actions).map(([key, action]) => [key, act(action)])),
  });
}
