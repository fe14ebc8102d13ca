/** Times something often enough to be believed: warm-up, median and 99th percentile, and the ratio to a baseline of the same run. */
export type Figure = { name: string; p50: number; p99: number; runs: number };

/** Runs work again and again, one after the other; milliseconds. */
export async function measure(
  name: string,
  work: (run: number) => Promise<unknown>,
  { runs, warmUp = Math.ceil(runs / 10) }: { runs: number; warmUp?: number },
): Promise<Figure> {
  for (let run = 0; run < warmUp; run += 1) await work(-1 - run);
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = process.hrtime.bigint();
    await work(run);
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { name, p50: at(0.5), p99: at(0.99), runs };
}

const show = (milliseconds: number) =>
  milliseconds >= 100 ? milliseconds.toFixed(0) : milliseconds.toFixed(2);

/** Rows of a Markdown table, each with its ratio to the first figure. */
export function asTable(title: string, baseline: Figure, figures: Figure[]): string {
  const rows = [baseline, ...figures].map(
    ({ name, p50, p99, runs }) =>
      `| ${name} | ${show(p50)} | ${show(p99)} | ${(p50 / baseline.p50).toFixed(2)} | ${String(runs)} |`,
  );
  return [
    `### ${title}`,
    '',
    '| | p50 ms | p99 ms | ratio | runs |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
