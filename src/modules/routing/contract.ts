/** What routing decides with and what it decides. No I/O. */
import { Type, type Static } from 'typebox';
import { NumberMode, RoutingRule } from '../waba/contract.ts';
import { Nullable } from '../../platform/contract-nullable.ts';

/** What may decide: a rule of the number's chain, or triage when none of them does. */
export type Rule = RoutingRule | 'triage';

/** Somebody who could answer: an enabled user with an agent. */
export type Candidate = { userId: string; agentId: number; name: string };

/** Whose conversation the sender has. */
export type ConversationOwner = Candidate & { isBlocked: boolean };

/** The lease between a sender and a landlord: who rents what. */
export type LeaseContext = { landlordId: string; tenantId: string; propertyId: string };

/** A landlord of one of the sender's active leases, with whether they take part. */
export type Landlord = Candidate & { optedIn: boolean; lease: LeaseContext };

/** Why nobody was found, so that a message waits for an owner. */
export type TriageReason =
  | 'unknown_sender'
  | 'several_landlords'
  | 'landlord_not_opted_in'
  | 'no_verified_user'
  | 'number_not_configured'
  | 'blocked';

/** One rule that was asked: whether it decided, and why in words for people. */
export type ConsideredRule = { rule: RoutingRule; decided: boolean; why: string };

/** Which rule decided, from which candidates, why, and who it is; `chosen` is null in triage. */
export type RouteDecision = {
  rule: Rule;
  /** For triage one of TriageReason, otherwise a sentence for people. */
  reason: string;
  candidates: Candidate[];
  chosen: Candidate | null;
  /** The lease between the sender and whoever was chosen, whichever rule chose. */
  lease: LeaseContext | null;
  considered: ConsideredRule[];
};

const Candidates = Type.Array(
  Type.Object({ user_id: Type.String({ format: 'uuid' }), agent_id: Type.Integer(), name: Type.String() }),
);
const Considered = Type.Array(
  Type.Object({ rule: RoutingRule, decided: Type.Boolean(), why: Type.String() }),
  { description: 'Each rule that was asked, in order' },
);
const decisionFields = {
  rule: Type.String({ description: 'One of the rules of the number, or triage' }),
  reason: Type.String(),
  candidates: Candidates,
  agent_id: Nullable(Type.Integer()),
  user_id: Nullable(Type.String({ format: 'uuid' })),
  considered: Considered,
};

/** `GET /api/v1/messages/:id/route`: why a message is where it is. */
export const Route = Type.Object(
  { ...decisionFields, decided_at: Type.String({ format: 'date-time' }) },
  { $id: 'Route' },
);
export type Route = Static<typeof Route>;

const Phone = Type.String({ pattern: '^\\+?[0-9]{5,20}$' });
const UserId = Type.String({ pattern: '^[A-Z]{2}\\.[A-Za-z0-9.]{1,120}$' });

/** `POST /api/v1/routing/explain`: somebody writes on a number now. A sender may be given as a phone or a user id alone. */
export const ExplainBody = Type.Object(
  {
    phone_number_id: Type.String({ minLength: 1, maxLength: 64 }),
    from: Type.Union([
      Phone,
      UserId,
      Type.Object(
        {
          phone: Type.Optional(Phone),
          user_id: Type.Optional(UserId),
          username: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
        },
        { additionalProperties: false, minProperties: 1 },
      ),
    ]),
    mode: Type.Optional(NumberMode),
    routing: Type.Optional(
      Nullable(Type.Array(RoutingRule, { minItems: 1, maxItems: 6, uniqueItems: true })),
    ),
  },
  { additionalProperties: false },
);
export type ExplainBody = Static<typeof ExplainBody>;

/** What would happen; `considered` goes on behind the rule that decides, to show what the others would have said. */
export const Explanation = Type.Object(
  {
    ...decisionFields,
    mode: NumberMode,
    routing: Type.Array(RoutingRule, { description: 'The rules in the order in which they are asked' }),
    is_known: Type.Boolean({ description: 'Whether this sender has written before' }),
  },
  { $id: 'Explanation' },
);
export type Explanation = Static<typeof Explanation>;
