/**
 * One connection that listens. A notification is only a hint: whoever listens also looks by themselves from time to time, so
 * a lost connection costs latency and nothing else. After every reconnection all listeners are woken.
 */
import pg from 'pg';
import type { Logger } from '../log/logger.ts';
import { connectionOptions } from './connection.ts';

type Listener = (payload: string) => void;

const PAUSES_MS = [100, 250, 500, 1_000, 2_000];
const HEARTBEAT_MS = 5_000;

/** Listens for as long as the process runs. */
export class Notifications {
  readonly #connectionString: string;
  readonly #log: Logger;
  readonly #listeners = new Map<string, Set<Listener>>();
  #client: pg.Client | undefined;
  #last: Promise<void> = Promise.resolve();
  #workerNumber: number | null = null;
  #failures = 0;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(connectionString: string, log: Logger) {
    this.#connectionString = connectionString;
    this.#log = log;
  }

  /**
   * The number under which this connection holds a lock, by which other processes see that this one lives; null while there is no
   * connection. A new connection has a new number.
   */
  get workerNumber(): number | null {
    return this.#workerNumber;
  }

  /** Calls the listener for every notification of the channel, and once after each reconnection. Returns how to stop. */
  on(channel: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners.add(listener));
    if (listeners.size === 1) this.#listen(channel);
    return () => listeners.delete(listener);
  }

  /** Opens the connection, and again whenever it is lost. Resolves after the first try, whatever its outcome. */
  async start(): Promise<void> {
    if (this.#stopped) return;
    const client = new pg.Client(
      connectionOptions({
        connectionString: this.#connectionString,
        name: 'listener',
        max: 1,
        statementTimeoutMs: 3_000,
      }),
    );
    client.on('error', () => this.#lose(client));
    client.on('end', () => this.#lose(client));
    client.on('notification', ({ channel, payload }) => this.#wake(channel, payload ?? ''));
    this.#client = client;
    try {
      await client.connect();
    } catch {
      this.#lose(client);
      return;
    }
    this.#last = Promise.resolve();
    for (const channel of this.#listeners.keys()) this.#listen(channel);
    await this.#last;
    if (client !== this.#client) return;
    this.#failures = 0;
    await this.#announce(client);
    for (const channel of this.#listeners.keys()) this.#wake(channel, '');
    this.#beat(client);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#client?.end().catch(() => undefined);
  }

  #listen(channel: string): void {
    void this.#ask(`LISTEN ${pg.escapeIdentifier(channel)}`);
  }

  /** One statement after the other: a connection takes only one at a time. Never rejects. */
  #ask(statement: string): Promise<void> {
    const client = this.#client;
    if (client === undefined) return Promise.resolve();
    this.#last = this.#last
      .then(() => client.query(statement))
      .then(
        () => undefined,
        () => this.#lose(client),
      );
    return this.#last;
  }

  #wake(channel: string, payload: string): void {
    for (const listener of this.#listeners.get(channel) ?? []) listener(payload);
  }

  async #announce(client: pg.Client): Promise<void> {
    try {
      const { rows } = await client.query<{ number: number }>('SELECT app.announce_worker() AS number');
      if (client === this.#client) this.#workerNumber = rows[0]?.number ?? null;
    } catch {
      this.#lose(client);
    }
  }

  /** A link that died without a word is noticed by asking. */
  #beat(client: pg.Client): void {
    this.#timer = setTimeout(() => {
      void this.#ask('SELECT').then(() => {
        if (client === this.#client) this.#beat(client);
      });
    }, HEARTBEAT_MS);
  }

  #lose(client = this.#client): void {
    if (client === undefined || client !== this.#client) return;
    this.#client = undefined;
    this.#workerNumber = null;
    clearTimeout(this.#timer);
    void client.end().catch(() => undefined);
    if (this.#stopped) return;
    if (this.#failures === 0)
      this.#log.warn('The listening connection to the database is lost; looking by polling until it is back');
    const pause = PAUSES_MS[Math.min(this.#failures++, PAUSES_MS.length - 1)] ?? 2_000;
    this.#timer = setTimeout(() => void this.start(), pause);
  }
}
