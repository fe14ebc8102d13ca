/**
 * Organizations' configurations in memory, as ciphertext: a secret is opened when it is used and not kept open. What must stay true:
 * whoever asks after a change was committed and noticed gets the change; a lost notification costs at most the time to live.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Notifications } from '../../platform/db/notifications.ts';
import type { Configurations } from './queries.ts';

/** A notification says at once that something changed; this is how long a lost one may be believed. */
const TIME_TO_LIVE_MS = 15_000;
/** Strangers may name any organization at the webhook, so what is remembered is bounded. */
const MOST_ENTRIES = 5_000;

type Entry = { readAt: number; configurations: Promise<Configurations> };

/** One in each process; every reader of configurations asks it. */
export class ConfigurationCache {
  readonly #read: (tenantId: string) => Promise<Configurations>;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(
    notifications: Pick<Notifications, 'on'>,
    { read, clock }: { read: (tenantId: string) => Promise<Configurations>; clock: Clock },
  ) {
    this.#read = read;
    this.#clock = clock;
    // Without a name after a reconnection: anything may have changed meanwhile.
    notifications.on('switchboard_configurations', (tenantId) =>
      tenantId === '' ? this.#entries.clear() : this.forget(tenantId),
    );
  }

  /** What an organization has configured; rejects when the database cannot be asked. */
  get(tenantId: string): Promise<Configurations> {
    const now = this.#clock.now().getTime();
    const known = this.#entries.get(tenantId);
    if (known && Math.abs(now - known.readAt) < TIME_TO_LIVE_MS) return known.configurations;
    const entry = { readAt: now, configurations: this.#read(tenantId) };
    this.#entries.delete(tenantId);
    this.#entries.set(tenantId, entry);
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined && this.#entries.size > MOST_ENTRIES) this.#entries.delete(oldest);
    entry.configurations.catch(() => {
      if (this.#entries.get(tenantId) === entry) this.#entries.delete(tenantId);
    });
    return entry.configurations;
  }

  /** The next to ask reads anew. Whoever changes a configuration calls it, so as not to wait for the notification. */
  forget(tenantId: string): void {
    this.#entries.delete(tenantId);
  }
}
