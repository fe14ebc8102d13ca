/**
 * Wakes the readers of an organization's events. Notifications are quick but only a hint: a slow poll finds what they missed,
 * so a screen is late by two seconds at worst.
 */
import type { Notifications } from '../db/notifications.ts';

const POLL_MS = 2_000;

/** Which organizations have events after an id. */
export type FindNewEvents = (after: number) => Promise<{ organizationId: string; newest: number }[]>;

export class Wakeups {
  readonly #readers = new Map<string, Set<() => void>>();
  readonly #findNewEvents: FindNewEvents;
  readonly #stopListening: () => void;
  #newest = 0;
  #stopped = false;
  #timer: NodeJS.Timeout;

  constructor(notifications: Notifications, findNewEvents: FindNewEvents) {
    this.#findNewEvents = findNewEvents;
    this.#stopListening = notifications.on('switchboard_events', (organizationId) => {
      if (organizationId === '') this.#wakeAll();
      else this.#wake(organizationId);
    });
    this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  /** Resolves when the organization has news, after `ms` milliseconds, or when the signal is aborted. */
  wait(organizationId: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const readers = this.#readers.get(organizationId) ?? new Set();
      this.#readers.set(organizationId, readers);
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        readers.delete(done);
        if (readers.size === 0 && this.#readers.get(organizationId) === readers)
          this.#readers.delete(organizationId);
        resolve();
      };
      const timer = setTimeout(done, ms);
      readers.add(done);
      if (signal.aborted) done();
      else signal.addEventListener('abort', done, { once: true });
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#stopListening();
    clearTimeout(this.#timer);
    this.#wakeAll();
  }

  async #poll(): Promise<void> {
    try {
      if (this.#readers.size > 0) {
        for (const { organizationId, newest } of await this.#findNewEvents(this.#newest)) {
          this.#newest = Math.max(this.#newest, newest);
          this.#wake(organizationId);
        }
      }
    } catch {
      // The database is away: readers notice it themselves, and the next poll tries again.
    }
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#poll(), POLL_MS);
  }

  #wake(organizationId: string): void {
    for (const reader of [...(this.#readers.get(organizationId) ?? [])]) reader();
  }

  #wakeAll(): void {
    for (const organizationId of [...this.#readers.keys()]) this.#wake(organizationId);
  }
}
