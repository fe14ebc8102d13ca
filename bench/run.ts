/** Runs the benchmarks that are named, or all: `npm run bench -- data`. BENCH_SCALE=small takes a minute. */
import { benchData } from './data.ts';

const benchmarks: Record<string, (small: boolean) => Promise<void>> = { data: benchData };

const named = process.argv.slice(2);
const small = process.env['BENCH_SCALE'] === 'small';
for (const name of named.length > 0 ? named : Object.keys(benchmarks)) {
  const benchmark = benchmarks[name];
  if (!benchmark)
    throw new Error(`There is no benchmark "${name}". There are: ${Object.keys(benchmarks).join(', ')}.`);
  await benchmark(small);
}
