/** Blocked senders: what they write on the number is kept, counts as unread for nobody, and is not answered. No I/O. */
import { Type, type Static } from 'typebox';
import { Nullable } from '../../platform/contract-nullable.ts';
import { Cursor, Limit } from '../../platform/contract-paging.ts';

/** Why somebody is blocked, in the words of whoever blocks them. */
export const BlockReason = Type.String({ minLength: 1, maxLength: 500, pattern: '\\S' });

export const Block = Type.Object({
  at: Type.String({ format: 'date-time' }),
  by: Nullable(
    Type.String({ description: 'Who blocked them; null when that person has left or is not known' }),
  ),
  reason: Nullable(Type.String()),
});
export type Block = Static<typeof Block>;

/** A sender on one number. `conversation_id` or `triage_id` says where to unblock them. */
export const BlockedSender = Type.Object(
  {
    conversation_id: Nullable(
      Type.String({ format: 'uuid', description: 'Unblocked by `PATCH /api/v1/conversations/:id`' }),
    ),
    triage_id: Nullable(
      Type.String({ format: 'uuid', description: 'Unblocked by `POST /api/v1/triage/state`' }),
    ),
    from: Type.Object({
      name: Type.String(),
      phone: Nullable(Type.String()),
      username: Nullable(Type.String()),
    }),
    phone_number_id: Type.String(),
    number: Type.Object({ display_phone_number: Type.String(), verified_name: Nullable(Type.String()) }),
    agent_name: Nullable(Type.String({ description: 'Whose customer they are; null in triage' })),
    blocked: Block,
  },
  { $id: 'BlockedSender' },
);
export type BlockedSender = Static<typeof BlockedSender>;

/** Who was blocked last comes first. */
export const BlockedSendersQuery = Type.Object(
  {
    cursor: Cursor,
    limit: Limit,
  },
  { additionalProperties: false },
);
export type BlockedSendersQuery = Static<typeof BlockedSendersQuery>;

export const BlockedSenderPage = Type.Object({
  data: Type.Array(BlockedSender),
  next_cursor: Nullable(Type.String()),
});
export type BlockedSenderPage = Static<typeof BlockedSenderPage>;
