import { describe, expect, it } from 'vitest';
import { createDrafts, removeDrafts } from './drafts.ts';

/** A Storage in memory; `full` makes it refuse writes as a browser does. */
function memoryStore(full = false) {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index: number) => [...items.keys()][index] ?? null,
    getItem: (key: string) => items.get(key) ?? null,
    removeItem: (key: string) => void items.delete(key),
    setItem: (key: string, value: string) => {
      if (full) throw new DOMException('full', 'QuotaExceededError');
      items.set(key, value);
    },
  };
}

describe('drafts', () => {
  it('outlive the page', () => {
    const store = memoryStore();
    createDrafts(store, 'mara').write('c1', 'Good morn');
    expect(createDrafts(store, 'mara').read('c1')).toBe('Good morn');
  });

  it('are never shown to another user of the same browser', () => {
    const store = memoryStore();
    createDrafts(store, 'mara').write('c1', 'Good morn');
    expect(createDrafts(store, 'jonas').read('c1')).toBe('');
  });

  it('leave nothing behind when emptied', () => {
    const store = memoryStore();
    const drafts = createDrafts(store, 'mara');
    drafts.write('c1', 'Hello');
    drafts.write('c1', '');
    expect(store.length).toBe(0);
  });

  it('stay in memory when the browser refuses to store', () => {
    const drafts = createDrafts(memoryStore(true), 'mara');
    drafts.write('c1', 'Hello');
    expect(drafts.read('c1')).toBe('Hello');
  });

  it('tell who listens, until they stop', () => {
    const drafts = createDrafts(null, 'mara');
    let calls = 0;
    const stop = drafts.subscribe(() => (calls += 1));
    drafts.write('c1', 'H');
    stop();
    drafts.write('c1', 'He');
    expect(calls).toBe(1);
  });

  it('go on signing out, and only those of who signs out', () => {
    const store = memoryStore();
    createDrafts(store, 'mara').write('c1', 'mine');
    createDrafts(store, 'mara').write('c2', 'mine too');
    createDrafts(store, 'jonas').write('c1', 'his');
    removeDrafts(store, 'mara');
    expect(createDrafts(store, 'mara').read('c2')).toBe('');
    expect(createDrafts(store, 'jonas').read('c1')).toBe('his');
  });
});
