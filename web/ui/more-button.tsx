/**
 * Fetches the next page of a list in the same card. Pressed, it goes or moves away when the page is there: whoever pressed it goes on at
 * what came first of the new, which has the focus, unless they have moved it meanwhile.
 */
import type { MouseEvent } from 'react';
import { isFocusLost } from '../lib/is-focus-lost.ts';
import { Button } from './button.tsx';

type MoreButtonProps = {
  query: { isFetchingNextPage: boolean; fetchNextPage: () => Promise<{ isError: boolean }> };
  size?: 's' | 'm';
  /** Where the new ones come: behind the list, or before it. */
  side?: 'end' | 'start';
  children: string;
};

export function MoreButton({ query, size = 'm', side = 'end', children }: MoreButtonProps) {
  async function fetch({ currentTarget: button }: MouseEvent<HTMLButtonElement>) {
    const list = listBeside(button);
    const stop = list ? focusWhatComes(list, button, side) : () => undefined;
    if ((await query.fetchNextPage()).isError) stop();
  }
  return (
    <Button size={size} busy={query.isFetchingNextPage} onClick={(event) => void fetch(event)}>
      {children}
    </Button>
  );
}

/** The list of the same row, or else of the same card. */
function listBeside(button: Element): Element | null {
  const near = button.parentElement?.querySelector(':scope > ul, :scope > ol');
  return near ?? button.closest('section')?.querySelector('ul, ol') ?? null;
}

function focusWhatComes(list: Element, button: Element, side: 'end' | 'start'): () => void {
  const before = list.children.length;
  const observer = new MutationObserver(() => {
    if (list.children.length <= before) return;
    observer.disconnect();
    const first = list.children[side === 'end' ? before : 0];
    if (!(first instanceof HTMLElement) || !(isFocusLost() || document.activeElement === button)) return;
    if (!first.hasAttribute('tabindex')) first.tabIndex = -1;
    first.focus();
  });
  observer.observe(list, { childList: true });
  return () => observer.disconnect();
}
