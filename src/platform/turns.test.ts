import { describe, expect, it } from 'vitest';
import { NamedTurns, NoTurnLeft, Turns } from './turns.ts';

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve };
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  it('let so many run at once, the next ones wait in order, the rest is turned away', async () => {
    const turns = new Turns({ atOnce: 2, mostWaiting: 2 });
    const began: string[] = [];
    const pieces = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...held() }));
    const ends = pieces.map(({ name, work }) =>
      turns.take(() => {
        began.push(name);
        return work();
      }),
    );
    await settled();
    expect(began).toEqual(['a', 'b']);
    expect(turns.isFull).toBe(true);
    await expect(turns.take(() => Promise.resolve())).rejects.toThrow(NoTurnLeft);
    pieces[1]?.end();
    await settled();
    expect(began).toEqual(['a', 'b', 'c']);
    for (const piece of pieces) piece.end();
    await Promise.all(ends);
    expect(began).toEqual(['a', 'b', 'c', 'd']);
    expect(turns.isIdle).toBe(true);
  });

  it('go on when a piece of work fails', async () => {
    const turns = new Turns({ atOnce: 1, mostWaiting: 1 });
    const failing = turns.take(() => Promise.reject(new Error('broken')));
    const next = turns.take(() => Promise.resolve('done'));
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('done');
  });

  it('of one name do not hold up another', async () => {
    const turns = new NamedTurns({ mostWaiting: 0 });
    const slow = held();
    const first = turns.take('slow', slow.work);
    await expect(turns.take('slow', () => Promise.resolve())).rejects.toThrow(NoTurnLeft);
    expect(await turns.take('other', () => Promise.resolve('done'))).toBe('done');
    slow.end();
    await first;
    expect(await turns.take('slow', () => Promise.resolve('free again'))).toBe('free again');
  });

  it('of one name may be several at once, and nobody waits longer than they are willing to', async () => {
    const turns = new NamedTurns({ atOnce: 2, mostWaiting: 5, patience: 30 });
    const [one, two] = [held(), held()];
    const running = [turns.take('slow', one.work), turns.take('slow', two.work)];
    await expect(turns.take('slow', () => Promise.resolve())).rejects.toThrow(NoTurnLeft);
    const patient = turns.take('slow', () => Promise.resolve('in time'));
    one.end();
    expect(await patient).toBe('in time');
    two.end();
    await Promise.all(running);
    expect(await turns.take('slow', () => Promise.resolve('free again'))).toBe('free again');
  });
});
