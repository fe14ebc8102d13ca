/** T11: how long a wrong signature takes to be refused says nothing of how much of it was right. */
import { expect, test } from 'vitest';
import { sign, verifySignature } from '../../src/graph-api/signature.ts';
import { chanceOfThree, samplesOr, timeInTurns } from '../harness/mann-whitney.ts';

const SECRET = 'the secret of an app, for tests';
const BODY = Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry: [] }));
const RIGHT = sign(BODY, SECRET);

/** The right signature but for one digit, counted from the left. */
function wrongAt(digit: number): string {
  const place = 'sha256='.length + digit;
  return RIGHT.slice(0, place) + (RIGHT[place] === '0' ? '1' : '0') + RIGHT.slice(place + 1);
}
const first = wrongAt(0);
const last = wrongAt(63);
/** A single call is shorter than what the clock can tell. */
const repeated = (times: number, call: () => unknown) => () => {
  for (let n = 0; n < times; n += 1) call();
};

test('a wrong first digit takes as long as a wrong last one', async () => {
  const check = (signature: string) =>
    repeated(20, () => verifySignature(BODY, signature, [{ id: 'app', secret: SECRET }]));
  expect(verifySignature(BODY, first, [{ id: 'app', secret: SECRET }])).toBeNull();
  expect(verifySignature(BODY, RIGHT, [{ id: 'app', secret: SECRET }])).toBe('app');
  const compare = (rounds: number) => timeInTurns(rounds, { one: check(first), other: check(last) });
  await compare(200);
  expect(await chanceOfThree(() => compare(samplesOr(1_000)))).toBeGreaterThan(0.01);
}, 120_000);

test('the measure finds a comparison that ends at the first difference', async () => {
  const letters = RIGHT.split('');
  const isEqual = (given: string) => letters.every((letter, index) => letter === given[index]);
  const check = (signature: string) => repeated(100, () => isEqual(signature));
  const compare = () => timeInTurns(400, { one: check(first), other: check(last) });
  await compare();
  expect(await chanceOfThree(compare)).toBeLessThan(0.01);
}, 120_000);
