/** From rows to the public shapes. Every field is named here: what is not, does not leave the server. */
import { Value } from 'typebox/value';
import { isMediaKind, type Media } from '../media/contract.ts';
import { AutomaticKind, type Conversation, type Message, type MessageStatus } from './contract.ts';
import type { ListedConversation, CustomerRow } from './queries/conversations.ts';
import type { MessageRow } from './queries/messages.ts';
import { refusesMessages, windowClosesAt } from './rules.ts';

/** Why messages wait, by their ids. */
type Waits = ReadonlyMap<number, string>;

/** A row with what stands in other tables, as the outside sees it. */
export function presentConversation(
  row: ListedConversation,
  parts: {
    customer: CustomerRow | undefined;
    lastMessage: MessageRow | undefined;
    waits: Waits;
    optedOutAt: Date | null;
    now: Date;
  },
): Conversation {
  const { customer, lastMessage } = parts;
  return {
    id: row.id,
    customer: {
      id: row.customer_id,
      name: customer?.name ?? 'Unknown customer',
      phone: customer?.phone ?? null,
      username: customer?.username ?? null,
    },
    phone_number_id: row.phone_number_id,
    number: {
      display_phone_number: row.display_phone_number,
      verified_name: row.verified_name,
      mode: row.mode === 'central' ? 'central' : 'dedicated',
    },
    agent_id: row.agent_id,
    agent_name: row.agent_name,
    agent_user_id: row.agent_user_id,
    assignee_id: row.assignee_id,
    assignee_name: row.assignee_name,
    status: row.status as Conversation['status'],
    blocked: row.blocked_at && {
      at: row.blocked_at.toISOString(),
      by: row.blocked_by_name,
      reason: row.blocked_reason,
    },
    unread_count: row.unread_count,
    last_message_at: row.last_message_at.toISOString(),
    last_message: lastMessage ? presentPreview(lastMessage, parts.waits) : null,
    window_closes_at: windowClosesAt(row.last_inbound_at, parts.now)?.toISOString() ?? null,
    opted_out_at: parts.optedOutAt?.toISOString() ?? null,
    refuses_messages: refusesMessages(parts.optedOutAt, row.last_inbound_at),
  };
}

const PREVIEW_LENGTH = 200;

function presentPreview(row: MessageRow, waits: Waits): NonNullable<Conversation['last_message']> {
  return {
    id: row.id,
    direction: row.direction === 'inbound' ? 'inbound' : 'outbound',
    type: row.type,
    text: row.message.slice(0, PREVIEW_LENGTH).toWellFormed(),
    ...statusOf(row, waits),
    timestamp: row.timestamp.toISOString(),
  };
}

/** Meta refused the token while a message was being sent, so nothing left: it is in the queue again. */
function statusOf(row: MessageRow, waits: Waits): Pick<Message, 'status' | 'waits'> {
  const why = waits.get(row.id) ?? null;
  return { status: why === null ? (row.status as MessageStatus) : 'queued', waits: why };
}

/** `waits` says why messages wait, by their ids. */
export function presentMessage(row: MessageRow, media: Media | null, waits: Waits): Message {
  return {
    id: row.id,
    conversation_id: row.conversation_id ?? '',
    direction: row.direction === 'inbound' ? 'inbound' : 'outbound',
    type: row.type,
    text: row.message,
    payload: row.payload,
    ...statusOf(row, waits),
    timestamp: row.timestamp.toISOString(),
    wamid: row.wamid,
    signature: row.signature,
    sender_name: row.sender_name,
    automatic: row.sender_name === null ? automaticKind(row) : null,
    error: presentError(row.error),
    reactions: Object.entries(row.changes?.reactions ?? {}).flatMap(([by, { emoji }]) =>
      emoji === null
        ? []
        : [{ emoji, by: by === 'business' ? ('business' as const) : ('customer' as const) }],
    ),
    edited_at: row.changes?.edit?.at ?? null,
    deleted_at: row.changes?.revoke?.at ?? null,
    // A message that was deleted, or edited into words, shows the file of before no more.
    media: isMediaKind(row.type) ? media : null,
  };
}

/**
 * What Switchboard wrote by itself; null for what a person or the outside wrote. Only its own messages have this in their payload: what
 * came from outside is inbound, or is Meta's object.
 */
export function automaticKind({
  direction,
  payload,
}: Pick<MessageRow, 'direction' | 'payload'>): Message['automatic'] {
  if (direction !== 'outbound') return null;
  const kind: unknown =
    typeof payload === 'object' && payload !== null && 'automatic' in payload ? payload.automatic : null;
  return Value.Check(AutomaticKind, kind) ? kind : null;
}

function presentError(error: unknown): Message['error'] {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null;
  return { code: String(error.code), message: String(error.message) };
}
