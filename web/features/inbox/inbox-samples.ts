/** Conversations and messages for the unit tests of this folder. */
import type { Conversation, Message } from './model.ts';

/** An inbound text of minute `id`; `change` makes it anything else. */
export function sampleMessage(id: number, change: Partial<Message> = {}): Message {
  return {
    id,
    conversation_id: 'c-1',
    direction: 'inbound',
    type: 'text',
    text: `Message ${id}`,
    payload: null,
    status: 'received',
    waits: null,
    timestamp: new Date(Date.UTC(2026, 2, 18, 9, id)).toISOString(),
    wamid: `wamid.${id}`,
    signature: null,
    sender_name: null,
    automatic: null,
    error: null,
    reactions: [],
    edited_at: null,
    deleted_at: null,
    media: null,
    ...change,
  };
}

/** An active conversation whose last message is of minute `minute`. */
export function sampleConversation(
  id: string,
  minute: number,
  change: Partial<Conversation> = {},
): Conversation {
  return {
    id,
    customer: { id: 7, name: 'Olena Kovalenko', phone: '380671234567', username: null },
    phone_number_id: '210045500011',
    number: { display_phone_number: '+49 30 901820', verified_name: 'Harbour Homes', mode: 'dedicated' },
    agent_id: 3,
    agent_name: 'Jonas Feld',
    agent_user_id: '0b8f1c9e-5d2a-4d53-9a0e-3f2b6c7d8e90',
    assignee_id: null,
    assignee_name: null,
    status: 'active',
    blocked: null,
    unread_count: 0,
    last_message_at: new Date(Date.UTC(2026, 2, 18, 9, minute)).toISOString(),
    last_message: null,
    window_closes_at: null,
    opted_out_at: null,
    refuses_messages: false,
    ...change,
  };
}
