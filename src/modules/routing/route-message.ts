/** Loads what the rules of the number's chain rest on, rule by rule, and lets them judge. The caller stores the decision with its message. */
import type { Tx } from '../../platform/db/tx.ts';
import type { Contact } from '../crm/contract.ts';
import type { NumberMode, RoutingRule } from '../waba/contract.ts';
import type { Landlord, RouteDecision } from './contract.ts';
import * as queries from './queries.ts';
import {
  chainOf,
  concludeRoute,
  isLastWord,
  judge,
  judgeConversation,
  judgeLease,
  keepBlocked,
  type Verdict,
} from './rules.ts';

export { findDecision, insertDecision } from './queries.ts';

/** The number a message came in on. */
export type ReceivingNumber = {
  phoneNumberId: string;
  wabaId: string;
  portfolioId: string;
  mode: NumberMode;
  /** The rules that are asked, in order; null: the mode's own. */
  routing: RoutingRule[] | null;
};

/** Who writes, as far as routing asks: the phones say what they rent, the customers whose they are. */
export type Sender = Pick<Contact, 'phones' | 'customers'>;

/** Who gets a message from this sender on this number. What a rule rests on is loaded only when no rule before it decided. */
export async function routeMessage(tx: Tx, number: ReceivingNumber, sender: Sender): Promise<RouteDecision> {
  if (await isBlocked(tx, number, sender)) return keepBlocked();
  const landlords = await queries.findLandlords(tx, sender.phones);
  const verdicts: Verdict[] = [];
  for (const rule of chainOf(number)) {
    const verdict = await askRule(tx, rule, { number, sender, landlords });
    verdicts.push(verdict);
    if (isLastWord(verdict)) break;
  }
  return concludeRoute(number.mode, verdicts, landlords);
}

/** Whether the sender was blocked while they waited in triage. */
export async function isBlocked(
  tx: Tx,
  { phoneNumberId }: ReceivingNumber,
  sender: Sender,
): Promise<boolean> {
  const waiting = sender.customers.find(({ agentId }) => agentId === null);
  return waiting !== undefined && queries.findBlocked(tx, { customerId: waiting.customerId, phoneNumberId });
}

/** What the rules are asked about: who wrote, on which number, and from whom they rent. */
export type Question = { number: ReceivingNumber; sender: Sender; landlords: Landlord[] };

/** What one rule says. */
export async function askRule(
  tx: Tx,
  rule: RoutingRule,
  { number, sender, landlords }: Question,
): Promise<Verdict> {
  const customers = sender.customers.flatMap(({ agentId, customerId }) =>
    agentId === null ? [] : [{ agentId, customerId }],
  );
  const { phoneNumberId, wabaId } = number;
  switch (rule) {
    case 'lease':
      return judgeLease(landlords);
    case 'conversation': {
      const owners = await queries.findConversationOwners(tx, { phoneNumberId, customers });
      return judgeConversation(owners, await findOptedOut(tx, { number, landlords, customers }));
    }
    case 'number':
      return judge(rule, await queries.findConfiguredUsers(tx, phoneNumberId));
    case 'customer': {
      const agentIds = customers.map(({ agentId }) => agentId);
      return judge(rule, await queries.findAgentOwners(tx, agentIds));
    }
    case 'recently_active':
      return judge(rule, await queries.findActiveUsers(tx, wabaId));
    case 'first_registered':
      return judge(rule, await queries.findSingleUser(tx, tx.organizationId ?? ''));
  }
}

/** Of the sender's landlords those who have left their conversation by opting out, where leases decide. */
async function findOptedOut(
  tx: Tx,
  asked: {
    number: ReceivingNumber;
    landlords: readonly Landlord[];
    customers: readonly { agentId: number; customerId: number }[];
  },
): Promise<ReadonlySet<string>> {
  const { number, landlords, customers } = asked;
  if (!chainOf(number).includes('lease')) return new Set();
  const absent = landlords.filter(({ optedIn }) => !optedIn);
  const talking = absent.flatMap(({ userId, agentId }) =>
    customers
      .filter((customer) => customer.agentId === agentId)
      .map(({ customerId }) => ({ userId, agentId, customerId, phoneNumberId: number.phoneNumberId })),
  );
  const left = await Promise.all(talking.map((one) => queries.hasLeft(tx, one)));
  return new Set(talking.filter((_, index) => left[index]).map(({ userId }) => userId));
}
