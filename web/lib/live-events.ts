/**
 * One stream of server-sent events. The browser resumes by itself after a short break (Last-Event-ID); when it gives
 * up, the session is checked and a new stream opened, later and later with jitter. Whoever listens learns when a
 * stream is back after a gap and has to fetch anew.
 */
import type { InboxEvents } from '../../src/modules/conversations/contract.ts';

type Name = keyof InboxEvents;
/** `down` only after two seconds without a stream: a short break is nobody's business. */
export type LiveStatus = 'live' | 'down';

const names: Name[] = [
  'message.received',
  'message.queued',
  'message.status',
  'message.media',
  'message.changed',
  'conversation.created',
  'conversation.updated',
  'triage.changed',
  'account.changed',
  'resync',
];
const quietMilliseconds = 2000;
const longestWait = 30_000;

export class LiveEvents {
  #source: EventSource | null = null;
  #listeners = new Map<Name, Set<(data: never) => void>>();
  #reconnected = new Set<() => void>();
  #statusListeners = new Set<() => void>();
  #status: LiveStatus = 'live';
  #quietTimer: ReturnType<typeof setTimeout> | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #failures = 0;
  #interrupted = false;
  #checkSession: () => Promise<unknown>;

  /** `checkSession` renews the session if it must; it may reject. */
  constructor(checkSession: () => Promise<unknown>) {
    this.#checkSession = checkSession;
  }

  on<N extends Name>(name: N, listener: (data: InboxEvents[N]) => void): () => void {
    const set = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  onReconnected(listener: () => void): () => void {
    this.#reconnected.add(listener);
    return () => this.#reconnected.delete(listener);
  }

  subscribeStatus = (listener: () => void): (() => void) => {
    this.#statusListeners.add(listener);
    return () => this.#statusListeners.delete(listener);
  };

  status = (): LiveStatus => this.#status;

  /** Opens the stream; gives the way to close it. */
  open(): () => void {
    this.#connect();
    const hurry = () => this.#hurry();
    window.addEventListener('online', hurry);
    document.addEventListener('visibilitychange', hurry);
    return () => {
      window.removeEventListener('online', hurry);
      document.removeEventListener('visibilitychange', hurry);
      this.#close();
    };
  }

  #connect(): void {
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onerror = () => {
      if (source === this.#source) this.#failed(source);
    };
    for (const name of names) {
      source.addEventListener(name, (event: MessageEvent<string>) => this.#deliver(name, event.data));
    }
  }

  #deliver(name: Name, json: string): void {
    const data = JSON.parse(json || '{}') as never;
    for (const listener of this.#listeners.get(name) ?? []) listener(data);
  }

  #opened(): void {
    this.#failures = 0;
    if (this.#quietTimer) clearTimeout(this.#quietTimer);
    this.#quietTimer = null;
    this.#setStatus('live');
    if (this.#interrupted) for (const listener of this.#reconnected) listener();
    this.#interrupted = false;
  }

  #failed(source: EventSource): void {
    this.#interrupted = true;
    this.#quietTimer ??= setTimeout(() => this.#setStatus('down'), quietMilliseconds);
    // The browser only tries again by itself after a lost connection, not after an error answer.
    if (source.readyState === EventSource.CLOSED) this.#retryLater();
  }

  #retryLater(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#retryTimer) return;
    const wait = Math.min(longestWait, 500 * 2 ** this.#failures) * (0.5 + Math.random());
    this.#failures += 1;
    this.#retryTimer = setTimeout(() => void this.#retry(), wait);
  }

  async #retry(): Promise<void> {
    try {
      await this.#checkSession();
    } catch {
      this.#retryTimer = null;
      if (this.#quietTimer) this.#retryLater();
      return;
    }
    if (this.#retryTimer === null) return;
    this.#retryTimer = null;
    this.#connect();
  }

  /** The network is back or the person looks again: do not wait for the timer. */
  #hurry(): void {
    if (document.hidden || this.#source || !this.#retryTimer) return;
    clearTimeout(this.#retryTimer);
    void this.#retry();
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    if (this.#quietTimer) clearTimeout(this.#quietTimer);
    this.#retryTimer = null;
    this.#quietTimer = null;
    this.#interrupted = false;
  }

  #setStatus(status: LiveStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#statusListeners) listener();
  }
}
