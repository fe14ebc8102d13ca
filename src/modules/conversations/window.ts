/** The 24-hour customer service window of a conversation, for the module that sends. */
import type { ListedConversation } from './queries/conversations.ts';
import { windowClosesAt } from './rules.ts';

/** Until when free text may be sent; null when the window is closed. */
export function closesWindowAt(conversation: ListedConversation, now: Date): Date | null {
  return windowClosesAt(conversation.last_inbound_at, now);
}
