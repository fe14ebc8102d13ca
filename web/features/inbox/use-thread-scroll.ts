/**
 * Keeps a thread where the reader is. At the bottom it follows new messages; scrolled up it stays on the message being
 * read, also when older ones are put in above. Measured by our own anchor: not every browser has scroll anchoring.
 */
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Message } from './model.ts';

type Options = {
  /** Oldest first. */
  messages: readonly Message[];
  pendingCount: number;
  hasOlder: boolean;
  onOlder: () => void;
};

type Anchor = { id: string; top: number };

const nearBottom = 80;
const nearTop = 600;

export function useThreadScroll(scroller: React.RefObject<HTMLDivElement | null>, options: Options) {
  const { messages, pendingCount, hasOlder, onOlder } = options;
  const stuck = useRef(true);
  const anchor = useRef<Anchor | null>(null);
  const newest = messages.at(-1)?.id ?? 0;
  const [atBottom, setAtBottom] = useState(true);
  const [seenUpTo, setSeenUpTo] = useState(0);

  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    stuck.current = below < nearBottom;
    setAtBottom(stuck.current);
    if (stuck.current) setSeenUpTo(newest);
    anchor.current = stuck.current ? null : findAnchor(element);
    if (hasOlder && element.scrollTop < nearTop) onOlder();
  };

  // Before the browser paints, so that nothing is seen to jump.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (stuck.current) element.scrollTo({ top: element.scrollHeight, behavior: 'instant' });
    else if (anchor.current) restore(element, anchor.current);
  }, [scroller, messages]);

  // What one writes oneself is always shown.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || pendingCount === 0) return;
    stuck.current = true;
    element.scrollTo({ top: element.scrollHeight, behavior: 'instant' });
  }, [scroller, pendingCount]);

  useFollowSize(scroller, stuck, messages.length > 0);

  const toBottom = () => {
    const element = scroller.current;
    if (!element) return;
    stuck.current = true;
    const far = element.scrollHeight - element.scrollTop > 4 * element.clientHeight;
    element.scrollTo({ top: element.scrollHeight, behavior: far ? 'instant' : 'smooth' });
    element.focus({ preventScroll: true });
  };

  const newCount = atBottom || seenUpTo === 0 ? 0 : countNewer(messages, seenUpTo);
  return { onScroll, atBottom, newCount, toBottom };
}

/** The composer grows, a keyboard opens, fonts load: the bottom stays the bottom. */
function useFollowSize(
  scroller: React.RefObject<HTMLDivElement | null>,
  stuck: React.RefObject<boolean>,
  ready: boolean,
) {
  useEffect(() => {
    const element = scroller.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    const observer = new ResizeObserver(() => {
      if (stuck.current) element.scrollTo({ top: element.scrollHeight, behavior: 'instant' });
    });
    observer.observe(element);
    observer.observe(content);
    return () => observer.disconnect();
  }, [scroller, stuck, ready]);
}

/** The first message that is fully in view, and where it stands. */
function findAnchor(element: HTMLElement): Anchor | null {
  const edge = element.getBoundingClientRect().top;
  for (const entry of element.querySelectorAll<HTMLElement>('[data-message]')) {
    const top = entry.getBoundingClientRect().top - edge;
    if (top >= 0) return { id: entry.dataset['message'] ?? '', top };
  }
  return null;
}

function restore(element: HTMLElement, anchor: Anchor): void {
  const entry = element.querySelector(`[data-message="${CSS.escape(anchor.id)}"]`);
  if (!entry) return;
  const top = entry.getBoundingClientRect().top - element.getBoundingClientRect().top;
  element.scrollBy({ top: top - anchor.top, behavior: 'instant' });
}

function countNewer(messages: readonly Message[], id: number): number {
  let count = 0;
  for (let index = messages.length - 1; index >= 0; index -= 1) {
    const message = messages[index];
    if (!message || message.id <= id) break;
    if (message.direction === 'inbound') count += 1;
  }
  return count;
}
