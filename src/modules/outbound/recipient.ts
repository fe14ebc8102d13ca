/** How Meta is told whom a message is for. */
import type { Tx } from '../../platform/db/tx.ts';
import { noAddress } from './contract.ts';
import { findAddress } from './queries.ts';

type Recipient = { to: string } | { recipient: string };
/** An agent's customer, or with agentId null and home 0 somebody in the waiting room. */
type CustomerPlace = { agentId: number | null; home: number; customerId: number };

/**
 * The phone where it is known; a customer who hides it is reached by the user id. A plus keeps Meta from adding a country code.
 * Null when WhatsApp told neither.
 */
export async function findRecipient(tx: Tx, place: CustomerPlace): Promise<Recipient | null> {
  const address = await findAddress(tx, place);
  if (address?.phone) return { to: `+${address.phone}` };
  return address?.user_id ? { recipient: address.user_id } : null;
}

/** The same; throws `outbound.no_address`. */
export async function getRecipient(tx: Tx, place: CustomerPlace): Promise<Recipient> {
  const recipient = await findRecipient(tx, place);
  if (recipient === null) throw noAddress();
  return recipient;
}
