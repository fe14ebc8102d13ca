/**
 * What becomes of a message after it was accepted: sent, delivered, read, or failed, each with its webhook. The next
 * step stands in the message itself, so that a restart goes on where it was. Waits run on the real clock.
 */
import type { Simulation } from '../simulation.ts';
import type { StatusError, StatusName, StoredMessage } from '../state/state.ts';
import type { WebhookEngine } from '../webhooks/engine.ts';
import { publishUpdate, updatesFor } from '../webhooks/publish-update.ts';
import { statusUpdate } from './status-update.ts';

const RANK: Record<StatusName, number> = {
  accepted: 0,
  sent: 1,
  delivered: 2,
  read: 3,
  played: 4,
  failed: 5,
};

export class Statuses {
  readonly #sim: Simulation;
  readonly #engine: WebhookEngine;
  readonly #settled: () => void;
  /** The pause before the next step, by the message's id. */
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Messages that the customer looked at before they were delivered. */
  readonly #seenEarly = new Set<string>();

  constructor(sim: Simulation, engine: WebhookEngine, settled: () => void) {
    this.#sim = sim;
    this.#engine = engine;
    this.#settled = settled;
  }

  /** Plans the life of an accepted message; with an error it ends as `failed`. */
  begin(message: StoredMessage, failure?: StatusError): void {
    const at = Date.now() + this.#delay('sent');
    if (failure) this.#plan(message, { status: 'failed', at, error: failure });
    else this.#plan(message, { status: 'sent', at });
    this.#sim.changed();
  }

  /** Posts `sent` before the send itself is answered. */
  async sendFirst(message: StoredMessage): Promise<void> {
    note(this.#sim, message, 'sent');
    const update = statusUpdate(this.#sim, message, 'sent');
    if (update) await Promise.all(updatesFor(this.#sim, update).map((one) => this.#engine.deliver(one)));
    this.#planAfter(message, 'sent');
  }

  /** The customer looks at the chat: what was delivered is read. Returns how many messages that were. */
  readChat(phoneNumberId: string, customer: string): number {
    let read = 0;
    for (const message of Object.values(this.#sim.state.messages)) {
      if (message.phone_number_id !== phoneNumberId || message.customer !== customer) continue;
      if (message.direction !== 'outbound' || message.type === 'reaction') continue;
      const rank = Math.max(...message.statuses.map((one) => RANK[one.status]));
      if (rank < RANK.delivered) this.#seenEarly.add(message.id);
      if (rank !== RANK.delivered) continue;
      this.#disarm(message);
      message.next = null;
      this.#become(message, 'read');
      read += 1;
    }
    this.#settled();
    return read;
  }

  /** Number of planned steps. */
  planned(): number {
    return this.#timers.size;
  }

  /** Takes up what was planned before a restart. */
  resume(): void {
    for (const message of Object.values(this.#sim.state.messages)) this.#arm(message);
  }

  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#seenEarly.clear();
  }

  #delay(name: 'sent' | 'delivered' | 'read'): number {
    return this.#sim.state.faults.delays[name] ?? this.#sim.timing[name];
  }

  #plan(message: StoredMessage, next: NonNullable<StoredMessage['next']>): void {
    message.next = next;
    this.#arm(message);
  }

  #arm(message: StoredMessage): void {
    if (!message.next) return;
    this.#disarm(message);
    const wait = Math.max(0, message.next.at - Date.now());
    this.#timers.set(
      message.id,
      setTimeout(() => this.#step(message), wait),
    );
  }

  #disarm({ id }: StoredMessage): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  #step(message: StoredMessage): void {
    this.#timers.delete(message.id);
    const next = message.next;
    message.next = null;
    if (next) {
      this.#become(message, next.status, next.error);
      this.#planAfter(message, next.status);
    }
    this.#settled();
  }

  /** Reactions only ever become `sent`. */
  #planAfter(message: StoredMessage, status: StatusName): void {
    if (message.type === 'reaction') return;
    const accepted = message.statuses[0]?.at ?? message.at;
    const acceptedAt = Date.now() - (this.#sim.now() - accepted);
    const after = (step: 'delivered' | 'read') => Math.max(Date.now(), acceptedAt + this.#delay(step));
    if (status === 'sent') this.#plan(message, { status: 'delivered', at: after('delivered') });
    if (status !== 'delivered') return;
    if (this.#seenEarly.delete(message.id)) this.#plan(message, { status: 'read', at: Date.now() });
    else if (this.#sim.state.faults.auto_read) this.#plan(message, { status: 'read', at: after('read') });
  }

  #become(message: StoredMessage, status: StatusName, error?: StatusError): void {
    note(this.#sim, message, status, error);
    const update = statusUpdate(this.#sim, message, status, error);
    if (update) publishUpdate(this.#sim, this.#engine, update);
  }
}

/** Writes a status into the message's history and shows it to watchers. */
export function note(sim: Simulation, message: StoredMessage, status: StatusName, error?: StatusError): void {
  const at = sim.now();
  message.statuses.push(error ? { status, at, error } : { status, at });
  sim.emit({
    type: 'status',
    data: { id: message.id, phone_number_id: message.phone_number_id, customer: message.customer, status },
  });
  sim.changed();
}
