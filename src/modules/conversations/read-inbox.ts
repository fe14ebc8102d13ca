/** Reading the inbox: the list, one conversation, a thread. An owner sees all of the organization, an agent their own and what is
 * assigned to them. */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import { cutPage, NUMBER_ID, packCursor, unpackCursor, UUID_ID } from '../../platform/paging.ts';
import type { Actor } from '../auth/contract.ts';
import { describeMediaOfMessages } from '../media/read-media.ts';
import type {
  Conversation,
  ConversationPage,
  ConversationsQuery,
  Message,
  MessagePage,
  MessagesQuery,
} from './contract.ts';
import { findWaits } from './find-waits.ts';
import { presentConversation, presentMessage } from './present.ts';
import * as conversations from './queries/conversations.ts';
import type { ConversationRow, ListedConversation } from './queries/conversations.ts';
import { holdHomes, listAgentHomes, type AgentHome } from './queries/homes.ts';
import * as messages from './queries/messages.ts';
import { PAGE_SIZE } from '../../platform/contract-paging.ts';

export type { ConversationRow } from './queries/conversations.ts';

/** Null stands for every conversation of the organization. */
function readerOf(actor: Actor): { agentId: number; userId: string } | null {
  // Somebody without a CRM of their own sees what is assigned to them; -1 is no agent's id.
  return actor.isOwner ? null : { agentId: actor.agent?.id ?? -1, userId: actor.userId };
}

async function visibleHomes(tx: Tx, actor: Actor): Promise<AgentHome[]> {
  if (actor.isOwner) return listAgentHomes(tx);
  const assigned = await conversations.listAgentsOfAssigned(tx, actor.userId);
  return holdHomes(tx, [...new Set([...(actor.agent ? [actor.agent.id] : []), ...assigned])]);
}

/** Adds what stands in the agents' own tables: the customers and the last messages. */
async function withDetails(
  app: App,
  tx: Tx,
  rows: ListedConversation[],
  homes: AgentHome[],
): Promise<Conversation[]> {
  const customers = await conversations.findCustomers(
    tx,
    homes,
    rows.map((row) => row.customer_id),
  );
  const lastMessages = await messages.findMessages(
    tx,
    homes,
    rows.flatMap((row) => row.last_message_id ?? []),
  );
  const customerById = new Map(customers.map((customer) => [customer.id, customer]));
  const messageById = new Map(lastMessages.map((message) => [message.id, message]));
  const waits = await findWaits(tx, lastMessages);
  const now = app.clock.now();
  const optedOut = await conversations.findOptedOut(
    tx,
    rows.map((row) => row.id),
  );
  return rows.map((row) =>
    presentConversation(row, {
      customer: customerById.get(row.customer_id),
      lastMessage: row.last_message_id === null ? undefined : messageById.get(row.last_message_id),
      waits,
      optedOutAt: optedOut.get(row.id) ?? null,
      now,
    }),
  );
}

/** A page of conversations, the one written in last first. Throws `conversations.bad_cursor`. */
export function listConversations(
  app: App,
  actor: Actor,
  query: ConversationsQuery,
): Promise<ConversationPage> {
  const limit = query.limit ?? PAGE_SIZE;
  const before = unpackCursor(query.cursor, { id: UUID_ID, module: 'conversations' });
  return asUser(app, actor, async (tx) => {
    const text = query.q?.trim();
    const ids = text
      ? await conversations.searchConversationIds(tx, await visibleHomes(tx, actor), text)
      : undefined;
    const { status, unread } = query;
    const rows = await conversations.listConversations(tx, {
      reader: readerOf(actor),
      status,
      unread,
      ids,
      before,
      limit: limit + 1,
    });
    const page = cutPage(rows, limit, packCursor);
    const homes = await holdHomes(tx, [...new Set(page.rows.map((row) => row.agent_id))]);
    return { data: await withDetails(app, tx, page.rows, homes), next_cursor: page.next_cursor };
  });
}

/** Throws 404 for a conversation that is absent, another agent's or another organization's: they look the same. */
export async function getConversationRow(tx: Tx, actor: Actor, id: string): Promise<ConversationRow> {
  const row = isUuid(id) ? await conversations.findConversation(tx, id) : undefined;
  const reader = readerOf(actor);
  const isTheirs = reader === null || row?.agent_id === reader.agentId || row?.assignee_id === reader.userId;
  if (!row || !isTheirs) throw notFound('conversation');
  return row;
}

/** The same for whoever writes into it: nobody hands it over meanwhile. */
export async function getConversationToAnswer(tx: Tx, actor: Actor, id: string): Promise<ConversationRow> {
  if (isUuid(id)) await conversations.holdConversation(tx, id);
  return getConversationRow(tx, actor, id);
}

/** One conversation as the outside sees it, inside the caller's transaction. */
export async function describeConversation(app: App, tx: Tx, row: ConversationRow): Promise<Conversation> {
  const [conversation] = await withDetails(app, tx, [row], [{ agentId: row.agent_id, home: row.home }]);
  if (!conversation) throw notFound('conversation');
  return conversation;
}

/** Throws 404 as `getConversationRow` does. */
export function getConversation(app: App, actor: Actor, id: string): Promise<Conversation> {
  return asUser(app, actor, async (tx) =>
    describeConversation(app, tx, await getConversationRow(tx, actor, id)),
  );
}

/** A page of a conversation's messages, newest first. Throws 404, `conversations.bad_cursor`. */
export function listMessages(app: App, actor: Actor, id: string, query: MessagesQuery): Promise<MessagePage> {
  const limit = query.limit ?? PAGE_SIZE;
  const before = unpackCursor(query.cursor, { id: NUMBER_ID, module: 'conversations' });
  return asUser(app, actor, async (tx) => {
    const conversation = await getConversationRow(tx, actor, id);
    const thread = { id: conversation.id, agentId: conversation.agent_id, home: conversation.home };
    const rows = await messages.listMessages(tx, thread, { before, limit: limit + 1 });
    const page = cutPage(rows, limit, packCursor);
    const media = await describeMediaOfMessages(
      tx,
      page.rows.map((row) => row.id),
    );
    const waits = await findWaits(tx, page.rows);
    return {
      data: page.rows.map((row) => presentMessage(row, media.get(row.id) ?? null, waits)),
      next_cursor: page.next_cursor,
    };
  });
}

/** One message of a conversation, inside the caller's transaction. */
export async function getMessage(tx: Tx, conversation: ConversationRow, id: number): Promise<Message> {
  const home = { agentId: conversation.agent_id, home: conversation.home };
  const [row] = await messages.findMessages(tx, [home], [id]);
  if (!row) throw notFound('message');
  const media = await describeMediaOfMessages(tx, [id]);
  return presentMessage(row, media.get(id) ?? null, await findWaits(tx, [row]));
}

/** How many conversations the user can see. */
export function countConversations(
  app: App,
  user: Pick<Actor, 'userId' | 'organizationId'>,
): Promise<number> {
  return asUser(app, user, conversations.countConversations);
}
