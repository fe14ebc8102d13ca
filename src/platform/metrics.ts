/**
 * Prometheus metrics. Labels come from a fixed list, so that no phone number, name, id or raw URL can become one:
 * labels are kept by systems that never learn to forget.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Every label that may exist. Values must come from small fixed sets. */
const LABELS = [
  'method',
  'route',
  'status',
  'queue',
  'job',
  'kind',
  'outcome',
  'reason',
  'direction',
  'pool',
  'rule',
] as const;
export type MetricLabel = (typeof LABELS)[number];

type Described<L extends MetricLabel> = { name: string; help: string; labelNames?: readonly L[] };

/** One process's metrics; a fresh one per server keeps tests apart. */
export class Metrics {
  readonly registry = new Registry();
  /** Seconds from the first byte to the last, by route pattern. */
  readonly httpDuration = this.histogram({
    name: 'switchboard_http_request_duration_seconds',
    help: 'Time to answer a request, by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15],
  });

  /** A number that only grows; its name ends in `_total`. */
  counter<L extends MetricLabel = never>(described: Described<L>): Counter<L> {
    return new Counter({ ...described, labelNames: labelsOf(described), registers: [this.registry] });
  }

  /** A number that goes up and down; `collect` may set it when it is read. */
  gauge<L extends MetricLabel = never>(
    described: Described<L> & { collect?: (this: Gauge<L>) => void | Promise<void> },
  ): Gauge<L> {
    return new Gauge({ ...described, labelNames: labelsOf(described), registers: [this.registry] });
  }

  /** A distribution, in seconds where it is a time. */
  histogram<L extends MetricLabel = never>(described: Described<L> & { buckets: number[] }): Histogram<L> {
    return new Histogram({ ...described, labelNames: labelsOf(described), registers: [this.registry] });
  }

  /** Adds memory, event loop and garbage collection of this process. Once per process: it starts observers. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.registry, prefix: 'switchboard_' });
  }
}

function labelsOf<L extends MetricLabel>(described: Described<L>): L[] {
  const labels = [...(described.labelNames ?? [])];
  const unknown = labels.find((label) => !LABELS.includes(label));
  if (unknown !== undefined) throw new Error(`Metric ${described.name} has a label that is not on the list.`);
  return labels;
}
