/**
 * Who gets an inbound message. Pure: what a rule rests on in, its answer out. Which rules are asked, and in which order, is set for each
 * number; on a central one the sender says who is meant (lease, customer), on a dedicated one the number does.
 */
import { DEFAULT_ROUTING, type NumberMode, type RoutingRule } from '../waba/contract.ts';
import type {
  Candidate,
  ConsideredRule,
  ConversationOwner,
  Landlord,
  LeaseContext,
  RouteDecision,
  TriageReason,
} from './contract.ts';

/** What one rule says. */
export type Verdict = {
  rule: RoutingRule;
  candidates: Candidate[];
  chosen: Candidate | null;
  why: string;
  /** Nobody is chosen, and the rules behind this one are not asked: the message waits for this reason. */
  holds: TriageReason | null;
};

/** The rules that are asked on a number, in order. */
export function chainOf(number: {
  mode: NumberMode;
  routing: readonly RoutingRule[] | null;
}): readonly RoutingRule[] {
  return number.routing ?? DEFAULT_ROUTING[number.mode];
}

/** Of rules that take the first, and of those that would be guessing if there were two. */
const WORDS: Record<
  Exclude<RoutingRule, 'lease'>,
  { takes: 'first' | 'only'; one: string; none: string; several: string }
> = {
  conversation: {
    takes: 'first',
    one: 'The sender has a conversation on this number.',
    none: 'The sender has no conversation on this number.',
    several: 'The newest of the sender’s conversations on this number decides.',
  },
  number: {
    takes: 'only',
    one: 'One person answers on this number.',
    none: 'Nobody is set to answer on this number.',
    several: 'Several people are set to answer on this number, so it does not say who.',
  },
  customer: {
    takes: 'only',
    one: 'One agent has the sender as a customer.',
    none: 'Nobody has the sender as a customer.',
    several: 'Several agents have the sender as a customer.',
  },
  recently_active: {
    takes: 'first',
    one: 'The person who was active last, of those who may use this account.',
    none: 'Nobody who may use this account has been active with a confirmed address.',
    several: 'The person who was active last, of those who may use this account.',
  },
  first_registered: {
    takes: 'first',
    one: 'The organization routes everything to its first user.',
    none: 'The organization does not route everything to one person.',
    several: 'The organization routes everything to its first user.',
  },
};

/** What a rule says to the candidates that it found. */
export function judge(rule: Exclude<RoutingRule, 'lease'>, candidates: Candidate[]): Verdict {
  const words = WORDS[rule];
  const [first] = candidates;
  if (!first) return { rule, candidates, chosen: null, why: words.none, holds: null };
  const isOne = candidates.length === 1;
  const chosen = isOne || words.takes === 'first' ? first : null;
  return { rule, candidates, chosen, why: isOne ? words.one : words.several, holds: null };
}

/**
 * A conversation goes on with whoever has it. Not with a landlord who has opted out since: their renters' messages come to them no more,
 * and the rule of the lease says what becomes of those. Who was blocked reaches nobody else by that.
 */
export function judgeConversation(
  owners: readonly ConversationOwner[],
  optedOut: ReadonlySet<string>,
): Verdict {
  const left = owners.filter(({ userId, isBlocked }) => isBlocked || !optedOut.has(userId));
  const candidates = left.map(({ userId, agentId, name }) => ({ userId, agentId, name }));
  const verdict = judge('conversation', candidates);
  if (owners.length === 0 || left.length > 0) return verdict;
  return { ...verdict, why: 'The landlord who has the conversation has opted out since.' };
}

/**
 * A renter whose landlord is not clear or has not opted in waits in triage: the rules behind this one would hand a tenant's private
 * matter to whoever was active last.
 */
export function judgeLease(landlords: Landlord[]): Verdict {
  const rule = 'lease';
  const candidates = landlords.filter(({ optedIn }) => optedIn);
  const [first] = candidates;
  if (landlords.length === 0)
    return { rule, candidates, chosen: null, why: 'The sender has no active lease.', holds: null };
  if (!first) {
    const why = 'The sender’s landlord has not opted in to WhatsApp.';
    return { rule, candidates: landlords, chosen: null, why, holds: 'landlord_not_opted_in' };
  }
  if (candidates.length > 1) {
    const why = 'The sender rents from several landlords.';
    return { rule, candidates: landlords, chosen: null, why, holds: 'several_landlords' };
  }
  return { rule, candidates, chosen: first, why: 'The sender rents from this landlord.', holds: null };
}

/** Whether the rules behind this one are still asked. */
export function isLastWord({ chosen, holds }: Verdict): boolean {
  return chosen !== null || holds !== null;
}

function triageReason(mode: NumberMode, verdicts: readonly Verdict[]): TriageReason {
  const held = verdicts.find(({ holds }) => holds !== null)?.holds;
  if (held) return held;
  const number = verdicts.find(({ rule }) => rule === 'number');
  if (mode === 'central' || !number) return 'unknown_sender';
  return number.candidates.length === 0 ? 'number_not_configured' : 'no_verified_user';
}

export function toConsidered({ rule, chosen, why }: Verdict): ConsideredRule {
  return { rule, decided: chosen !== null, why };
}

/** The decision that the rules' answers, in the order in which they were asked, come to; with what the sender rents from whom it chose. */
export function concludeRoute(
  mode: NumberMode,
  verdicts: readonly Verdict[],
  landlords: readonly Landlord[],
): RouteDecision {
  const considered = verdicts.map(toConsidered);
  const last = verdicts.find(isLastWord);
  if (!last?.chosen)
    return {
      rule: 'triage',
      reason: triageReason(mode, verdicts),
      candidates: last?.candidates ?? [],
      chosen: null,
      lease: null,
      considered,
    };
  const { rule, why: reason, candidates, chosen } = last;
  return { rule, reason, candidates, chosen, lease: leaseWith(chosen, landlords), considered };
}

function leaseWith(chosen: Candidate, landlords: readonly Landlord[]): LeaseContext | null {
  return landlords.find(({ userId }) => userId === chosen.userId)?.lease ?? null;
}

/** A sender who was blocked in triage stays there, whoever would get their messages. */
export function keepBlocked(): RouteDecision {
  return { rule: 'triage', reason: 'blocked', candidates: [], chosen: null, lease: null, considered: [] };
}
