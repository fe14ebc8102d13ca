/** What owners and admins see of the audit. No I/O. */
import { Type, type Static } from 'typebox';
import { Limit } from '../../platform/contract-paging.ts';

/** What something was done to: `{ kind: 'user', id, name }`. The name is what it was called then. */
export type AuditSubject = { kind: string; id: string | null; name?: string | null };

/** Plain values by name; lists of names are welcome, secrets are not. */
export type AuditDetails = Record<string, string | number | boolean | null | readonly string[]>;

const Nullable = (description?: string) =>
  Type.Union([Type.String(), Type.Null()], description === undefined ? {} : { description });

const fields = {
  id: Type.String(),
  occurred_at: Type.String({ format: 'date-time' }),
  actor: Type.Union([Type.Literal('user'), Type.Literal('admin'), Type.Literal('worker')], {
    description: 'admin: somebody who runs the install, for another organization',
  }),
  user: Type.Union([Type.Object({ id: Type.String(), name: Nullable() }), Type.Null()]),
  via: Type.Union([Type.Literal('session'), Type.Literal('api_key'), Type.Null()]),
  via_id: Nullable('The session or API key it was done with'),
  action: Type.String({ description: 'thing.what-happened' }),
  subject: Type.Object({ kind: Type.String(), id: Nullable(), name: Nullable() }),
  details: Type.Record(Type.String(), Type.Unknown()),
};

/** One thing that somebody did. */
export const AuditEvent = Type.Object(fields, { $id: 'AuditEvent' });
export type AuditEvent = Static<typeof AuditEvent>;

/** The same with the organization it happened in, for admins of the install. */
export const InstallAuditEvent = Type.Object(
  { ...fields, organization: Type.Object({ id: Type.String(), name: Nullable() }) },
  { $id: 'InstallAuditEvent' },
);
export type InstallAuditEvent = Static<typeof InstallAuditEvent>;

/** Newest first; `next_cursor` is the id of the last one. */
export const AuditPage = Type.Object({
  data: Type.Array(AuditEvent),
  next_cursor: Nullable(),
});
export type AuditPage = Static<typeof AuditPage>;

/** The same for admins of the install, with whose event each is. */
export const InstallAuditPage = Type.Object({
  data: Type.Array(InstallAuditEvent),
  next_cursor: Nullable(),
});

/** Which page; `cursor` is the id of the last event of the page before. */
export const AuditQuery = Type.Object(
  {
    limit: Limit,
    cursor: Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' })),
  },
  { additionalProperties: false },
);
export type AuditQuery = Static<typeof AuditQuery>;

/** Whether the chain of events is whole. `broken` names the events that were changed or whose neighbour is missing. */
export const AuditCheck = Type.Object(
  {
    is_whole: Type.Boolean(),
    broken: Type.Array(Type.Object({ organization_id: Type.String(), position: Type.Integer() })),
  },
  { $id: 'AuditCheck' },
);
export type AuditCheck = Static<typeof AuditCheck>;
