/** Runs a benchmark, or all: `npm run bench -- data`, `npm run bench -- inbound --quick`. BENCH_SCALE=small takes a minute. */
import { benchData } from './data.ts';
import { benchInbound } from './inbound.ts';
import { benchRotation } from './rotation.ts';

const benchmarks: Record<string, (small: boolean, args: string[]) => Promise<void>> = {
  data: benchData,
  inbound: benchInbound,
  rotation: benchRotation,
};

const [named, ...args] = process.argv.slice(2);
const small = process.env['BENCH_SCALE'] === 'small';
for (const name of named === undefined ? Object.keys(benchmarks) : [named]) {
  const benchmark = benchmarks[name];
  if (!benchmark)
    throw new Error(`There is no benchmark "${name}". There are: ${Object.keys(benchmarks).join(', ')}.`);
  await benchmark(small, args);
}
