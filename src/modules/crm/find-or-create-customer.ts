/**
 * From what WhatsApp tells of a person to one customer of one agent. Identifiers that come together are linked for good, so
 * that a later message with only one of them still finds the same customer.
 */
import type { Tx } from '../../platform/db/tx.ts';
import type { ContactIdentity, CustomerScope } from './contract.ts';
import {
  findIdentities,
  findLinkedPhone,
  insertCustomer,
  insertIdentities,
  lockIdentities,
  relinkIdentities,
  updateCustomer,
  type FoundIdentity,
} from './queries.ts';
import { displayName, identityKeys } from './rules.ts';

/** Returns the customer's id. The same person never becomes two customers of one agent, also when two workers meet them at once. */
export async function findOrCreateCustomer(
  tx: Tx,
  scope: CustomerScope,
  contact: { portfolioId: string; identity: ContactIdentity },
): Promise<number> {
  const { identity, portfolioId } = contact;
  const keys = identityKeys(identity);
  await lockIdentities(tx, scope, keys);
  const known = (await findIdentities(tx, portfolioId, keys)).filter(
    (found) => found.agent_id === scope.agentId,
  );
  const fields = { phone: identity.phone ?? null, username: identity.username ?? null };
  let customerId = bestMatch(known);
  if (customerId === null)
    customerId = await insertCustomer(tx, scope, { ...fields, name: displayName(identity) });
  else await updateCustomer(tx, scope, { ...fields, id: customerId, name: identity.name ?? null });
  const missing = keys.filter(
    (key) => !known.some((found) => found.kind === key.kind && found.value === key.value),
  );
  await insertIdentities(tx, scope, { portfolioId, customerId, keys: missing });
  // Met apart, each made a customer of its own; from here on they mean one.
  const elsewhere = known.filter((found) => found.customer_id !== customerId);
  await relinkIdentities(tx, scope, { portfolioId, customerId, keys: elsewhere });
  return customerId;
}

/** The phone decides before the user id, the oldest link before a newer one. */
function bestMatch(known: FoundIdentity[]): number | null {
  const order = ['phone', 'user_id', 'parent_user_id'];
  const [best] = known.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return best?.customer_id ?? null;
}

/** Which agents of the organization have this person as a customer, and as which. */
export async function findCustomersOfContact(
  tx: Tx,
  portfolioId: string,
  identity: ContactIdentity,
): Promise<{ agentId: number; customerId: number }[]> {
  const found = await findIdentities(tx, portfolioId, identityKeys(identity));
  const byAgent = new Map<number, number>();
  for (const { agent_id: agentId, customer_id: customerId } of found)
    if (agentId !== null && !byAgent.has(agentId)) byAgent.set(agentId, customerId);
  return [...byAgent].map(([agentId, customerId]) => ({ agentId, customerId }));
}

/** The sender's phone, or the one that came together with their user id before; null while it was never shown. */
export async function findPhoneOfContact(
  tx: Tx,
  portfolioId: string,
  identity: ContactIdentity,
): Promise<string | null> {
  if (identity.phone) return identity.phone;
  const keys = identityKeys(identity);
  return keys.length === 0 ? null : findLinkedPhone(tx, portfolioId, keys);
}
