import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runLeaseLoop, type LeaseLoop } from './lease-loop.ts';

const NEVER_POLLS = 1_000_000_000;
const loops: LeaseLoop[] = [];

function makeLog() {
  return { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
}

/** Items wait in an array; a claim takes from its front. */
function runOver(
  waiting: number[],
  options: Partial<Parameters<typeof runLeaseLoop<number>>[0]> = {},
): LeaseLoop {
  const loop = runLeaseLoop<number>({
    name: 'test.loop',
    claim: async (limit) => waiting.splice(0, limit),
    work: async () => {},
    concurrency: 2,
    pollMs: NEVER_POLLS,
    log: makeLog(),
    ...options,
  });
  loops.push(loop);
  return loop;
}

afterEach(async () => {
  await Promise.all(loops.splice(0).map((loop) => loop.stop()));
});

describe('claiming', () => {
  test('goes on while one item of the batch is still in work', async () => {
    const slow = Promise.withResolvers<void>();
    const done: number[] = [];
    const allButTheSlow = Promise.withResolvers<void>();
    runOver([1, 2, 3, 4], {
      work: async (item) => {
        if (item === 1) await slow.promise;
        done.push(item);
        if (done.length === 3) allButTheSlow.resolve();
      },
    });
    await allButTheSlow.promise;
    expect(done).toEqual([2, 3, 4]);
    slow.resolve();
  });

  test('asks for no more than there is room', async () => {
    const limits: number[] = [];
    const hold = Promise.withResolvers<void>();
    const waiting = [1, 2];
    const loop = runOver(waiting, {
      concurrency: 3,
      claim: async (limit) => {
        limits.push(limit);
        return waiting.splice(0, 1);
      },
      work: () => hold.promise,
    });
    hold.resolve();
    await loop.settle();
    expect(limits.slice(0, 2)).toEqual([3, 2]);
    expect(Math.max(...limits)).toBe(3);
  });

  test('an item that throws is logged, and the next one is worked', async () => {
    const log = makeLog();
    const done: number[] = [];
    const loop = runOver([1, 2, 3], {
      log,
      concurrency: 1,
      work: (item) => {
        if (item === 1) throw new Error('thrown at once');
        if (item === 2) return Promise.reject(new Error('thrown later'));
        done.push(item);
        return Promise.resolve();
      },
    });
    await loop.settle();
    expect(done).toEqual([3]);
    expect(log.error).toHaveBeenCalledTimes(2);
  });

  test('settles only when work that work made is done too', async () => {
    const waiting = [3];
    const done: number[] = [];
    let idle = 0;
    const loop = runOver(waiting, {
      onIdle: () => void (idle += 1),
      work: async (item) => {
        await Promise.resolve();
        if (item > 0) waiting.push(item - 1);
        done.push(item);
      },
    });
    await loop.settle();
    expect(done).toEqual([3, 2, 1, 0]);
    expect(idle).toBe(1);
  });
});

describe('time', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('polling finds what nobody announced', async () => {
    const waiting: number[] = [];
    const done: number[] = [];
    runOver(waiting, { pollMs: 1_000, work: async (item) => void done.push(item) });
    await vi.advanceTimersByTimeAsync(500);
    waiting.push(1);
    await vi.advanceTimersByTimeAsync(499);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toEqual([1]);
  });

  test('a claim that fails is repeated ever more slowly, wake-ups or not, and logged once', async () => {
    const log = makeLog();
    const at: number[] = [];
    let away = true;
    const loop = runOver([], {
      log,
      pollMs: 1_000,
      claim: async () => {
        at.push(Date.now());
        if (away) throw new Error('database away');
        return [];
      },
    });
    const knocking = setInterval(() => loop.wake(), 10);
    await vi.advanceTimersByTimeAsync(60_000);
    const gaps = at.slice(1).map((time, i) => time - at[i]!);
    expect(gaps[0]).toBeGreaterThanOrEqual(250);
    expect(gaps[0]).toBeLessThanOrEqual(500);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(5_000);
    expect(Math.min(...gaps.slice(5))).toBeGreaterThanOrEqual(2_500);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(log.info).not.toHaveBeenCalled();

    away = false;
    clearInterval(knocking);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(log.info).toHaveBeenCalledTimes(1);
    away = true;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(log.warn).toHaveBeenCalledTimes(2);
  });

  test('a stop waits for what is in work, but not longer than 20 seconds', async () => {
    const log = makeLog();
    const hold = Promise.withResolvers<void>();
    const loop = runOver([1], { log, work: () => hold.promise });
    await vi.advanceTimersByTimeAsync(0);
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(19_999);
    expect(stopped).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await stopping;
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a stop does the items of a claim that was under way, and claims no more', async () => {
  const answer = Promise.withResolvers<number[]>();
  const done: number[] = [];
  let claims = 0;
  const loop = runOver([], {
    claim: () => {
      claims += 1;
      return answer.promise;
    },
    work: async (item) => void done.push(item),
  });
  const stopped = loop.stop();
  answer.resolve([1, 2]);
  await stopped;
  expect(done).toEqual([1, 2]);
  expect(claims).toBe(1);
  await expect(loop.settle()).resolves.toBeUndefined();
});

test('in any interleaving each item is worked once, within the limit, and no wake-up is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }),
      async (scheduler, concurrency, arrivals) => {
        const waiting: number[] = [];
        const done: number[] = [];
        const total = arrivals.reduce((sum, count) => sum + count, 0);
        let next = 0;
        let inWork = 0;
        let claiming = 0;
        const snapshot = scheduler.scheduleFunction(async (items: number[]) => items);
        const pass = scheduler.scheduleFunction(async () => {});
        const loop = runOver(waiting, {
          concurrency,
          claim: async (limit) => {
            expect(++claiming).toBe(1);
            const items = await snapshot(waiting.splice(0, limit));
            claiming -= 1;
            return items;
          },
          work: async (item) => {
            expect(++inWork).toBeLessThanOrEqual(concurrency);
            await pass();
            inWork -= 1;
            done.push(item);
          },
        });
        const { task } = scheduler.scheduleSequence(
          arrivals.map((count) => async () => {
            for (let i = 0; i < count; i++) waiting.push(next++);
            loop.wake();
          }),
        );
        await scheduler.waitFor(task);
        // Nothing but the wake-ups above may have brought the loop so far: with one lost, this leaves items behind.
        await scheduler.waitIdle();
        expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));

        const late = waiting.push(next++) - 1;
        const settled = loop
          .settle()
          .then(() => expect([late, inWork, done.length]).toEqual([0, 0, total + 1]));
        await scheduler.waitFor(settled);
        await scheduler.waitFor(loop.stop());
      },
    ),
    { numRuns: 300 },
  );
});
