/** What the outside sees of the inbox: conversations, messages, their lists and the events that move a screen. No I/O. */
import { Type, type Static } from 'typebox';
import { Media } from '../media/contract.ts';
import { Nullable } from '../../platform/contract-nullable.ts';
import { Block, BlockReason } from './contract-blocked.ts';
import { Cursor, Limit } from '../../platform/contract-paging.ts';

const Timestamp = Type.String({ format: 'date-time' });

export const ConversationStatus = Type.Union([
  Type.Literal('active'),
  Type.Literal('archived'),
  Type.Literal('blocked'),
]);
export type ConversationStatus = Static<typeof ConversationStatus>;

/** Seen from the business: `inbound` is what the customer wrote. */
export const Direction = Type.Union([Type.Literal('inbound'), Type.Literal('outbound')]);
export type Direction = Static<typeof Direction>;

/**
 * `received` is an inbound message. An outbound one only rises: queued, sending, sent, delivered, read, played;
 * `failed` only from sent or below; `unknown` when Meta may or may not have taken it: never sent again by itself.
 */
export const MessageStatus = Type.Union([
  Type.Literal('received'),
  Type.Literal('queued'),
  Type.Literal('sending'),
  Type.Literal('unknown'),
  Type.Literal('sent'),
  Type.Literal('delivered'),
  Type.Literal('read'),
  Type.Literal('played'),
  Type.Literal('failed'),
]);
export type MessageStatus = Static<typeof MessageStatus>;

/** What Switchboard writes by itself: whom somebody means, that they wait, what became of STOP and START, greetings, absence. */
export const AutomaticKind = Type.Union([
  Type.Literal('question'),
  Type.Literal('notice'),
  Type.Literal('opted_out'),
  Type.Literal('opted_in'),
  Type.Literal('welcome'),
  Type.Literal('away'),
]);
export type AutomaticKind = Static<typeof AutomaticKind>;

/** The person whom a conversation is with, as far as they are known. */
export const Customer = Type.Object(
  {
    id: Type.Integer(),
    name: Type.String(),
    phone: Nullable(
      Type.String({ description: 'Digits with country code, no plus; null when WhatsApp hides it' }),
    ),
    username: Nullable(Type.String()),
  },
  { $id: 'ConversationCustomer' },
);

/** Why a message failed, in words for the person who sent it. */
export const MessageError = Type.Object({
  code: Type.String(),
  message: Type.String(),
});

/** What stands on a message; in a group every member has their own. */
export const Reaction = Type.Object({
  emoji: Type.String(),
  by: Type.Union([Type.Literal('customer'), Type.Literal('business')]),
});

const Waits = Nullable(
  Type.String({
    description:
      'Why a queued message does not leave: sending is paused for its account, and this is the reason. It leaves by itself when the account is connected again. null: it does not wait',
  }),
);

/** One message of a thread, as it is after every change to it. */
export const Message = Type.Object(
  {
    id: Type.Integer(),
    conversation_id: Type.String({ format: 'uuid' }),
    direction: Direction,
    type: Type.String({
      description: "text, image, location, … as Meta names them; `unsupported` for what we don't know",
    }),
    text: Type.String({
      description: 'What a person reads: the body, a caption, a button title; may be empty',
    }),
    payload: Type.Unknown({ description: "The rest of Meta's object for this type, or null" }),
    status: MessageStatus,
    waits: Waits,
    timestamp: Timestamp,
    wamid: Nullable(Type.String()),
    signature: Nullable(Type.String({ description: 'The "From … via …:" that was put before the text' })),
    sender_name: Nullable(Type.String({ description: 'Who of the organization wrote an outbound message' })),
    automatic: Type.Union([AutomaticKind, Type.Null()], {
      description: 'Why Switchboard wrote it by itself; null when a person did',
    }),
    error: Nullable(MessageError),
    reactions: Type.Array(Reaction),
    edited_at: Nullable(Timestamp),
    deleted_at: Nullable(Timestamp),
    media: Nullable(Media),
  },
  { $id: 'Message' },
);
export type Message = Static<typeof Message>;

/** One person on one number, with who answers and what was written last. */
export const Conversation = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    customer: Customer,
    phone_number_id: Type.String(),
    number: Type.Object({
      display_phone_number: Type.String(),
      verified_name: Nullable(Type.String()),
      mode: Type.Union([Type.Literal('dedicated'), Type.Literal('central')]),
    }),
    agent_id: Type.Integer(),
    agent_name: Nullable(Type.String()),
    agent_user_id: Nullable(Type.String({ format: 'uuid', description: 'Whose agent it is' })),
    assignee_id: Nullable(Type.String({ description: 'Who answers besides the agent' })),
    assignee_name: Nullable(Type.String()),
    status: ConversationStatus,
    blocked: Type.Union([Block, Type.Null()], {
      description: 'Since when, by whom and why; null: not blocked',
    }),
    unread_count: Type.Integer(),
    last_message_at: Nullable(Timestamp),
    last_message: Nullable(
      Type.Object({
        id: Type.Integer(),
        direction: Direction,
        type: Type.String(),
        text: Type.String(),
        status: MessageStatus,
        waits: Waits,
        timestamp: Timestamp,
      }),
    ),
    window_closes_at: Nullable(
      Type.String({
        format: 'date-time',
        description: 'Until when free text may be sent; null: only templates',
      }),
    ),
    opted_out_at: Nullable(
      Type.String({
        format: 'date-time',
        description: 'When the customer asked not to be written to, on any number; null: they did not',
      }),
    ),
    refuses_messages: Type.Boolean({
      description: 'They asked not to be written to and have not written since: nothing may be sent',
    }),
  },
  { $id: 'Conversation' },
);
export type Conversation = Static<typeof Conversation>;

/** Newest first. `q` matches customer name, phone, username and message text. */
export const ConversationsQuery = Type.Object(
  {
    status: Type.Optional(ConversationStatus),
    unread: Type.Optional(Type.Boolean()),
    q: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    cursor: Cursor,
    limit: Limit,
  },
  { additionalProperties: false },
);
export type ConversationsQuery = Static<typeof ConversationsQuery>;

/** A page of conversations, the one written in last first. */
export const ConversationPage = Type.Object({
  data: Type.Array(Conversation),
  next_cursor: Nullable(Type.String()),
});
export type ConversationPage = Static<typeof ConversationPage>;

/** A page of a thread, newest first; `cursor` goes on to older messages. */
export const MessagesQuery = Type.Object({ cursor: Cursor, limit: Limit }, { additionalProperties: false });
export type MessagesQuery = Static<typeof MessagesQuery>;

/** A page of a thread, newest first. */
export const MessagePage = Type.Object({ data: Type.Array(Message), next_cursor: Nullable(Type.String()) });
export type MessagePage = Static<typeof MessagePage>;

/** `reason` is for a block only. */
export const ConversationPatch = Type.Object(
  { status: Type.Optional(ConversationStatus), reason: Type.Optional(BlockReason) },
  { additionalProperties: false, minProperties: 1 },
);
export type ConversationPatch = Static<typeof ConversationPatch>;

/** `POST /api/v1/conversations/:id/assign`: who answers besides the agent whose it is; null for nobody. */
export const AssignBody = Type.Object(
  { user_id: Nullable(Type.String({ format: 'uuid' })) },
  { additionalProperties: false },
);
export type AssignBody = Static<typeof AssignBody>;

/** Meta's limit for a text body, with the signature counted in (Cloud API, "Text messages": 4,096 characters). */
export const MAX_TEXT_LENGTH = 4096;

/** `POST /api/v1/conversations/:id/messages`; sent with an `Idempotency-Key` header. */
export const SendMessageBody = Type.Object(
  {
    type: Type.Optional(Type.Literal('text')),
    text: Type.String({ minLength: 1, maxLength: MAX_TEXT_LENGTH, pattern: '\\S' }),
  },
  { additionalProperties: false },
);
export type SendMessageBody = Static<typeof SendMessageBody>;

/**
 * What `GET /api/v1/events` sends: `event:` is the name, `id:` the cursor for `Last-Event-ID`, `data:` this JSON.
 * Events carry ids only; the reader fetches what it may see. `resync` says: your cursor is too old, fetch everything anew.
 */
export type InboxEvents = {
  'message.received': { conversation_id: string; message_id: number };
  'message.queued': { conversation_id: string; message_id: number };
  /** A reaction, an edit, a deletion, or a call that went on. */
  'message.changed': { conversation_id: string; message_id: number };
  'message.status': { conversation_id: string; message_id: number; status: MessageStatus };
  /** A file of the message is there now, or was given up. */
  'message.media': { conversation_id: string; message_id: number };
  'conversation.created': { conversation_id: string };
  'conversation.updated': { conversation_id: string };
  /** Somebody came to triage, was assigned or put aside; only owners are told. */
  'triage.changed': Record<string, never>;
  /** A connected account or its numbers: its state, or that it came or went. */
  'account.changed': { waba_id: string };
  resync: Record<string, never>;
};
