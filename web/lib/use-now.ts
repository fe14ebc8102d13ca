/** The current time as React state, shared by everything on the screen: one timer, ticking at each full minute. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = new Date();
let timer: ReturnType<typeof setTimeout> | null = null;

function tick(): void {
  now = new Date();
  for (const listener of listeners) listener();
  timer = listeners.size > 0 ? setTimeout(tick, 60_000 - (Date.now() % 60_000) + 20) : null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    now = new Date();
    timer = setTimeout(tick, 60_000 - (Date.now() % 60_000) + 20);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer !== null) {
      clearTimeout(timer);
      timer = null;
    }
  };
}

/** Now, renewed every minute. */
export function useNow(): Date {
  return useSyncExternalStore(subscribe, () => now);
}
