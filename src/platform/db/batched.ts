/**
 * One statement for the calls that several pieces of work in a shared transaction (`shareTx`) make of the same query at the same
 * time. Each piece is written as if it were alone; those that stand at the same step go to the database together.
 */
import DataLoader from 'dataloader';
import type { Tx } from './tx.ts';

/** Longer lists of parameters gain nothing any more. */
const MOST_AT_ONCE = 500;

/**
 * A query for one key, made of a query for many that answers in the order of the keys. Equal keys are asked for each by itself, and
 * nothing is remembered.
 */
export function batched<Key, Answer>(
  ask: (tx: Tx, keys: readonly Key[]) => Promise<readonly Answer[]>,
): (tx: Tx, key: Key) => Promise<Answer> {
  // By the connection, which the pieces of a shared transaction have in common.
  const loaders = new WeakMap<Tx['db'], DataLoader<Key, Answer>>();
  return (tx, key) => {
    let loader = loaders.get(tx.db);
    if (!loader) {
      loader = new DataLoader<Key, Answer>((keys) => ask(tx, keys), {
        cache: false,
        maxBatchSize: MOST_AT_ONCE,
      });
      loaders.set(tx.db, loader);
    }
    return loader.load(key);
  };
}

/** The same for a query that cannot be asked for several keys: equal keys of one moment are asked for once. */
export function onceAtATime<Key extends string | number, Answer>(
  ask: (tx: Tx, key: Key) => Promise<Answer>,
): (tx: Tx, key: Key) => Promise<Answer> {
  return batched((tx, keys) => {
    const asked = new Map<Key, Promise<Answer>>();
    const askOnce = (key: Key) => {
      const answer = asked.get(key) ?? ask(tx, key);
      asked.set(key, answer);
      return answer;
    };
    return Promise.all(keys.map(askOnce));
  });
}

/** Rows by the position of their key, which such a query selects as `nth` (from 1, as WITH ORDINALITY counts). */
export function byPosition<Row extends { nth: number }>(keys: readonly unknown[], rows: Row[]): Row[][] {
  const found = Map.groupBy(rows, ({ nth }) => nth);
  return keys.map((_, index) => found.get(index + 1) ?? []);
}
