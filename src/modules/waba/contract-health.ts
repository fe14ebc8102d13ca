/** What the outside sees of how well accounts are: findings, events, and who answers on a number. No I/O. */
import { Type, type Static } from 'typebox';
import { Nullable } from '../../platform/contract-nullable.ts';
import { Limit } from '../../platform/contract-paging.ts';

const DateTime = Type.String({ format: 'date-time' });

/** `good` is nothing to do; `critical` is something that does not work. */
export const FindingSeverity = Type.Union([
  Type.Literal('good'),
  Type.Literal('info'),
  Type.Literal('warning'),
  Type.Literal('critical'),
]);

/** What was looked at. */
const findingChecks = [
  'connection',
  'token',
  'scopes',
  'subscription',
  'override',
  'https',
  'address',
  'secret',
  'ban',
  'restrictions',
  'review',
  'registration',
  'number_status',
  'quality',
  'name',
  'traffic',
] as const;

/** What can be done about a finding with one button. */
export const FindingFix = Type.Union([
  Type.Literal('subscribe'),
  Type.Literal('override'),
  Type.Literal('refresh'),
  Type.Literal('register'),
  Type.Literal('connect', { description: 'Opens the page on which accounts are connected' }),
]);

/** One thing that was looked at: how grave it is, what it means and what to do. */
export const Finding = Type.Object(
  {
    check: Type.Enum(findingChecks),
    severity: FindingSeverity,
    title: Type.String(),
    detail: Type.String(),
    what_to_do: Nullable(Type.String()),
    fix: Nullable(FindingFix),
    phone_number_id: Nullable(Type.String()),
  },
  { $id: 'Finding' },
);
export type Finding = Static<typeof Finding>;

/** One account of the organization and how well it is. */
export const AccountHealth = Type.Object(
  {
    waba_id: Type.String(),
    name: Nullable(Type.String()),
    severity: FindingSeverity,
    sending: Type.Union([Type.Literal('on'), Type.Literal('paused')], {
      description:
        'paused: nobody has a good token, so messages wait and leave by themselves when somebody connects it',
    }),
    paused_reason: Nullable(Type.String()),
    waiting_messages: Type.Integer({ description: 'How many conversations have a message that waits' }),
    phone_number_ids: Type.Array(Type.String()),
    checked_at: Nullable(DateTime),
    findings: Type.Array(Finding),
  },
  { $id: 'AccountHealth' },
);
export type AccountHealth = Static<typeof AccountHealth>;

/** All accounts of the organization; there is one page. */
export const AccountHealthPage = Type.Object(
  { data: Type.Array(AccountHealth), next_cursor: Nullable(Type.String()) },
  { $id: 'AccountHealthPage' },
);
export type AccountHealthPage = Static<typeof AccountHealthPage>;

/** `POST …/fix`: the finding that is to be mended, by its check. */
export const FixBody = Type.Object(
  {
    check: Type.Union([
      Type.Literal('subscription'),
      Type.Literal('override'),
      Type.Literal('registration'),
      Type.Literal('number_status'),
      Type.Literal('quality'),
      Type.Literal('name'),
    ]),
    phone_number_id: Type.Optional(Type.String({ pattern: '^[0-9]{1,32}$' })),
  },
  { additionalProperties: false },
);
export type FixBody = Static<typeof FixBody>;

/** Something that Meta told of an account, or that was noticed here. */
export const AccountEvent = Type.Object(
  {
    id: Type.String(),
    waba_id: Type.String(),
    phone_number_id: Nullable(Type.String()),
    field: Type.String({ description: 'The field of Meta’s webhook; `token` for what was noticed here' }),
    event: Type.String(),
    severity: FindingSeverity,
    title: Type.String(),
    detail: Nullable(Type.String()),
    occurred_at: DateTime,
  },
  { $id: 'AccountEvent' },
);
export type AccountEvent = Static<typeof AccountEvent>;

/** A page of events, newest first. */
export const AccountEventPage = Type.Object(
  { data: Type.Array(AccountEvent), next_cursor: Nullable(Type.String()) },
  { $id: 'AccountEventPage' },
);
export type AccountEventPage = Static<typeof AccountEventPage>;

/** Which page of events, of one account or of all. */
export const AccountEventQuery = Type.Object(
  {
    waba_id: Type.Optional(Type.String({ pattern: '^[0-9]{1,32}$' })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Limit,
  },
  { additionalProperties: false },
);
export type AccountEventQuery = Static<typeof AccountEventQuery>;
