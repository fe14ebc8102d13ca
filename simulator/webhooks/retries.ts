/** Deliveries that were not answered 200: those whose pause runs, and those that are due for another try. */
import type { PendingDelivery } from '../state/state.ts';

export class Retries {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #due: PendingDelivery[] = [];

  get isEmpty(): boolean {
    return this.#due.length === 0 && this.#timers.size === 0;
  }

  /** The delivery is due at once. */
  add(delivery: PendingDelivery): void {
    this.#due.push(delivery);
  }

  /** The delivery is due after so many milliseconds; `onDue` hears of it. */
  schedule(delivery: PendingDelivery, wait: number, onDue: () => void): void {
    delivery.due = Date.now() + wait;
    const timer = setTimeout(() => {
      this.#timers.delete(delivery.id);
      this.add(delivery);
      onDue();
    }, wait);
    this.#timers.set(delivery.id, timer);
  }

  /** The one that has been due longest. */
  take(): PendingDelivery | null {
    return this.#due.shift() ?? null;
  }

  /** No pause ends any more. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  clear(): void {
    this.stop();
    this.#due.length = 0;
  }
}
