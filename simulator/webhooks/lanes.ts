/**
 * The order of first tries. Updates of one lane (app, address, number) go one after another unless order is switched
 * off; different lanes go at the same time. Taking and adding cost the same however long the queues are.
 */
import type { FreshUpdate } from '../state/state.ts';

type Lane = { name: string; target: string; waiting: FreshUpdate[]; busy: boolean; listed: boolean };

export type TakeOptions = { batchSize: number; newestFirst: boolean; ordered: boolean };

export class Lanes {
  #lanes = new Map<string, Lane>();
  #ready: Lane[] = [];
  #count = 0;

  /** Updates that wait, without those under way. */
  get size(): number {
    return this.#count;
  }

  add(update: FreshUpdate): void {
    const name = `${update.app_id} ${update.url} ${update.lane}`;
    const target = `${update.app_id} ${update.url}`;
    const lane = this.#lanes.get(name) ?? { name, target, waiting: [], busy: false, listed: false };
    this.#lanes.set(name, lane);
    lane.waiting.push(update);
    this.#count += 1;
    this.#list(lane);
  }

  /** The next updates that may go in one POST, and what to call when their first try is over. */
  take(options: TakeOptions): { updates: FreshUpdate[]; done: () => void } | null {
    const first = this.#ready.shift();
    if (!first) return null;
    first.listed = false;
    const taken = [first];
    const updates = this.#takeFrom(first, options.batchSize, options.newestFirst);
    for (const lane of [...this.#ready]) {
      if (updates.length >= options.batchSize) break;
      if (lane.target !== first.target) continue;
      this.#ready.splice(this.#ready.indexOf(lane), 1);
      lane.listed = false;
      taken.push(lane);
      updates.push(...this.#takeFrom(lane, options.batchSize - updates.length, options.newestFirst));
    }
    for (const lane of taken) {
      lane.busy = options.ordered;
      this.#list(lane);
    }
    return { updates, done: () => taken.forEach((lane) => this.#release(lane)) };
  }

  clear(): void {
    this.#lanes.clear();
    this.#ready = [];
    this.#count = 0;
  }

  #takeFrom(lane: Lane, most: number, newestFirst: boolean): FreshUpdate[] {
    const count = Math.min(most, lane.waiting.length);
    const updates = newestFirst ? lane.waiting.splice(-count).reverse() : lane.waiting.splice(0, count);
    this.#count -= updates.length;
    return updates;
  }

  #release(lane: Lane): void {
    lane.busy = false;
    this.#list(lane);
    if (lane.waiting.length === 0 && this.#lanes.get(lane.name) === lane) this.#lanes.delete(lane.name);
  }

  #list(lane: Lane): void {
    if (lane.listed || lane.busy || lane.waiting.length === 0) return;
    lane.listed = true;
    this.#ready.push(lane);
  }
}
