/**
 * Lists that are worked through by keyboard: j/k and the arrows move the focus from row to row, other keys do something to the row that
 * has it. A row is an element with `data-row`, which holds its name. When the row that was worked on goes, by key or, after `hold`, by
 * mouse, the next one gets the focus as soon as nothing is under way any more; when it comes back, it does; without any row, the list.
 */
import { useLayoutEffect, useRef, type RefObject } from 'react';
import { isFocusLost } from './is-focus-lost.ts';
import { useShortcuts } from './use-shortcuts.ts';

type RowKeys = Record<string, (row: string) => void>;

const rowsOf = (list: HTMLElement | null) => [...(list?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];

/** What had the focus is gone, or was a toast's. */
const isLost = () => isFocusLost() || document.activeElement?.matches('[data-toasts]') === true;

/**
 * `actions` are called with the name of the row that has the focus, `''` when none has. `hold` says that a row is about to be worked on
 * by other means.
 */
export function useRowKeys(
  list: RefObject<HTMLElement | null>,
  actions: RowKeys,
  isWorking = false,
): { hold: (row: string) => void } {
  const worked = useRef<{ index: number; row: string } | null>(null);

  useLayoutEffect(() => {
    if (worked.current === null || !isLost() || isWorking) return;
    const rows = rowsOf(list.current);
    const { index, row } = worked.current;
    const next = rows.find(({ dataset }) => dataset['row'] === row) ?? rows[Math.min(index, rows.length - 1)];
    worked.current = null;
    (next ?? list.current)?.focus();
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
    const row = rowsOf(list.current)[index]?.dataset['row'] ?? '';
    worked.current = index < 0 ? null : { index, row };
    action(row);
  };
  const hold = (row: string) => {
    const index = rowsOf(list.current).findIndex(({ dataset }) => dataset['row'] === row);
    worked.current = { index: Math.max(0, index), row };
  };
  useShortcuts({
    j: move(1),
    k: move(-1),
    ArrowDown: move(1),
    ArrowUp: move(-1),
    ...Object.fromEntries(Object.entries(actions).map(([key, action]) => [key, act(action)])),
  });
  return { hold };
}
