/** The inbox over HTTP, as one signed-in person sees it. */
import type {
  Conversation,
  ConversationPage,
  Message,
  MessagePage,
} from '../../src/modules/conversations/contract.ts';
import { request, type Answer } from './api.ts';
import type { Problem } from '../../src/platform/http/problems.ts';

export type Inbox = ReturnType<typeof inboxOf>;

export function inboxOf(url: string, token: string) {
  const conversations = async (query = '?limit=200'): Promise<Conversation[]> =>
    (await request<ConversationPage>(`${url}/api/v1/conversations${query}`, { token })).body.data;
  const thread = async (id: string): Promise<Message[]> =>
    (await request<MessagePage>(`${url}/api/v1/conversations/${id}/messages?limit=200`, { token })).body.data;
  return {
    conversations,
    /** Newest first. */
    thread,
    /** The one conversation with this person, by phone or name; throws when there is none or more than one. */
    async with(phoneOrName: string): Promise<Conversation> {
      const found = (await conversations()).filter(
        ({ customer }) => customer.phone === phoneOrName || customer.name === phoneOrName,
      );
      const [one] = found;
      if (!one || found.length > 1)
        throw new Error(`There are ${String(found.length)} conversations with ${phoneOrName}.`);
      return one;
    },
    /** What was written in the conversation with this person, oldest first. */
    async textsWith(phoneOrName: string): Promise<string[]> {
      const { id } = await this.with(phoneOrName);
      return (await thread(id)).toReversed().map((message) => message.text);
    },
    /** The texts of every conversation, oldest first in each. */
    async texts(): Promise<string[]> {
      const all = await Promise.all((await conversations()).map(({ id }) => thread(id)));
      return all.flatMap((messages) => messages.toReversed().map((message) => message.text));
    },
    send(
      id: string,
      text: string,
      key: string | null = null,
    ): Promise<Answer<Message & Omit<Problem, keyof Message>>> {
      return request(`${url}/api/v1/conversations/${id}/messages`, {
        token,
        body: { text },
        headers: key === null ? {} : { 'idempotency-key': key },
      });
    },
    patch(id: string, body: unknown): Promise<Answer> {
      return request(`${url}/api/v1/conversations/${id}`, { token, method: 'PATCH', body });
    },
  };
}
