/** What routing decides with and what it decides. No I/O. */
import type { NumberMode } from '../waba/contract.ts';

/** In the order in which they are asked; the first that answers decides. */
export type Rule =
  'conversation' | 'number' | 'lease' | 'customer' | 'recently_active' | 'first_registered' | 'triage';

/** Somebody who could answer: an enabled user with an agent. */
export type Candidate = { userId: string; agentId: number; name: string };

/** The lease between a sender and a landlord: who rents what. */
export type LeaseContext = { landlordId: string; tenantId: string; propertyId: string };

/** Everything the decision rests on, loaded before it is made. */
export type RouteFacts = {
  mode: NumberMode;
  /** Owners of this contact's active conversations on this number, the most recent first. */
  conversationOwners: Candidate[];
  /** Users configured for this number. */
  configuredUsers: Candidate[];
  /** Landlords of the sender's active leases, with whether they take part. */
  landlords: (Candidate & { optedIn: boolean; lease: LeaseContext })[];
  /** Agents that have this contact as a customer. */
  customerOwners: Candidate[];
  /** Verified users with a grant on the number's account, the most recently active first. */
  activeUsers: Candidate[];
  /** The organization's first user, when it routes everything to one person. */
  singleUser: Candidate | null;
};

export type TriageReason =
  | 'unknown_sender'
  | 'several_landlords'
  | 'landlord_not_opted_in'
  | 'no_verified_user'
  | 'number_not_configured';

/** Which rule decided, from which candidates, why, and who it is; `chosen` is null in triage. */
export type RouteDecision = {
  rule: Rule;
  /** For triage one of TriageReason, otherwise a sentence for people. */
  reason: string;
  candidates: Candidate[];
  chosen: Candidate | null;
  /** The lease between the sender and whoever was chosen, whichever rule chose. */
  lease: LeaseContext | null;
};
