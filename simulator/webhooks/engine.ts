/**
 * Delivers webhooks as Meta does: signed, at least once, first tries of one number in order, and again after any answer
 * but 200: at once, then ever more rarely, until it gives up. What is not answered is in the state, so a restart goes
 * on with it. Never more than a fixed number of tries run at once.
 * Waits run on the real clock (timers do); the simulation's clock only stamps what is shown.
 */
import { randomUUID } from 'node:crypto';

import type { Simulation } from '../simulation.ts';
import type { FreshUpdate, PendingDelivery } from '../state/state.ts';
import { DeliveryLog } from './delivery-log.ts';
import { Lanes } from './lanes.ts';
import { currentUrl, newDelivery } from './new-delivery.ts';
import { webhookPoster } from './post-webhook.ts';
import type { WebhookAnswer } from './post-webhook.ts';
import { Retries } from './retries.ts';

const DEFAULT_CONCURRENCY = 16;
const MAX_BATCH = 1_000;

/** An update to be delivered to one app at one address. */
export type NewUpdate = Omit<FreshUpdate, 'id' | 'at'>;

export type EngineHooks = {
  /** These inbound messages reached the business. */
  delivered(messageIds: string[]): void;
  /** The engine may have become idle. */
  settled(): void;
};

type Job = () => Promise<void>;

export class WebhookEngine {
  readonly poster = webhookPoster();
  readonly log: DeliveryLog;
  readonly #sim: Simulation;
  readonly #hooks: EngineHooks;
  readonly #lanes = new Lanes();
  readonly #retries = new Retries();
  /** Who waits for the first try of an update, by the update's id. */
  readonly #firstTries = new Map<string, () => void>();
  #active = 0;
  #started = false;
  #closed = false;
  #retryTurn = false;

  constructor(sim: Simulation, hooks: EngineHooks) {
    this.#sim = sim;
    this.#hooks = hooks;
    this.log = new DeliveryLog(sim);
  }

  /** Begins to work. Before that, what was left from last time waits for the server to listen. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    const { fresh, pending } = this.#sim.state;
    for (const update of Object.values(fresh))
      this.#lanes.add({ ...update, url: currentUrl(this.#sim, update) });
    for (const delivery of Object.values(pending)) {
      delivery.url = currentUrl(this.#sim, delivery);
      this.#retries.add(delivery);
    }
    this.wake();
  }

  queue(update: NewUpdate): void {
    this.#add(update);
    // In its own turn, so that a burst can be batched and the sender is answered first.
    setImmediate(() => this.wake());
  }

  /** Queues, and waits for the answer to the first try. */
  deliver(update: NewUpdate): Promise<void> {
    const { id } = this.#add(update);
    return new Promise((resolve) => {
      this.#firstTries.set(id, resolve);
      this.wake();
    });
  }

  /** Looks again at what waits; call after faults changed. */
  wake(): void {
    const limit = this.#sim.options.webhookConcurrency ?? DEFAULT_CONCURRENCY;
    while (this.#started && !this.#closed && this.#active < limit && !this.#isHeld) {
      const job = this.#nextJob();
      if (!job) break;
      this.#active += 1;
      void job().finally(() => {
        this.#active -= 1;
        this.wake();
        this.#hooks.settled();
      });
    }
  }

  /** True when nothing is under way or waits for a try; what is held does not count. */
  isIdle(): boolean {
    if (this.#active > 0) return false;
    return this.#isHeld || (this.#lanes.size === 0 && this.#retries.isEmpty);
  }

  clear(): void {
    this.#retries.clear();
    this.#lanes.clear();
    this.log.clear();
    this.#sim.state.fresh = {};
    this.#sim.state.pending = {};
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#retries.stop();
    for (const resolve of this.#firstTries.values()) resolve();
    await this.poster.close();
  }

  get #isHeld(): boolean {
    return this.#sim.state.faults.webhooks.hold;
  }

  #add(update: NewUpdate): FreshUpdate {
    this.start();
    const fresh: FreshUpdate = { ...update, id: `u-${randomUUID()}`, at: Date.now() };
    this.#sim.state.fresh[fresh.id] = fresh;
    this.#sim.changed();
    this.#lanes.add(fresh);
    return fresh;
  }

  /** Retries and first tries take turns. */
  #nextJob(): Job | null {
    this.#retryTurn = !this.#retryTurn;
    return this.#retryTurn
      ? (this.#takeRetry() ?? this.#takeFresh())
      : (this.#takeFresh() ?? this.#takeRetry());
  }

  #takeRetry(): Job | null {
    const delivery = this.#retries.take();
    return delivery && (async () => this.#settle(delivery, await this.#tryOnce(delivery)));
  }

  #takeFresh(): Job | null {
    const faults = this.#sim.state.faults.webhooks;
    const batchSize = Math.min(Math.max(1, faults.batch_size), MAX_BATCH);
    const batch = this.#lanes.take({ batchSize, newestFirst: faults.reorder, ordered: faults.ordered });
    return batch && (() => this.#firstTry(batch.updates).finally(batch.done));
  }

  async #firstTry(updates: FreshUpdate[]): Promise<void> {
    const [first] = updates;
    if (!first) return;
    const faults = this.#sim.state.faults.webhooks;
    const wait = Math.max(...updates.map((update) => update.at)) + faults.delay_ms - Date.now();
    if (faults.delay_ms > 0 && wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const delivery = newDelivery(first, updates, faults);
    const answer = await this.#tryOnce(delivery);
    for (let copy = 0; copy < faults.duplicate && !this.#closed; copy += 1)
      await this.#tryOnce({ ...delivery });
    if (this.#closed) return;
    for (const { id } of updates) {
      delete this.#sim.state.fresh[id];
      this.#firstTries.get(id)?.();
      this.#firstTries.delete(id);
    }
    this.#settle(delivery, answer);
  }

  async #tryOnce(delivery: PendingDelivery): Promise<WebhookAnswer> {
    const { id, app_id, url, body, about, updates } = delivery;
    const answer = await this.poster.post({
      url,
      body: Buffer.from(body),
      secret: this.#sim.state.apps[app_id]?.secret ?? '',
      timeout: this.#sim.timing.webhookTimeout,
    });
    delivery.tries += 1;
    const at = this.#sim.clock.now().toISOString();
    this.log.record({ ...answer, id, app_id, url, body, at, try: delivery.tries, about, updates });
    return answer;
  }

  #settle(delivery: PendingDelivery, answer: WebhookAnswer): void {
    const { pending } = this.#sim.state;
    if (answer.status === 200) {
      delete pending[delivery.id];
      this.#hooks.delivered(delivery.message_ids);
    } else if (Date.now() - delivery.first_at >= this.#sim.timing.giveUpAfter) {
      delete pending[delivery.id];
      this.#sim.log.warn({ url: delivery.url, tries: delivery.tries }, 'simulator gave a webhook up');
    } else if (!this.#closed) {
      pending[delivery.id] = delivery;
      const waits = this.#sim.timing.retry;
      const wait = waits[Math.min(delivery.tries, waits.length) - 1] ?? 60_000;
      this.#retries.schedule(delivery, wait, () => this.wake());
    }
    this.#sim.changed();
  }
}
