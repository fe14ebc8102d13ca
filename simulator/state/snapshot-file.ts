/**
 * Keeps the state in a file: written whole to a neighbour and renamed over, so that a crash leaves the old or the new
 * one, never half. Saves are debounced by 100 ms; when a save is slow (a large ledger) the pause grows with it, so that
 * saving never takes more than about a fifth of the process.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

import type { Log } from '../options.ts';
import { emptyState, noFaults } from './state.ts';
import type { State } from './state.ts';

const DEBOUNCE_MS = 100;

export type SnapshotFile = {
  /** The state of last time, or an empty one. A damaged file is reported and left aside. */
  load(): State;
  /** Asks for a save soon. */
  touch(): void;
  /** Saves now what is unsaved and waits for it. */
  flush(): Promise<void>;
};

export function snapshotFile(path: string | null, current: () => State, log: Log): SnapshotFile {
  let timer: NodeJS.Timeout | null = null;
  let running: Promise<void> = Promise.resolve();
  let dirty = false;
  let pause = DEBOUNCE_MS;

  async function save(file: string): Promise<void> {
    const started = performance.now();
    dirty = false;
    await writeFile(`${file}.tmp`, JSON.stringify(current()), { mode: 0o600 });
    await rename(`${file}.tmp`, file);
    pause = Math.max(DEBOUNCE_MS, (performance.now() - started) * 4);
  }

  function run(): Promise<void> {
    timer = null;
    if (path === null) return running;
    running = running
      .then(() => save(path))
      .catch((error: unknown) => {
        dirty = true;
        log.warn({ error: String(error), path }, 'simulator state could not be saved');
      });
    return running;
  }

  return {
    load() {
      if (path === null) return emptyState();
      mkdirSync(dirname(path), { recursive: true });
      try {
        const stored = JSON.parse(readFileSync(path, 'utf8')) as State;
        const faults = { ...noFaults(), ...stored.faults };
        return { ...emptyState(), ...stored, faults };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          log.warn({ error: String(error), path }, 'simulator state is unreadable; starting empty');
        return emptyState();
      }
    },
    touch() {
      if (path === null) return;
      dirty = true;
      timer ??= setTimeout(() => void run(), pause).unref();
    },
    async flush() {
      if (timer) clearTimeout(timer);
      timer = null;
      await running;
      if (dirty && path !== null) await run();
    },
  };
}
