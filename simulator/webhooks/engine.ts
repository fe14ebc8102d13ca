/**
 * Delivers webhooks as Meta does: signed, at least once, first tries of one number in order, and again after any answer
 * but 200: at once, then ever more rarely, until it gives up. What is not answered is in the state, so a restart goes
 * on with it. Never more than a fixed number of tries run at once.
 * Waits run on the real clock (timers do); the simulation's clock only stamps what is shown.
 */
import { randomUUID } from 'node:crypto';

import { appWebhookUrl } from '../simulation.ts';
import type { Simulation } from '../simulation.ts';
import type { FreshUpdate, PendingDelivery } from '../state/state.ts';
import { envelopeOf } from './envelope.ts';
import { Lanes } from './lanes.ts';
import { webhookPoster } from './post-webhook.ts';
import type { WebhookAnswer, WebhookPoster } from './post-webhook.ts';

const DEFAULT_CONCURRENCY = 16;
const MAX_BATCH = 1_000;
const KEPT_DELIVERIES = 2_000;
const KEPT_BODY = 64 * 1024;

/** One try of one webhook, for the log. */
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

/** An update to be delivered to one app at one address. */
export type NewUpdate = Omit<FreshUpdate, 'id' | 'at'>;

export type WebhookEngine = {
  queue(update: NewUpdate): void;
  /** Queues, and waits for the answer to the first try. */
  deliver(update: NewUpdate): Promise<void>;
  /** Looks again at what waits; call after faults changed. */
  wake(): void;
  /** Begins to work. Before that, what was left from last time waits for the server to listen. */
  start(): void;
  /** True when nothing is under way or waits for a try; what is held does not count. */
  isIdle(): boolean;
  /** The tries, newest last. */
  tries(): readonly DeliveryTry[];
  poster: WebhookPoster;
  record(tried: DeliveryTry): void;
  clear(): void;
  close(): Promise<void>;
};

export type EngineHooks = {
  /** These inbound messages reached the business. */
  delivered(messageIds: string[]): void;
  /** The engine may have become idle. */
  settled(): void;
};

export function webhookEngine(sim: Simulation, hooks: EngineHooks): WebhookEngine {
  const lanes = new Lanes();
  const poster = webhookPoster();
  const limit = sim.options.webhookConcurrency ?? DEFAULT_CONCURRENCY;
  const log: DeliveryTry[] = [];
  const firstTries = new Map<string, () => void>();
  const timers = new Map<string, NodeJS.Timeout>();
  const due: PendingDelivery[] = [];
  let active = 0;
  let started = false;
  let closed = false;
  let retryTurn = false;

  function record(tried: DeliveryTry): void {
    log.push({ ...tried, body: tried.body.slice(0, KEPT_BODY) });
    if (log.length > KEPT_DELIVERIES) log.splice(0, log.length - KEPT_DELIVERIES);
    sim.emit({ type: 'delivery', data: { ...tried, body: undefined } });
  }

  async function tryOnce(delivery: PendingDelivery): Promise<WebhookAnswer> {
    const secret = sim.state.apps[delivery.app_id]?.secret ?? '';
    const answer = await poster.post({
      url: delivery.url,
      body: Buffer.from(delivery.body),
      secret,
      timeout: sim.timing.webhookTimeout,
    });
    delivery.tries += 1;
    const { id, app_id, url, body, tries, about, updates } = delivery;
    const at = sim.clock.now().toISOString();
    record({ ...answer, id, app_id, url, body, at, try: tries, about, updates });
    return answer;
  }

  function settle(delivery: PendingDelivery, answer: WebhookAnswer): void {
    if (answer.status === 200) {
      delete sim.state.pending[delivery.id];
      hooks.delivered(delivery.message_ids);
    } else if (Date.now() - delivery.first_at >= sim.timing.giveUpAfter) {
      delete sim.state.pending[delivery.id];
      sim.log.warn({ url: delivery.url, tries: delivery.tries }, 'simulator gave a webhook up');
    } else if (!closed) {
      sim.state.pending[delivery.id] = delivery;
      scheduleRetry(delivery);
    }
    sim.changed();
  }

  function scheduleRetry(delivery: PendingDelivery): void {
    const waits = sim.timing.retry;
    const wait = waits[Math.min(delivery.tries, waits.length) - 1] ?? 60_000;
    delivery.due = Date.now() + wait;
    const timer = setTimeout(() => {
      timers.delete(delivery.id);
      due.push(delivery);
      pump();
    }, wait);
    timers.set(delivery.id, timer);
  }

  async function firstTry(updates: FreshUpdate[]): Promise<void> {
    const [first] = updates;
    if (!first) return;
    const faults = sim.state.faults.webhooks;
    const wait = Math.max(...updates.map((update) => update.at)) + faults.delay_ms - Date.now();
    if (faults.delay_ms > 0 && wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const delivery: PendingDelivery = {
      id: randomUUID(),
      app_id: first.app_id,
      url: first.url,
      body: envelopeOf(updates, {
        unknownFields: faults.unknown_fields,
        escapeUnicode: faults.escape_unicode,
      }),
      first_at: Date.now(),
      due: Date.now(),
      tries: 0,
      about: describeUpdates(updates),
      updates: updates.length,
      message_ids: updates.flatMap((update) => update.message_id ?? []),
    };
    const answer = await tryOnce(delivery);
    for (let copy = 0; copy < faults.duplicate && !closed; copy += 1) {
      await tryOnce({ ...delivery });
    }
    if (closed) return;
    for (const update of updates) {
      delete sim.state.fresh[update.id];
      firstTries.get(update.id)?.();
      firstTries.delete(update.id);
    }
    settle(delivery, answer);
  }

  function takeRetry(): (() => Promise<void>) | null {
    const delivery = due.shift();
    if (!delivery) return null;
    return async () => settle(delivery, await tryOnce(delivery));
  }

  function takeFresh(): (() => Promise<void>) | null {
    const faults = sim.state.faults.webhooks;
    const batchSize = Math.min(Math.max(1, faults.batch_size), MAX_BATCH);
    const batch = lanes.take({ batchSize, newestFirst: faults.reorder, ordered: faults.ordered });
    if (!batch) return null;
    return () => firstTry(batch.updates).finally(batch.done);
  }

  function pump(): void {
    while (started && !closed && active < limit && !sim.state.faults.webhooks.hold) {
      retryTurn = !retryTurn;
      const job = retryTurn ? (takeRetry() ?? takeFresh()) : (takeFresh() ?? takeRetry());
      if (!job) break;
      active += 1;
      void job().finally(() => {
        active -= 1;
        pump();
        hooks.settled();
      });
    }
  }

  function add(update: NewUpdate): FreshUpdate {
    start();
    const fresh: FreshUpdate = { ...update, id: `u-${randomUUID()}`, at: Date.now() };
    sim.state.fresh[fresh.id] = fresh;
    sim.changed();
    lanes.add(fresh);
    return fresh;
  }

  function start(): void {
    if (started) return;
    started = true;
    for (const update of Object.values(sim.state.fresh))
      lanes.add({ ...update, url: currentUrl(sim, update) });
    for (const delivery of Object.values(sim.state.pending)) {
      delivery.url = currentUrl(sim, delivery);
      due.push(delivery);
    }
    pump();
  }

  return {
    queue(update) {
      add(update);
      // In its own turn, so that a burst can be batched and the sender is answered first.
      setImmediate(pump);
    },
    deliver(update) {
      const fresh = add(update);
      return new Promise((resolve) => {
        firstTries.set(fresh.id, resolve);
        pump();
      });
    },
    wake: pump,
    start,
    isIdle() {
      if (sim.state.faults.webhooks.hold) return active === 0;
      return active === 0 && lanes.size === 0 && due.length === 0 && timers.size === 0;
    },
    tries: () => log,
    poster,
    record,
    clear() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      due.length = 0;
      log.length = 0;
      lanes.clear();
      sim.state.fresh = {};
      sim.state.pending = {};
    },
    async close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      for (const resolve of firstTries.values()) resolve();
      await poster.close();
    },
  };
}

/** After a restart the server may listen on another port: what went to the app's own address goes to the new one. */
function currentUrl(sim: Simulation, delivery: { app_id: string; url: string }): string {
  if (delivery.app_id !== sim.options.appId) return delivery.url;
  const own = appWebhookUrl(sim, delivery.app_id);
  if (own === null || !URL.canParse(own) || !URL.canParse(delivery.url)) return delivery.url;
  return new URL(own).pathname === new URL(delivery.url).pathname ? own : delivery.url;
}

/** What a delivery carries, in a few words. */
function describeUpdates(updates: readonly FreshUpdate[]): string {
  const [first] = updates;
  if (!first) return '';
  if (updates.length > 1) return `${updates.length} updates`;
  const { messages, statuses } = first.value as {
    messages?: { type: string }[];
    statuses?: { status: string }[];
  };
  if (messages?.[0]) return `${messages[0].type} from a customer`;
  if (statuses?.[0]) return `status ${statuses[0].status}`;
  return first.field.replaceAll('_', ' ');
}
