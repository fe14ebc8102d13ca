/**
 * Unsent text per conversation, kept in the browser so that a reload loses nothing. Keyed by user: two people who
 * share a browser never see each other's drafts; signing out removes them.
 */
type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export type Drafts = {
  read: (id: string) => string;
  write: (id: string, text: string) => void;
  clear: () => void;
  subscribe: (listener: () => void) => () => void;
};

const prefix = 'switchboard.draft.';

/** The drafts of one user in `store`. A store that refuses (full, forbidden) leaves them in memory only. */
export function createDrafts(store: Store | null, userId: string): Drafts {
  const memory = new Map<string, string>();
  const listeners = new Set<() => void>();
  const keyOf = (id: string) => `${prefix}${userId}.${id}`;

  function read(id: string): string {
    const known = memory.get(id);
    if (known !== undefined) return known;
    let text: string;
    try {
      text = store?.getItem(keyOf(id)) ?? '';
    } catch {
      text = '';
    }
    memory.set(id, text);
    return text;
  }

  function write(id: string, text: string): void {
    memory.set(id, text);
    try {
      if (text === '') store?.removeItem(keyOf(id));
      else store?.setItem(keyOf(id), text);
    } catch {
      // Kept in memory; nothing else can be done.
    }
    for (const listener of listeners) listener();
  }

  function subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function clear(): void {
    memory.clear();
    removeDrafts(store, userId);
    for (const listener of listeners) listener();
  }

  return { read, write, clear, subscribe };
}

/** Removes what `userId` left in `store`. */
export function removeDrafts(store: Store | null, userId: string): void {
  if (!store) return;
  try {
    const keys = Array.from({ length: store.length }, (_, index) => store.key(index));
    for (const key of keys) if (key?.startsWith(`${prefix}${userId}.`)) store.removeItem(key);
  } catch {
    // A store that cannot be read holds nothing of ours.
  }
}
