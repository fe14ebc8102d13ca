/** Which new messages somebody is told of while they look elsewhere. Pure. */
import type { Conversation } from '../inbox/model.ts';

type Facts = Pick<Conversation, 'agent_id' | 'assignee_id' | 'blocked' | 'unread_count'> & {
  last_message: { id: number; direction: 'inbound' | 'outbound' } | null;
};

/** What an owner only oversees, what was blocked, and what was answered or read since are not. */
export function isWorthTelling(
  { agent_id: agent, assignee_id: assignee, blocked, unread_count: unread, last_message: last }: Facts,
  { userId, agentId, messageId }: { userId: string; agentId: number | null; messageId: number },
): boolean {
  const answers = assignee === null ? agent === agentId : assignee === userId;
  return answers && blocked === null && unread > 0 && last?.direction === 'inbound' && last.id === messageId;
}
