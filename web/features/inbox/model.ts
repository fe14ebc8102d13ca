/** The inbox's words in the browser: the contract's types, the views of the list, and how a person is named. */
import type {
  Conversation,
  ConversationPage,
  ConversationsQuery,
  MAX_TEXT_LENGTH,
  Message,
  MessagePage,
  MessageStatus,
} from '../../../src/modules/conversations/contract.ts';
import { formatPhone } from '../../lib/phone.ts';

export type { Conversation, ConversationPage, Message, MessagePage, MessageStatus };

/** The contract's limit; its type keeps the two the same. */
export const maxTextLength: typeof MAX_TEXT_LENGTH = 4096;

export const listFilters = ['all', 'unread', 'archived'] as const;
export type ListFilter = (typeof listFilters)[number];

/** What the list shows: a filter and a search text, empty for none. */
export type ListView = { filter: ListFilter; q: string };

/** What the list shows, in the address: a reload or a shared link shows the same. `number` is a phone_number_id. */
export type InboxSearch = { filter?: 'unread' | 'archived'; q?: string; number?: string };

/** The query for the server. A search in "All" also finds archived conversations. */
export function queryOfView(view: ListView): ConversationsQuery {
  const q = view.q.trim();
  if (view.filter === 'archived') return { status: 'archived', ...(q && { q }) };
  if (view.filter === 'unread') return { status: 'active', unread: true, ...(q && { q }) };
  return q ? { q } : { status: 'active' };
}

/** Whether a conversation belongs into a view without search text. */
export function belongsToView(view: ListView, conversation: Conversation): boolean {
  if (view.filter === 'archived') return conversation.status === 'archived';
  if (conversation.status !== 'active') return false;
  return view.filter === 'all' || conversation.unread_count > 0;
}

type Named = Pick<Conversation['customer'], 'name' | 'phone' | 'username'>;

/** What to call a customer: the name, else the phone number, else the username. */
export function nameOfCustomer(customer: Named): string {
  const name = customer.name.trim();
  if (name && name !== customer.phone) return name;
  if (customer.phone) return formatPhone(customer.phone);
  return customer.username ? `@${customer.username}` : 'Unknown customer';
}

/** How to reach a customer, under the name; null when the name already says it. */
export function handleOfCustomer(customer: Named): string | null {
  const shown = nameOfCustomer(customer);
  const phone = customer.phone ? formatPhone(customer.phone) : null;
  if (phone && phone !== shown) return phone;
  const username = customer.username ? `@${customer.username}` : null;
  return username && username !== shown ? username : null;
}

/** Whether a message does not leave because sending is paused. A status that came since says that it has left. */
export function isWaiting({ status, waits }: Pick<Message, 'status' | 'waits'>): boolean {
  return waits !== null && (status === 'queued' || status === 'sending');
}
