/**
 * Works through a table whose rows are claimed with a lease: claims while there is room, and polls when there is nothing.
 * Owns no I/O. What must stay true: a wake-up is only a hint, polling finds everything; no error ends the loop; no more items at
 * once than `concurrency`.
 */
import type { Logger } from 'pino';

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
  const { name, claim, work, concurrency, pollMs = 1_000, log, onIdle } = options;
  const rest = makeRest();
  const inWork = new Set<Promise<void>>();
  let settling: (() => void)[] = [];
  let failures = 0;
  let stopped: Promise<void> | undefined;

  function begin(item: T): void {
    const one = Promise.resolve(item)
      .then(work)
      .catch((error: unknown) => log.error({ err: error, loop: name }, 'work on an item threw'))
      .finally(() => {
        inWork.delete(one);
        // Not only room: an item that had to wait for this one may be claimable now.
        rest.wake();
      });
    inWork.add(one);
  }

  async function tryClaim(): Promise<T[] | null> {
    try {
      const items = await claim(concurrency - inWork.size);
      if (failures > 0) log.info({ loop: name, failures }, 'claiming works again');
      failures = 0;
      return items;
    } catch (error) {
      failures += 1;
      if (failures === 1) log.warn({ err: error, loop: name }, 'cannot claim, trying on');
      return null;
    }
  }

  async function step(): Promise<void> {
    if (inWork.size >= concurrency) return rest.untilWoken();
    // Work that ends during the claim may have made more, which the claim did not see: idle is judged by the beginning.
    const nothingInWork = inWork.size === 0;
    const asked = settling;
    settling = [];
    const items = await tryClaim();
    if (items?.length === 0 && nothingInWork) {
      idle();
      for (const resolve of asked) resolve();
    } else settling = [...asked, ...settling];
    if (items === null) return rest.pause(retryDelay(failures));
    items.forEach(begin);
    if (items.length === 0) return rest.untilWoken(pollMs);
  }

  function idle(): void {
    try {
      onIdle?.();
    } catch (error) {
      log.error({ err: error, loop: name }, 'onIdle threw');
    }
  }

  async function run(): Promise<void> {
    while (!stopped) {
      // Before the claim, so that a wake-up during it leads to another one.
      rest.begin();
      await step();
    }
    for (const resolve of settling) resolve();
  }

  async function drain(): Promise<void> {
    const everything = running.then(async () => {
      // What a claim brought while the loop was being stopped is ours, and is done too.
      await Promise.all(inWork);
    });
    if (!(await within(DRAIN_MS, everything))) {
      log.warn(
        { loop: name, items: inWork.size },
        'stopped before all work was done; its leases will run out',
      );
      for (const resolve of settling) resolve();
    }
  }

  const running = run();
  return {
    wake: () => rest.wake(),
    settle() {
      if (stopped) return stopped;
      const { promise, resolve } = Promise.withResolvers<void>();
      settling.push(resolve);
      rest.wake();
      return promise;
    },
    stop() {
      if (!stopped) {
        stopped = drain();
        rest.end();
      }
      return stopped;
    },
  };
}

// Half of the delay is fixed and half is chance, so that processes that lost the database together do not return together.
function retryDelay(failures: number): number {
  const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
  return Math.max(FIRST_RETRY_MS, (longest / 2) * (1 + Math.random()));
}

// The one place where the loop waits. Wake-ups end a rest, but not a pause after a failure: else every notification and every
// finished item would knock at a database that is away.
function makeRest() {
  let woken = false;
  let ended = false;
  let getUp: (() => void) | undefined;
  let wakeable = false;

  function wait(milliseconds: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(() => getUp?.(), milliseconds);
      getUp = () => {
        clearTimeout(timer);
        getUp = undefined;
        resolve();
      };
    });
  }
  return {
    begin(): void {
      woken = false;
    },
    wake(): void {
      woken = true;
      if (wakeable) getUp?.();
    },
    async untilWoken(milliseconds?: number): Promise<void> {
      if (woken || ended) return;
      wakeable = true;
      await wait(milliseconds);
      wakeable = false;
    },
    async pause(milliseconds: number): Promise<void> {
      if (!ended) await wait(milliseconds);
    },
    end(): void {
      ended = true;
      getUp?.();
    },
  };
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
