/**
 * Works through a table whose rows are claimed with a lease: claims while there is room, and polls when there is nothing.
 * Owns no I/O. What must stay true: a wake-up is only a hint, polling finds everything; no error ends the loop; no more items at
 * once than `concurrency`.
 */
import type { Logger } from 'pino';
import { Rest } from './rest.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;
const DRAIN_MS = 20_000;

/** What a lease loop works on. */
export type LeaseLoopOptions<T> = {
  /** For the log, such as `outbound.deliver`. */
  name: string;
  /** Leases up to `limit` items to the caller; none when there are none. Never called twice at once. */
  claim: (limit: number) => Promise<T[]>;
  /** Handles one item, its failures too. A throw is logged as a bug, and others get the item when its lease is over. */
  work: (item: T) => Promise<void>;
  /** Items at once. */
  concurrency: number;
  /** Milliseconds between claims while there is nothing to do; 1,000 if absent. */
  pollMs?: number;
  log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Called each time a claim came back empty and nothing is in work. */
  onIdle?: () => void;
};

/** A running loop. */
export type LeaseLoop = {
  /** There may be something to claim. Cheap: call it at every notification. */
  wake(): void;
  /** Resolves when a claim that began after this call came back empty and nothing is in work, or the loop has stopped. */
  settle(): Promise<void>;
  /** Claims no more and waits up to 20 seconds for what is in work. */
  stop(): Promise<void>;
};

/** Starts claiming at once. */
export function runLeaseLoop<T>(options: LeaseLoopOptions<T>): LeaseLoop {
  return new RunningLoop(options);
}

class RunningLoop<T> implements LeaseLoop {
  readonly #options: LeaseLoopOptions<T>;
  readonly #rest = new Rest();
  readonly #inWork = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #settling: (() => void)[] = [];
  #failures = 0;
  #stopped: Promise<void> | undefined;

  constructor(options: LeaseLoopOptions<T>) {
    this.#options = options;
    this.#running = this.#run();
  }

  wake(): void {
    this.#rest.wake();
  }

  settle(): Promise<void> {
    if (this.#stopped) return this.#stopped;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#settling.push(resolve);
    this.#rest.wake();
    return promise;
  }

  stop(): Promise<void> {
    if (!this.#stopped) {
      this.#stopped = this.#drain();
      this.#rest.end();
    }
    return this.#stopped;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // Before the claim, so that a wake-up during it leads to another one.
      this.#rest.begin();
      await this.#step();
    }
    this.#letSettle(this.#settling);
  }

  async #step(): Promise<void> {
    const { concurrency, pollMs = 1_000 } = this.#options;
    if (this.#inWork.size >= concurrency) return this.#rest.untilWoken();
    // Work that ends during the claim may have made more, which the claim did not see: idle is judged by the beginning.
    const nothingInWork = this.#inWork.size === 0;
    const asked = this.#settling;
    this.#settling = [];
    const items = await this.#tryClaim();
    if (items?.length === 0 && nothingInWork) {
      this.#tellIdle();
      this.#letSettle(asked);
    } else this.#settling = [...asked, ...this.#settling];
    if (items === null) return this.#rest.pause(retryDelay(this.#failures));
    for (const item of items) this.#begin(item);
    if (items.length === 0) return this.#rest.untilWoken(pollMs);
  }

  async #tryClaim(): Promise<T[] | null> {
    const { name, claim, concurrency, log } = this.#options;
    try {
      const items = await claim(concurrency - this.#inWork.size);
      if (this.#failures > 0) log.info({ loop: name, failures: this.#failures }, 'claiming works again');
      this.#failures = 0;
      return items;
    } catch (error) {
      this.#failures += 1;
      if (this.#failures === 1) log.warn({ err: error, loop: name }, 'cannot claim, trying on');
      return null;
    }
  }

  #begin(item: T): void {
    const { name, work, log } = this.#options;
    const one = Promise.resolve(item)
      .then(work)
      .catch((error: unknown) => log.error({ err: error, loop: name }, 'work on an item threw'))
      .finally(() => {
        this.#inWork.delete(one);
        // Not only room: an item that had to wait for this one may be claimable now.
        this.#rest.wake();
      });
    this.#inWork.add(one);
  }

  #tellIdle(): void {
    const { name, onIdle, log } = this.#options;
    try {
      onIdle?.();
    } catch (error) {
      log.error({ err: error, loop: name }, 'onIdle threw');
    }
  }

  #letSettle(asked: readonly (() => void)[]): void {
    for (const resolve of asked) resolve();
  }

  async #drain(): Promise<void> {
    const everything = this.#running.then(async () => {
      // What a claim brought while the loop was being stopped is ours, and is done too.
      await Promise.all(this.#inWork);
    });
    if (await within(DRAIN_MS, everything)) return;
    const { name, log } = this.#options;
    log.warn(
      { loop: name, items: this.#inWork.size },
      'stopped before all work was done; its leases will run out',
    );
    this.#letSettle(this.#settling);
  }
}

// Half of the delay is fixed and half is chance, so that processes that lost the database together do not return together.
function retryDelay(failures: number): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  return Math.max(FIRST_RETRY_MS, (longest / 2) * (1 + Math.random()));
}

/** Whether the promise was done in time. */
async function within(milliseconds: number, promise: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
