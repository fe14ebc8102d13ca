/** Calls that are made at the same time are one statement, and each gets its own answer. */
import { expect, test } from 'vitest';
import { batched, byPosition, onceAtATime } from './batched.ts';
import type { Tx } from './tx.ts';

/** A transaction is told apart by its connection alone here. */
const makeTx = () => ({ db: Object.create(null) as Tx['db'] }) as Tx;

function makeDoubler() {
  const asked: number[][] = [];
  const double = batched(async (_tx, keys: readonly number[]) => {
    asked.push([...keys]);
    if (keys.includes(13)) throw new Error('not thirteen');
    return keys.map((key) => key * 2);
  });
  return { asked, double };
}

test('calls at the same time are asked together and answered each', async () => {
  const { asked, double } = makeDoubler();
  const tx = makeTx();
  expect(await Promise.all([double(tx, 1), double(tx, 2), double(tx, 2)])).toEqual([2, 4, 4]);
  expect(asked).toEqual([[1, 2, 2]]);
});

test('a later call is asked anew, and so is one of another transaction', async () => {
  const { asked, double } = makeDoubler();
  const [tx, other] = [makeTx(), makeTx()];
  await double(tx, 1);
  await Promise.all([double(tx, 1), double(other, 1)]);
  expect(asked).toEqual([[1], [1], [1]]);
});

test('an error reaches everybody who asked at that time', async () => {
  const { double } = makeDoubler();
  const tx = makeTx();
  const answers = await Promise.allSettled([double(tx, 1), double(tx, 13)]);
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a query for one key is made once for equal keys', async () => {
  const asked: string[] = [];
  const find = onceAtATime(async (_tx, key: string) => {
    asked.push(key);
    return key.length;
  });
  const tx = makeTx();
  expect(await Promise.all([find(tx, 'a'), find(tx, 'bb'), find(tx, 'a')])).toEqual([1, 2, 1]);
  expect(asked).toEqual(['a', 'bb']);
});

test('rows are sorted to the keys whose position they carry', () => {
  const rows = [
    { nth: 3, name: 'c' },
    { nth: 1, name: 'a' },
  ];
  expect(byPosition(['x', 'y', 'z'], rows).map(([row]) => row?.name)).toEqual(['a', undefined, 'c']);
});
