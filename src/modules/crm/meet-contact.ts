/**
 * From what WhatsApp tells of a person to one contact of the portfolio and one customer of an agent. Identifiers that come together
 * are tied for good, so that a later message with only one of them still finds the same customer; customers of one agent who turn out
 * to be one person become one. The same things told in any order, and by several workers at once, end alike.
 */
import type { Tx } from '../../platform/db/tx.ts';
import type { Contact, CustomerScope, ToldOfContact } from './contract.ts';
import { addCustomer, meetContact as meet } from './queries.ts';
import { factsOf, identityKeys } from './rules.ts';

/** Null when the person is named by nothing. Nobody else works with the contact before this transaction ends. */
export async function meetContact(tx: Tx, told: ToldOfContact): Promise<Contact | null> {
  // Earlier identifiers first: of several user ids the one tied last is written to.
  const keys = [...identityKeys(told.before ?? {}), ...identityKeys(told.identity)];
  if (keys.length === 0) return null;
  for (const { kind, value } of keys) tx.exclusively(`contact ${told.portfolioId} ${kind} ${value}`);
  const contact = await meet(tx, { portfolioId: told.portfolioId, keys, facts: factsOf(told) });
  tx.exclusively(`contact ${String(contact.id)}`);
  for (const { agentId, conversationId, mergedId } of contact.united) {
    const to = { agentId, assigneeId: null, type: 'conversation.updated' };
    if (mergedId) tx.publish({ ...to, data: { conversation_id: mergedId } });
    tx.publish({ ...to, data: { conversation_id: conversationId } });
  }
  return contact;
}

/** The agent's customer who is this contact, made when there is none yet. Call it in the transaction that met the contact. */
export async function customerOf(tx: Tx, contact: Contact, scope: CustomerScope): Promise<number> {
  const known = contact.customers.find((customer) => customer.agentId === scope.agentId);
  return known?.customerId ?? addCustomer(tx, { contactId: contact.id, agentId: scope.agentId });
}
