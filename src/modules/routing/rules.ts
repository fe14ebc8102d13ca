/**
 * Who gets an inbound message. Pure: facts in, decision out. The chain differs by the number's mode: on a central number the
 * sender says who is meant (lease, customer), on a dedicated one the number does.
 */
import type { NumberMode } from '../waba/contract.ts';
import type { Candidate, RouteDecision, RouteFacts, Rule, TriageReason } from './contract.ts';

type Choice = Omit<RouteDecision, 'lease'>;
type Answer = (facts: RouteFacts) => Choice | null;

const CHAINS: Record<NumberMode, readonly Exclude<Rule, 'triage'>[]> = {
  dedicated: ['conversation', 'number', 'customer', 'recently_active', 'first_registered'],
  central: ['conversation', 'lease', 'customer', 'recently_active', 'first_registered'],
};

function choose(rule: Rule, reason: string, candidates: Candidate[]): Choice | null {
  const [chosen] = candidates;
  return chosen ? { rule, reason, candidates, chosen } : null;
}

/** An answer only when there is exactly one: two would mean guessing. */
function onlyOne(rule: Rule, reason: string, candidates: Candidate[]): Choice | null {
  return candidates.length === 1 ? choose(rule, reason, candidates) : null;
}

const answers: Record<Exclude<Rule, 'triage'>, Answer> = {
  conversation: (facts) =>
    choose('conversation', 'The sender has an active conversation on this number.', facts.conversationOwners),
  number: (facts) => onlyOne('number', 'One person answers on this number.', facts.configuredUsers),
  lease: (facts) =>
    onlyOne(
      'lease',
      'The sender rents from this landlord.',
      facts.landlords.filter((landlord) => landlord.optedIn),
    ),
  customer: (facts) => onlyOne('customer', 'One agent has the sender as a customer.', facts.customerOwners),
  recently_active: (facts) =>
    choose(
      'recently_active',
      'The person who was active last, of those who may use this account.',
      facts.activeUsers,
    ),
  first_registered: (facts) =>
    choose(
      'first_registered',
      'The organization routes everything to its first user.',
      facts.singleUser ? [facts.singleUser] : [],
    ),
};

function triageReason(facts: RouteFacts): TriageReason {
  if (facts.mode === 'central') {
    if (facts.landlords.some((landlord) => landlord.optedIn)) return 'several_landlords';
    if (facts.landlords.length > 0) return 'landlord_not_opted_in';
    return 'unknown_sender';
  }
  return facts.configuredUsers.length === 0 ? 'number_not_configured' : 'no_verified_user';
}

/**
 * The first rule that answers decides. A renter whose landlord is not clear or has not opted in waits in triage: the rules after
 * the lease would hand a tenant's private matter to whoever was active last.
 */
function firstAnswer(facts: RouteFacts): Choice {
  for (const rule of CHAINS[facts.mode]) {
    const choice = answers[rule](facts);
    if (choice) return choice;
    if (rule === 'lease' && facts.landlords.length > 0) break;
  }
  return { rule: 'triage', reason: triageReason(facts), candidates: facts.landlords, chosen: null };
}

/** Who gets the message, and what the sender rents from them. */
export function decideRoute(facts: RouteFacts): RouteDecision {
  const choice = firstAnswer(facts);
  const landlord = facts.landlords.find(({ userId }) => userId === choice.chosen?.userId);
  return { ...choice, lease: landlord?.lease ?? null };
}
