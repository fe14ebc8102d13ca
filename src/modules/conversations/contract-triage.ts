/** What owners see of triage: who waits there, why, and what may be done about it. No I/O. */
import { Type, type Static } from 'typebox';
import { Media } from '../media/contract.ts';
import { Direction, MessageStatus } from './contract.ts';
import { Block, BlockReason } from './contract-blocked.ts';
import { Nullable } from '../../platform/contract-nullable.ts';
import { Cursor, Limit } from '../../platform/contract-paging.ts';

const Timestamp = Type.String({ format: 'date-time' });

/** `waiting` for an owner; `dismissed` until the sender writes again; `blocked`: stored, and nobody is told. */
export const TriageState = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('dismissed'),
  Type.Literal('blocked'),
]);
export type TriageState = Static<typeof TriageState>;

const TriageMessage = Type.Object({
  id: Type.Integer(),
  direction: Direction,
  type: Type.String(),
  text: Type.String(),
  payload: Type.Unknown(),
  status: MessageStatus,
  timestamp: Timestamp,
  wamid: Nullable(Type.String()),
  media: Nullable(Media),
});
export type TriageMessage = Static<typeof TriageMessage>;

/** One sender on one number. */
export const TriageItem = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    reason: Type.String({
      description:
        'Why nobody was found: unknown_sender, several_landlords, landlord_not_opted_in, no_verified_user or number_not_configured',
    }),
    state: TriageState,
    blocked: Nullable(Block),
    from: Type.Object({
      phone: Nullable(Type.String()),
      user_id: Nullable(Type.String()),
      username: Nullable(Type.String()),
      name: Type.String(),
    }),
    phone_number_id: Type.String(),
    number: Type.Object({ display_phone_number: Type.String(), verified_name: Nullable(Type.String()) }),
    asked_at: Nullable(
      Type.String({
        format: 'date-time',
        description: 'When they were last asked whom they mean, as far as the last messages show it',
      }),
    ),
    unread_count: Type.Integer(),
    message_count: Type.Integer(),
    last_message_at: Timestamp,
    messages: Type.Array(TriageMessage, {
      description: 'The last twenty, oldest first; `GET /api/v1/triage/:id/messages` has all',
    }),
  },
  { $id: 'TriageItem' },
);
export type TriageItem = Static<typeof TriageItem>;

/** Who wrote last comes first. */
export const TriageQuery = Type.Object(
  {
    state: Type.Optional(TriageState),
    cursor: Cursor,
    limit: Limit,
  },
  { additionalProperties: false },
);
export type TriageQuery = Static<typeof TriageQuery>;

/** A page of triage; who wrote last comes first. */
export const TriagePage = Type.Object({
  data: Type.Array(TriageItem),
  next_cursor: Nullable(Type.String()),
  waiting_count: Type.Integer({ description: 'How many wait in all, whatever page and state was asked for' }),
});
export type TriagePage = Static<typeof TriagePage>;

/** What one sender wrote on the number and was answered, newest first; `cursor` goes on to older messages. */
export const TriageMessagesQuery = Type.Object(
  {
    cursor: Cursor,
    limit: Limit,
  },
  { additionalProperties: false },
);
export type TriageMessagesQuery = Static<typeof TriageMessagesQuery>;

/** A page of what one sender wrote. */
export const TriageMessagePage = Type.Object({
  data: Type.Array(TriageMessage),
  next_cursor: Nullable(Type.String()),
});
export type TriageMessagePage = Static<typeof TriageMessagePage>;

const UserId = Type.String({ format: 'uuid' });
const Ids = Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 100, uniqueItems: true });

/** Who gets the senders and all they wrote. */
export const TriageAssignBody = Type.Object({ user_id: UserId }, { additionalProperties: false });
export type TriageAssignBody = Static<typeof TriageAssignBody>;

/** All of them or, when one is not there any more, none. */
export const TriageBulkAssignBody = Type.Object(
  { ids: Ids, user_id: UserId },
  { additionalProperties: false },
);
export type TriageBulkAssignBody = Static<typeof TriageBulkAssignBody>;

/** `reason` is for a block only. */
export const TriageStateBody = Type.Object(
  { ids: Ids, state: TriageState, reason: Type.Optional(BlockReason) },
  { additionalProperties: false },
);
export type TriageStateBody = Static<typeof TriageStateBody>;

/** Where the messages are now: one conversation for each number that the sender wrote on. */
export const TriageAssigned = Type.Object(
  {
    user_id: UserId,
    agent_id: Type.Integer(),
    conversation_ids: Type.Array(Type.String({ format: 'uuid' })),
  },
  { $id: 'TriageAssigned' },
);
export type TriageAssigned = Static<typeof TriageAssigned>;

/** How many senders it was done to. */
export const TriageChanged = Type.Object({ changed: Type.Integer() });
export type TriageChanged = Static<typeof TriageChanged>;
