/** What was posted lately and how it was answered, for people and for tests; watchers hear of each try without its body. */
import type { Simulation } from '../simulation.ts';
import type { WebhookAnswer } from './post-webhook.ts';

const KEPT_DELIVERIES = 2_000;
const KEPT_BODY = 64 * 1024;

/** One try of one webhook. */
export type DeliveryTry = WebhookAnswer & {
  id: string;
  app_id: string;
  url: string;
  at: string;
  try: number;
  /** What it carries, for people: "text from a customer". */
  about: string;
  updates: number;
  body: string;
};

export class DeliveryLog {
  readonly #sim: Pick<Simulation, 'emit'>;
  readonly #tries: DeliveryTry[] = [];

  constructor(sim: Pick<Simulation, 'emit'>) {
    this.#sim = sim;
  }

  /** The tries, newest last. */
  get tries(): readonly DeliveryTry[] {
    return this.#tries;
  }

  record(tried: DeliveryTry): void {
    this.#tries.push({ ...tried, body: tried.body.slice(0, KEPT_BODY) });
    if (this.#tries.length > KEPT_DELIVERIES) this.#tries.splice(0, this.#tries.length - KEPT_DELIVERIES);
    this.#sim.emit({ type: 'delivery', data: { ...tried, body: undefined } });
  }

  clear(): void {
    this.#tries.length = 0;
  }
}
