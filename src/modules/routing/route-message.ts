/** Loads the facts, lets the pure chain decide. The caller stores the decision with the message it decided about. */
import type { Tx } from '../../platform/db/tx.ts';
import type { ContactIdentity } from '../crm/contract.ts';
import { findCustomersOfContact, findPhoneOfContact } from '../crm/find-or-create-customer.ts';
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

/** Who gets a message from this sender on this number. */
export async function routeMessage(
  tx: Tx,
  number: ReceivingNumber,
  sender: ContactIdentity,
): Promise<RouteDecision> {
  return decideRoute(await loadFacts(tx, number, sender));
}

async function loadFacts(tx: Tx, number: ReceivingNumber, sender: ContactIdentity): Promise<RouteFacts> {
  const customers = await findCustomersOfContact(tx, number.portfolioId, sender);
  const phone = await findPhoneOfContact(tx, number.portfolioId, sender);
  return {
    mode: number.mode,
    conversationOwners: await queries.findConversationOwners(tx, number.phoneNumberId, customers),
    configuredUsers: await queries.findConfiguredUsers(tx, number.phoneNumberId),
    landlords: phone === null ? [] : await queries.findLandlords(tx, phone),
    customerOwners: await queries.findAgentOwners(
      tx,
      customers.map((customer) => customer.agentId),
    ),
    activeUsers: await queries.findActiveUsers(tx, number.wabaId),
    singleUser: await queries.findSingleUser(tx),
  };
}
