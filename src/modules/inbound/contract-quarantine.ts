/** What is in quarantine because it could not be processed, and trying it anew. No I/O. */
import { Type, type Static } from 'typebox';
import { Nullable } from '../../platform/contract-nullable.ts';
import { Limit } from '../../platform/contract-paging.ts';

export const QuarantinedItem = Type.Object(
  {
    id: Type.Integer(),
    received_at: Type.String({ format: 'date-time' }),
    field: Type.String({ description: "Meta's name of what it is about, or `malformed`" }),
    kind: Type.String(),
    waba_id: Nullable(Type.String()),
    phone_number_id: Nullable(Type.String()),
    fault: Nullable(Type.String({ description: 'Why it could not be processed' })),
    attempts: Type.Integer(),
    organization: Nullable(Type.Object({ id: Type.String(), name: Type.String() })),
  },
  { $id: 'QuarantinedItem' },
);
export type QuarantinedItem = Static<typeof QuarantinedItem>;

export const QuarantinedItemDetail = Type.Object(
  {
    ...QuarantinedItem.properties,
    content: Nullable(
      Type.String({
        description:
          "What Meta sent, as JSON; null when it is another organization's, whose messages nobody else reads",
      }),
    ),
    is_cut: Type.Boolean({ description: 'There is more of it than is shown' }),
  },
  { $id: 'QuarantinedItemDetail' },
);
export type QuarantinedItemDetail = Static<typeof QuarantinedItemDetail>;

export const QuarantinePage = Type.Object({
  data: Type.Array(QuarantinedItem),
  next_cursor: Nullable(Type.String()),
});
export type QuarantinePage = Static<typeof QuarantinePage>;

const ItemId = Type.String({ pattern: '^[0-9]{1,15}$' });

export const QuarantineQuery = Type.Object(
  {
    cursor: Type.Optional(ItemId),
    limit: Limit,
  },
  { additionalProperties: false },
);
export type QuarantineQuery = Static<typeof QuarantineQuery>;

export const QuarantineParams = Type.Object({ id: Type.String({ maxLength: 64 }) });

/** Without `ids`: everything that the caller may look after. */
export const ReplayBody = Type.Object(
  {
    ids: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 9_007_199_254_740_991 }), {
        minItems: 1,
        maxItems: 200,
      }),
    ),
  },
  { additionalProperties: false },
);
export type ReplayBody = Static<typeof ReplayBody>;

export const Replayed = Type.Object({ replayed: Type.Integer({ description: 'How many are tried anew' }) });
export type Replayed = Static<typeof Replayed>;
