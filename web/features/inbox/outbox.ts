/**
 * What the person has sent but the server has not yet confirmed. Each message keeps one idempotency key through all
 * its tries, so that a try whose answer was lost doubles nothing; messages of a conversation go one after the other,
 * so that they arrive in the order they were written. Unconfirmed text survives a reload.
 */
import { ApiError, describeError } from '../../lib/api.ts';
import type { Message } from './model.ts';

/** `waiting` for its turn, `sending`, `retrying` after the network failed, `rejected` by the server for good. */
export type PendingState = 'waiting' | 'sending' | 'retrying' | 'rejected';

export type PendingMessage = {
  key: string;
  conversationId: string;
  text: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** The newest message id known when it was written: the server's own copy has a higher one. */
  afterId: number;
  state: PendingState;
  /** Why it was rejected or the last try failed, for the person. */
  reason: string | null;
};

type Store = { read: () => string; write: (text: string) => void };

export type OutboxOptions = {
  post: (pending: PendingMessage) => Promise<Message>;
  /** Told with the server's message before the pending one goes, so that the screen never lacks both. */
  onAccepted: (message: Message) => void;
  store: Store;
  /** Runs `work` after some milliseconds. */
  schedule: (work: () => void, milliseconds: number) => void;
};

const firstRetry = 1500;
const longestRetry = 30_000;

export class Outbox {
  #options: OutboxOptions;
  #pending: PendingMessage[];
  #busy = new Set<string>();
  #tries = new Map<string, number>();
  #listeners = new Set<() => void>();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#pending = readStored(options.store.read());
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** All unconfirmed messages, oldest first. The same array until something changes. */
  snapshot = (): readonly PendingMessage[] => this.#pending;

  /** Queues a text and sends it as soon as those before it are through. */
  send(conversationId: string, text: string, afterId: number): void {
    const pending: PendingMessage = {
      key: crypto.randomUUID(),
      conversationId,
      text,
      createdAt: Date.now(),
      afterId,
      state: 'waiting',
      reason: null,
    };
    this.#set([...this.#pending, pending]);
    void this.#work(conversationId);
  }

  /** Tries everything again that waits for the network: on "Try now", when the browser is online again, after a reload. */
  retryAll = (): void => {
    for (const id of new Set(this.#pending.map((one) => one.conversationId))) void this.#work(id);
  };

  /** Tries a rejected message once more, with its old key. */
  retry(key: string): void {
    this.#update(key, { state: 'waiting', reason: null });
    const pending = this.#pending.find((one) => one.key === key);
    if (pending) void this.#work(pending.conversationId);
  }

  /** Forgets a message. Only one that is not on its way can be taken back. */
  discard(key: string): void {
    const pending = this.#pending.find((one) => one.key === key);
    if (pending?.state === 'sending') return;
    this.#set(this.#pending.filter((one) => one.key !== key));
  }

  async #work(conversationId: string): Promise<void> {
    if (this.#busy.has(conversationId)) return;
    this.#busy.add(conversationId);
    try {
      for (;;) {
        const next = this.#pending.find(
          (one) => one.conversationId === conversationId && one.state !== 'rejected',
        );
        if (!next || !(await this.#try(next))) return;
      }
    } finally {
      this.#busy.delete(conversationId);
    }
  }

  /** True when the next one may go. */
  async #try(pending: PendingMessage): Promise<boolean> {
    // The reason of the last try stays until there is an answer, so that what the person reads does not flicker.
    this.#update(pending.key, { state: 'sending' });
    try {
      const message = await this.#options.post(pending);
      this.#options.onAccepted(message);
      this.#tries.delete(pending.key);
      this.#set(this.#pending.filter((one) => one.key !== pending.key));
      return true;
    } catch (error) {
      if (isFinal(error)) {
        this.#update(pending.key, { state: 'rejected', reason: describeError(error) });
        return true;
      }
      this.#retryLater(pending, error);
      return false;
    }
  }

  #retryLater(pending: PendingMessage, error: unknown): void {
    const tries = this.#tries.get(pending.key) ?? 0;
    this.#tries.set(pending.key, tries + 1);
    this.#update(pending.key, { state: 'retrying', reason: describeError(error) });
    const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
    const wait = Math.max(asked, Math.min(longestRetry, firstRetry * 2 ** tries));
    this.#options.schedule(() => void this.#work(pending.conversationId), wait);
  }

  #update(key: string, change: Partial<PendingMessage>): void {
    this.#set(this.#pending.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }

  #set(pending: PendingMessage[]): void {
    this.#pending = pending;
    this.#options.store.write(pending.length > 0 ? JSON.stringify(pending) : '');
    for (const listener of this.#listeners) listener();
  }
}

/** Whether another try with the same content can never succeed. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status >= 400 && error.status < 500 && ![401, 408, 425, 429].includes(error.status);
}

function readStored(stored: string): PendingMessage[] {
  try {
    const list: unknown = JSON.parse(stored || '[]');
    if (!Array.isArray(list)) return [];
    return (list as PendingMessage[]).map((one) =>
      one.state === 'rejected' ? one : { ...one, state: 'retrying', reason: null },
    );
  } catch {
    return [];
  }
}

/**
 * The pending messages to show: those whose server copy is already in the thread are left out. An event may bring
 * the copy before the answer to our own request comes.
 */
export function withoutEchoes(
  pending: readonly PendingMessage[],
  messages: readonly Message[],
): PendingMessage[] {
  const claimed = new Set<number>();
  return pending.filter((one) => {
    if (one.state === 'rejected') return true;
    const echo = messages.find(
      (message) =>
        message.direction === 'outbound' &&
        message.id > one.afterId &&
        message.text === one.text &&
        !claimed.has(message.id),
    );
    if (echo) claimed.add(echo.id);
    return !echo;
  });
}
