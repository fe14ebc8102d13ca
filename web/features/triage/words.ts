/** Why somebody waits, and what changes that. */
import { ruleWords } from '../numbers/routing.ts';
import type { TriageState } from './queries.ts';

type Reason = { title: string; fix: string | null; link: 'numbers' | 'people' | null };

const reasons: Record<string, Reason> = {
  unknown_sender: {
    title: 'Nobody knows this sender',
    fix: 'No lease and no customer has this number. Assign it once; their next message follows.',
    link: null,
  },
  several_landlords: {
    title: 'Rents from several landlords',
    fix: 'Assign it, if you know whom they mean.',
    link: null,
  },
  landlord_not_opted_in: {
    title: 'The landlord has not opted in',
    fix: 'Ask them to take part in shared numbers, in their profile, or assign it to somebody else.',
    link: 'people',
  },
  no_verified_user: {
    title: 'Nobody can be chosen',
    fix: 'Let one person answer on the number, or let somebody confirm their email address.',
    link: 'numbers',
  },
  number_not_configured: {
    title: 'Nobody answers on this number',
    fix: 'Choose who answers on it; messages that come then go there.',
    link: 'numbers',
  },
  // Of a message, in "Why is this here?".
  blocked: { title: 'Blocked', fix: null, link: null },
};

export function describeReason(reason: string): Reason {
  return reasons[reason] ?? { title: reason, fix: null, link: null };
}

export const stateWords: Record<TriageState, string> = {
  waiting: 'Waiting',
  dismissed: 'Dismissed',
  blocked: 'Blocked',
};

/** What stands for a message without words. */
export function messageWords(message: { type: string; text: string }): string {
  if (message.text !== '') return message.text;
  return message.type === 'unsupported' ? 'A message that cannot be shown' : `[${message.type}]`;
}

/** As the settings of a number name the rules. */
const ruleNames: Record<string, string | undefined> = {
  ...Object.fromEntries(Object.entries(ruleWords).map(([rule, { label }]) => [rule, label])),
  triage: 'Triage',
};

export const nameOfRule = (rule: string): string => ruleNames[rule] ?? rule;
