/** Loads the facts, lets the pure chain decide. The caller stores the decision with the message it decided about. */
import type { Tx } from '../../platform/db/tx.ts';
import type { Contact } from '../crm/contract.ts';
import type { NumberMode } from '../waba/contract.ts';
import type { RouteDecision, RouteFacts } from './contract.ts';
import * as queries from './queries.ts';
import { decideRoute } from './rules.ts';

export { insertDecision } from './queries.ts';

/** The number a message came in on. */
export type ReceivingNumber = {
  phoneNumberId: string;
  wabaId: string;
  portfolioId: string;
  mode: NumberMode;
};

/**
 * Who gets a message from this sender on this number. Any phone they were seen with says what they rent. The chain's first rule decides
 * about nearly every message, so the facts of the others are loaded only when it does not.
 */
export async function routeMessage(tx: Tx, number: ReceivingNumber, sender: Contact): Promise<RouteDecision> {
  const first = await loadFirstFacts(tx, number, sender);
  const early = decideRoute(first);
  return early.rule === 'conversation'
    ? early
    : decideRoute({ ...first, ...(await loadRest(tx, number, sender)) });
}

function customersOf(sender: Contact): { agentId: number; customerId: number }[] {
  return sender.customers.flatMap(({ agentId, customerId }) =>
    agentId === null ? [] : [{ agentId, customerId }],
  );
}

async function loadFirstFacts(tx: Tx, number: ReceivingNumber, sender: Contact): Promise<RouteFacts> {
  const { mode, phoneNumberId } = number;
  const [conversationOwners, landlords] = await Promise.all([
    queries.findConversationOwners(tx, { phoneNumberId, customers: customersOf(sender) }),
    queries.findLandlords(tx, sender.phones),
  ]);
  const none = { configuredUsers: [], customerOwners: [], activeUsers: [], singleUser: null };
  return { mode, conversationOwners, landlords, ...none };
}

async function loadRest(
  tx: Tx,
  number: ReceivingNumber,
  sender: Contact,
): Promise<Pick<RouteFacts, 'configuredUsers' | 'customerOwners' | 'activeUsers' | 'singleUser'>> {
  const agentIds = customersOf(sender).map(({ agentId }) => agentId);
  const configuredUsers = await queries.findConfiguredUsers(tx, number.phoneNumberId);
  const customerOwners = await queries.findAgentOwners(tx, agentIds);
  const activeUsers = await queries.findActiveUsers(tx, number.wabaId);
  return { configuredUsers, customerOwners, activeUsers, singleUser: await queries.findSingleUser(tx) };
}
