/** Short messages at the edge of the screen: `toast('Archived', { action })`. Read out politely, gone by themselves. */
import { X } from 'lucide-react';
import { Toast as Base } from 'radix-ui';
import { useSyncExternalStore } from 'react';
import { classNames } from '../lib/class-names.ts';
import styles from './toast.module.css';

export type ToastAction = { label: string; run: () => void };
type ToastEntry = { id: number; text: string; tone: 'plain' | 'bad'; action: ToastAction | null };

let entries: ToastEntry[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: ToastEntry[]): void {
  entries = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Shows `text`; at most three at a time. */
export function toast(text: string, options: { tone?: 'plain' | 'bad'; action?: ToastAction } = {}): void {
  lastId += 1;
  const entry = { id: lastId, text, tone: options.tone ?? 'plain', action: options.action ?? null };
  set([...entries.slice(-2), entry]);
}

/** Stands once in the app. */
export function Toaster() {
  const shown = useSyncExternalStore(subscribe, () => entries);
  return (
    <Base.Provider swipeDirection="down" label="Notification">
      {shown.map((entry) => (
        <Base.Root
          key={entry.id}
          className={classNames(styles['toast'], entry.tone === 'bad' && styles['bad'])}
          duration={entry.action ? 8000 : 5000}
          onOpenChange={(open) => !open && set(entries.filter((other) => other.id !== entry.id))}
        >
          <Base.Description className={styles['text']}>{entry.text}</Base.Description>
          {entry.action && (
            <Base.Action altText={entry.action.label} className={styles['action']} onClick={entry.action.run}>
              {entry.action.label}
            </Base.Action>
          )}
          <Base.Close className={styles['close']} aria-label="Dismiss">
            <X size={15} aria-hidden />
          </Base.Close>
        </Base.Root>
      ))}
      <Base.Viewport className={styles['viewport']} data-toasts />
    </Base.Provider>
  );
}
