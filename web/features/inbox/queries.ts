/** What the inbox asks the server, and the keys under which the answers are kept. */
import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import type { HandedOver } from '../../../src/modules/conversations/contract-hand-over.ts';
import { ApiError, request } from '../../lib/api.ts';
import { placeConversation, placeMessage, type Pages } from './merge-pages.ts';
import {
  belongsToView,
  queryOfView,
  type Conversation,
  type ConversationPage,
  type ListView,
  type Message,
  type MessagePage,
} from './model.ts';

const conversationsPath = '/api/v1/conversations';
const firstPage = undefined as string | undefined;
const threadPageSize = 50;
/** The badge says "99+" above this. */
export const unreadCountLimit = 100;

export const conversationListQuery = (view: ListView) =>
  infiniteQueryOptions({
    queryKey: ['conversations', view] as const,
    queryFn: ({ pageParam, signal }) =>
      request<ConversationPage>('GET', conversationsPath, {
        query: { ...queryOfView(view), cursor: pageParam, limit: 40 },
        signal,
      }),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // While a search is being typed the last results stay; another filter starts afresh.
    placeholderData: (previous, query) => (query?.queryKey[1].filter === view.filter ? previous : undefined),
    staleTime: 30_000,
  });

export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: ['conversation', id] as const,
    queryFn: ({ signal }) => fetchConversation(id, signal),
    staleTime: 30_000,
  });

export const messagesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['messages', id] as const,
    queryFn: ({ pageParam, signal }) => fetchMessages(id, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    // Events keep a loaded thread fresh; a lost connection invalidates it.
    staleTime: Number.POSITIVE_INFINITY,
  });

/** How many active conversations wait unread, up to `unreadCountLimit`. */
export const unreadCountQuery = queryOptions({
  queryKey: ['unread-count'] as const,
  queryFn: async ({ signal }) => {
    const query = { status: 'active', unread: true, limit: unreadCountLimit };
    const page = await request<ConversationPage>('GET', conversationsPath, { query, signal });
    return page.data.length;
  },
  staleTime: 30_000,
});

export function fetchConversation(id: string, signal?: AbortSignal): Promise<Conversation> {
  return request<Conversation>('GET', `${conversationsPath}/${id}`, signal ? { signal } : {});
}

export function fetchMessages(id: string, cursor?: string, signal?: AbortSignal): Promise<MessagePage> {
  return request<MessagePage>('GET', `${conversationsPath}/${id}/messages`, {
    query: { cursor, limit: threadPageSize },
    ...(signal && { signal }),
  });
}

export function postMessage(id: string, key: string, text: string): Promise<Message> {
  return request<Message>('POST', `${conversationsPath}/${id}/messages`, {
    headers: { 'idempotency-key': key },
    body: { text },
  });
}

/** Tells the server that the thread has been seen, and the screen at once. */
export async function markRead(client: QueryClient, conversation: Conversation): Promise<void> {
  keepConversation(client, { ...conversation, unread_count: 0 });
  const fresh = await request<Conversation>('POST', `${conversationsPath}/${conversation.id}/read`);
  keepConversation(client, fresh);
  void client.invalidateQueries({ queryKey: unreadCountQuery.queryKey });
}

/** Moves a conversation between inbox and archive, or blocks the sender, with a reason if there is one. */
export async function setStatus(
  client: QueryClient,
  id: string,
  status: Conversation['status'],
  reason?: string,
): Promise<void> {
  const body = { status, ...(reason && { reason }) };
  const fresh = await request<Conversation>('PATCH', `${conversationsPath}/${id}`, { body });
  keepConversation(client, fresh);
  void client.invalidateQueries({ queryKey: unreadCountQuery.queryKey });
}

/** Lets a colleague answer besides the agent, or with null nobody. Who gives it back does not see it any more. */
export async function assignConversation(
  client: QueryClient,
  id: string,
  userId: string | null,
): Promise<Conversation> {
  const fresh = await request<Conversation>('POST', `${conversationsPath}/${id}/assign`, {
    body: { user_id: userId },
  });
  keepConversation(client, fresh);
  return fresh;
}

/**
 * Gives the customer to a colleague for good. Whoever may not see them any more loses them here at once; the rest is fetched anew, because
 * it may have gone into another conversation.
 */
export async function handOver(client: QueryClient, id: string, userId: string): Promise<HandedOver> {
  const handed = await request<HandedOver>('POST', `${conversationsPath}/${id}/hand-over`, {
    body: { user_id: userId },
  });
  await client.invalidateQueries({ queryKey: ['conversations'] });
  void client.invalidateQueries({ queryKey: unreadCountQuery.queryKey });
  return handed;
}

/** Brings one conversation's newest state into everything that is loaded. */
export function keepConversation(client: QueryClient, conversation: Conversation): void {
  client.setQueryData(conversationQuery(conversation.id).queryKey, conversation);
  const lists = client.getQueriesData<Pages<ConversationPage>>({ queryKey: ['conversations'] });
  for (const [key, list] of lists) {
    if (!list) continue;
    const view = key[1] as ListView;
    const shown = list.pages.some((page) => page.data.some((other) => other.id === conversation.id));
    client.setQueryData(key, placeConversation(list, conversation, isWanted(view, conversation, shown)));
  }
}

/**
 * Only the server knows what matches a search: there what is shown stays. In "Unread", a conversation that has just been
 * read stays until the list is opened anew: it must not vanish under the reader's eyes.
 */
function isWanted(view: ListView, conversation: Conversation, shown: boolean): boolean {
  if (view.q.trim() !== '') return shown;
  if (view.filter === 'unread' && shown) return conversation.status === 'active';
  return belongsToView(view, conversation);
}

/** Brings a message that the server has confirmed into its thread. */
export function keepMessage(client: QueryClient, message: Message): void {
  client.setQueryData<Pages<MessagePage>>(messagesQuery(message.conversation_id).queryKey, (thread) =>
    thread ? placeMessage(thread, message) : thread,
  );
}

/** Whether an error means that there is nothing of that name for this person. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 403);
}
