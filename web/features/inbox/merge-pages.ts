/**
 * Brings fresh conversations and messages into the pages that are already loaded, without loading them again.
 * Pure. A message's status never falls: an answer that was overtaken on its way changes nothing.
 */
import type { Conversation, ConversationPage, Message, MessagePage, MessageStatus } from './model.ts';

/** Pages as TanStack Query keeps them. */
export type Pages<Page> = { pages: Page[]; pageParams: unknown[] };

const rank: Record<MessageStatus, number> = {
  received: 0,
  queued: 0,
  sending: 1,
  unknown: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
  played: 7,
};

/** The later of two statuses of one message. */
export function laterStatus(known: MessageStatus, fresh: MessageStatus): MessageStatus {
  return rank[fresh] >= rank[known] ? fresh : known;
}

/** Puts `conversation` where it belongs by its last message, or takes it out when it is not `wanted`. */
export function placeConversation(
  list: Pages<ConversationPage>,
  conversation: Conversation,
  wanted: boolean,
): Pages<ConversationPage> {
  const pages = list.pages.map((page) => ({
    ...page,
    data: page.data.filter((other) => other.id !== conversation.id),
  }));
  if (!wanted) return { ...list, pages };
  for (const page of pages) {
    const index = page.data.findIndex((other) => !isNewer(other, conversation));
    if (index >= 0) {
      page.data.splice(index, 0, conversation);
      return { ...list, pages };
    }
  }
  // Older than all that is loaded: it comes with a later page, unless there is none.
  const last = pages.at(-1);
  if (last && last.next_cursor === null) last.data.push(conversation);
  return { ...list, pages };
}

function isNewer(one: Conversation, other: Conversation): boolean {
  return (one.last_message_at ?? '') > (other.last_message_at ?? '');
}

/** Takes a conversation out that may no longer be seen. */
export function removeConversation(list: Pages<ConversationPage>, id: string): Pages<ConversationPage> {
  return {
    ...list,
    pages: list.pages.map((page) => ({ ...page, data: page.data.filter((other) => other.id !== id) })),
  };
}

/**
 * Merges the newest page of a thread into what is loaded. When the two do not overlap, something between is missing:
 * then only the fresh page stays and older ones are loaded again on scrolling. What is loaded and missing in the fresh page, though newer
 * than its oldest message and older than its newest, is not there any more.
 */
export function mergeNewest(thread: Pages<MessagePage>, fresh: MessagePage): Pages<MessagePage> {
  const known = new Map(thread.pages.flatMap((page) => page.data).map((message) => [message.id, message]));
  const merged = fresh.data.map((message) => keepLaterStatus(known.get(message.id), message));
  const overlaps = fresh.next_cursor === null || known.size === 0 || merged.some((one) => known.has(one.id));
  if (!overlaps) {
    return {
      pages: [{ data: merged, next_cursor: fresh.next_cursor }],
      pageParams: thread.pageParams.slice(0, 1),
    };
  }
  const freshIds = new Set(merged.map((message) => message.id));
  const pages = thread.pages.map((page) => ({
    ...page,
    data: page.data.filter((message) => !freshIds.has(message.id) && !isWithin(fresh, message)),
  }));
  const first = pages[0];
  if (!first) return { pages: [{ ...fresh, data: merged }], pageParams: [undefined] };
  first.data = [...merged, ...first.data].sort(newestFirst);
  return { ...thread, pages };
}

/** Whether a message would stand in the page if it were there. */
function isWithin({ data, next_cursor }: MessagePage, message: Message): boolean {
  const [newest] = data;
  const oldest = data.at(-1);
  if (!newest || !oldest || newestFirst(newest, message) > 0) return false;
  return next_cursor === null || newestFirst(message, oldest) < 0;
}

/** Adds one message that the server has just confirmed, or brings it up to date. */
export function placeMessage(thread: Pages<MessagePage>, message: Message): Pages<MessagePage> {
  const found = thread.pages.some((page) => page.data.some((other) => other.id === message.id));
  const pages = thread.pages.map((page) => ({
    ...page,
    data: page.data.map((other) => (other.id === message.id ? keepLaterStatus(other, message) : other)),
  }));
  const first = pages[0];
  if (!found && first) first.data = [message, ...first.data].sort(newestFirst);
  return { ...thread, pages };
}

/** Raises the status of one message; null when it is not loaded. */
export function raiseStatus(
  thread: Pages<MessagePage>,
  messageId: number,
  status: MessageStatus,
): Pages<MessagePage> | null {
  const known = thread.pages.flatMap((page) => page.data).find((message) => message.id === messageId);
  return known ? placeMessage(thread, { ...known, status }) : null;
}

function keepLaterStatus(known: Message | undefined, fresh: Message): Message {
  if (!known) return fresh;
  const status = laterStatus(known.status, fresh.status);
  const unchanged = status === known.status && JSON.stringify({ ...fresh, status }) === JSON.stringify(known);
  return unchanged ? known : { ...fresh, status };
}

function newestFirst(one: Message, other: Message): number {
  if (one.timestamp !== other.timestamp) return one.timestamp < other.timestamp ? 1 : -1;
  return other.id - one.id;
}
