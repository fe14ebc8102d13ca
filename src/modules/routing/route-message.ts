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

/** Who gets a message from this sender on this number. Any phone they were seen with says what they rent. */
export async function routeMessage(tx: Tx, number: ReceivingNumber, sender: Contact): Promise<RouteDecision> {
  return decideRoute(await loadFacts(tx, number, sender));
}

async function loadFacts(tx: Tx, number: ReceivingNumber, sender: Contact): Promise<RouteFacts> {
  const customers = sender.customers.flatMap(({ agentId, customerId }) =>
    agentId === null ? [] : [{ agentId, customerId }],
  );
  return {
    mode: number.mode,
    conversationOwners: await queries.findConversationOwners(tx, number.phoneNumberId, customers),
    configuredUsers: await queries.findConfiguredUsers(tx, number.phoneNumberId),
    landlords: await queries.findLandlords(tx, sender.phones),
    customerOwners: await queries.findAgentOwners(
      tx,
      customers.map((customer) => customer.agentId),
    ),
    activeUsers: await queries.findActiveUsers(tx, number.wabaId),
    singleUser: await queries.findSingleUser(tx),
  };
}
