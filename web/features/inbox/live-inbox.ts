/**
 * Keeps the loaded inbox true by the server's events. Events carry ids only; what they name is fetched, bundled, one
 * round after the other, so that a slow answer never overwrites a newer one. After a gap everything is fetched anew. An event
 * comes once: what could not be fetched, because the network or the server was away, is fetched later.
 */
import type { QueryClient } from '@tanstack/react-query';
import type { InboxEvents } from '../../../src/modules/conversations/contract.ts';
import { ApiError } from '../../lib/api.ts';
import type { LiveEvents } from '../../lib/live-events.ts';
import { laterStatus, mergeNewest, raiseStatus, removeConversation, type Pages } from './merge-pages.ts';
import type { Conversation, ConversationPage, MessagePage } from './model.ts';
import {
  conversationQuery,
  fetchConversation,
  fetchMessages,
  isGone,
  keepConversation,
  messagesQuery,
  unreadCountQuery,
} from './queries.ts';

type Change = { conversation: boolean; messages: boolean };

/** Events come in bursts (a message, its conversation, a status): what comes within this is fetched once. */
const bundleMilliseconds = 40;
/** Between tries while the server cannot be reached; twice as long after each failure. */
const firstRetryMilliseconds = 500;
const longestRetryMilliseconds = 15_000;
/** With more conversations than this at once, loading the lists anew is cheaper. */
const bundleLimit = 12;

/** What screens show of the accounts: who may use them, how they are, what happened, their numbers. */
const accountKeys = ['waba', 'health', 'account-events', 'numbers'];

export class LiveInbox {
  #client: QueryClient;
  #changes = new Map<string, Change>();
  #running = false;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  /** Starts to follow `events`; gives the way to stop. */
  follow(events: LiveEvents): () => void {
    const both = (data: { conversation_id: string }) => this.#note(data.conversation_id, true);
    const stops = [
      events.on('message.received', both),
      events.on('message.queued', both),
      events.on('message.media', both),
      events.on('message.changed', (data) => this.#change(data)),
      events.on('message.status', (data) => this.#raise(data)),
      events.on('conversation.created', (data) => this.#note(data.conversation_id, false)),
      events.on('conversation.updated', (data) => this.#note(data.conversation_id, false)),
      events.on('account.changed', () => this.#refetch(accountKeys)),
      events.on('resync', () => this.#refetchAll()),
      events.onReconnected(() => this.#refetchAll()),
    ];
    return () => {
      this.#changes.clear();
      stops.forEach((stop) => stop());
    };
  }

  #refetchAll(): void {
    this.#changes.clear();
    this.#refetch(['conversations', 'conversation', 'messages', 'unread-count', ...accountKeys]);
  }

  #refetch(keys: string[]): void {
    for (const key of keys) void this.#client.invalidateQueries({ queryKey: [key] });
  }

  /** A status alone is shown at once; why something failed has to be fetched. */
  #raise({ conversation_id, message_id, status }: InboxEvents['message.status']): void {
    const key = messagesQuery(conversation_id).queryKey;
    const thread = this.#client.getQueryData<Pages<MessagePage>>(key);
    const raised = thread ? raiseStatus(thread, message_id, status) : null;
    if (raised) this.#client.setQueryData<Pages<MessagePage>>(key, raised);
    const missing = thread !== undefined && raised === null;
    if (status === 'failed' || status === 'unknown' || missing) this.#note(conversation_id, true);
    else if (!this.#raisePreview(conversation_id, message_id, status)) this.#note(conversation_id, false);
  }

  /** What stands on the newest page is fetched with it; further back the thread is loaded anew. */
  #change({ conversation_id, message_id }: InboxEvents['message.changed']): void {
    const key = messagesQuery(conversation_id).queryKey;
    const newest = this.#client.getQueryData<Pages<MessagePage>>(key)?.pages[0]?.data;
    if (newest && !newest.some((message) => message.id === message_id))
      void this.#client.invalidateQueries({ queryKey: key });
    this.#note(conversation_id, true);
  }

  #raisePreview(id: string, messageId: number, status: InboxEvents['message.status']['status']): boolean {
    const known = this.#client.getQueryData(conversationQuery(id).queryKey) ?? this.#findInLists(id);
    if (!known?.last_message) return false;
    if (known.last_message.id !== messageId) return known.last_message.id > messageId;
    const last_message = { ...known.last_message, status: laterStatus(known.last_message.status, status) };
    keepConversation(this.#client, { ...known, last_message });
    return true;
  }

  #findInLists(id: string): Conversation | undefined {
    return this.#client
      .getQueriesData<Pages<ConversationPage>>({ queryKey: ['conversations'] })
      .flatMap(([, list]) => list?.pages ?? [])
      .flatMap((page) => page.data)
      .find((conversation) => conversation.id === id);
  }

  #note(id: string, messages: boolean): void {
    this.#remember(id, { conversation: true, messages });
    if (!this.#running) {
      this.#running = true;
      setTimeout(() => void this.#work(), bundleMilliseconds);
    }
  }

  #remember(id: string, change: Change): void {
    const messages = change.messages || (this.#changes.get(id)?.messages ?? false);
    this.#changes.set(id, { conversation: true, messages });
  }

  async #work(): Promise<void> {
    let failures = 0;
    while (this.#changes.size > 0) {
      const changes = [...this.#changes];
      this.#changes.clear();
      const fetchOne = changes.length <= bundleLimit;
      const results = await Promise.allSettled(
        changes.map(([id, change]) => this.#refresh(id, change, fetchOne)),
      );
      const failed = changes.filter((_, index) => {
        const result = results[index];
        return result?.status === 'rejected' && mayPass(result.reason);
      });
      for (const [id, change] of failed) this.#remember(id, change);
      if (!fetchOne) void this.#client.invalidateQueries({ queryKey: ['conversations'] });
      this.#refetchSearches();
      void this.#client.invalidateQueries({ queryKey: unreadCountQuery.queryKey });
      failures = failed.length > 0 ? failures + 1 : 0;
      if (failures > 0) await pause(failures);
    }
    this.#running = false;
  }

  async #refresh(id: string, change: Change, fetchOne: boolean): Promise<void> {
    const open = this.#isOnScreen(id);
    const work: Promise<unknown>[] = [];
    if (fetchOne || open) work.push(this.#refreshConversation(id));
    if (change.messages && open) work.push(this.#refreshMessages(id));
    else if (change.messages) {
      void this.#client.invalidateQueries({ queryKey: messagesQuery(id).queryKey, refetchType: 'none' });
    }
    await Promise.all(work);
  }

  #isOnScreen(id: string): boolean {
    return (
      this.#client
        .getQueryCache()
        .find({ queryKey: messagesQuery(id).queryKey })
        ?.isActive() ?? false
    );
  }

  async #refreshConversation(id: string): Promise<void> {
    try {
      keepConversation(this.#client, await fetchConversation(id));
    } catch (error) {
      if (!isGone(error)) throw error;
      const lists = { queryKey: ['conversations'] };
      this.#client.setQueriesData<Pages<ConversationPage>>(
        lists,
        (list) => list && removeConversation(list, id),
      );
      // Whoever has it open is told that it is not here any more, such as after it went into another.
      await this.#client.resetQueries({ queryKey: conversationQuery(id).queryKey });
    }
  }

  async #refreshMessages(id: string): Promise<void> {
    const fresh = await fetchMessages(id);
    const key = messagesQuery(id).queryKey;
    this.#client.setQueryData<Pages<MessagePage>>(key, (thread) => thread && mergeNewest(thread, fresh));
  }

  /** Only the server knows whether a changed conversation matches a search. */
  #refetchSearches(): void {
    void this.#client.invalidateQueries({
      queryKey: ['conversations'],
      predicate: (query) => (query.queryKey[1] as { q?: string } | undefined)?.q?.trim() !== '',
    });
  }
}

/** Whether the same request may succeed later. What the server refused for good, it refuses again. */
function mayPass(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status >= 500 || error.status === 429;
}

/** Longer after each failure; over at once when the browser has a network again. */
function pause(failures: number): Promise<void> {
  const milliseconds = Math.min(longestRetryMilliseconds, firstRetryMilliseconds * 2 ** (failures - 1));
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done);
  });
}
