/** The order in which rules are asked who gets a message, and how people change it. Pure. */
import type { NumberMode, RoutingRule } from './queries.ts';

/** The order of a number that has none of its own; the server has the same. */
export const defaultRouting: Record<NumberMode, RoutingRule[]> = {
  dedicated: ['conversation', 'number', 'customer', 'recently_active', 'first_registered'],
  central: ['conversation', 'lease', 'customer', 'recently_active', 'first_registered'],
};

export const ruleWords: Record<RoutingRule, { label: string; help: string }> = {
  conversation: {
    label: 'Open conversation',
    help: 'Whoever already talks with this person on this number.',
  },
  number: { label: 'Person of the number', help: 'The one person who answers on this number.' },
  lease: { label: 'Lease', help: 'The landlord from whom the sender rents.' },
  customer: { label: 'Known customer', help: 'The one agent who has this person as a customer.' },
  recently_active: {
    label: 'Recently active',
    help: 'Who was active last, of those who may use the account.',
  },
  first_registered: {
    label: 'First person',
    help: 'The first person of the organization, in single-user mode.',
  },
};

/** The rule one place up (-1) or down (1); the same list when it stands at the end. */
export function moveRule(rules: RoutingRule[], index: number, by: -1 | 1): RoutingRule[] {
  const target = index + by;
  const moved = rules[index];
  const other = rules[target];
  if (moved === undefined || other === undefined) return rules;
  return rules.map((rule, at) => (at === index ? other : at === target ? moved : rule));
}

/** Rules that are not asked. */
export function unusedRules(rules: RoutingRule[]): RoutingRule[] {
  return (Object.keys(ruleWords) as RoutingRule[]).filter((rule) => !rules.includes(rule));
}
