/** Whether two samples of times differ by more than chance: the test of Mann and Whitney, which outliers of a loaded machine hardly move. */
import process from 'node:process';

/** How many samples a side: few in every run, `TIMING_SAMPLES=1000` when somebody wants to be sure. */
export function samplesOr(usual: number): number {
  return Number(process.env['TIMING_SAMPLES'] ?? usual);
}

/** The probability that two samples differ as much as these do when nothing but chance makes the difference (normal approximation). */
export function mannWhitney(one: readonly number[], other: readonly number[]): number {
  const all = [
    ...one.map((value) => ({ value, isOne: true })),
    ...other.map((value) => ({ value, isOne: false })),
  ];
  all.sort((a, b) => a.value - b.value);
  const rankSum = all.reduce((sum, { isOne }, index) => (isOne ? sum + index + 1 : sum), 0);
  const [n, m] = [one.length, other.length];
  const u = rankSum - (n * (n + 1)) / 2;
  const z = Math.abs(u - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  // The tail of the normal distribution (Abramowitz and Stegun, 26.2.17).
  const t = 1 / (1 + 0.231_641_9 * z);
  const tail =
    0.398_942_28 *
    Math.exp((-z * z) / 2) *
    t *
    (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  return Math.min(1, 2 * tail);
}

type Times = { one: number[]; other: number[] };

type Timed = {
  one: (round: number) => unknown;
  other: (round: number) => unknown;
  /** Before each, outside of the time. */
  before?: () => unknown;
};

/** Times two things in turns, and in either order, so that what else the machine does falls on both. In milliseconds. */
export async function timeInTurns(rounds: number, { before, ...work }: Timed): Promise<Times> {
  const times: Times = { one: [], other: [] };
  for (let round = 0; round < rounds; round += 1)
    for (const side of round % 2 ? (['one', 'other'] as const) : (['other', 'one'] as const)) {
      await before?.();
      const started = performance.now();
      await work[side](round);
      times[side].push(performance.now() - started);
    }
  return times;
}

/**
 * The greatest probability of up to three comparisons: equal times look different once in a hundred, so only a difference that is found
 * each time is one.
 */
export async function chanceOfThree(compare: () => Promise<Times>): Promise<number> {
  let greatest = 0;
  for (let tries = 0; tries < 3 && greatest <= 0.01; tries += 1) {
    const { one, other } = await compare();
    greatest = Math.max(greatest, mannWhitney(one, other));
  }
  return greatest;
}
