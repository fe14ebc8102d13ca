/** Whom a renter of several landlords may mean, for the module that asks them. */
import type { Tx } from '../../platform/db/tx.ts';
import type { Contact } from '../crm/contract.ts';
import type { Landlord } from './contract.ts';
import { findLandlords } from './queries.ts';

/** Landlords of the sender's active leases, whether they take part or not, each once, by name. */
export function listLandlords(tx: Tx, sender: Pick<Contact, 'phones'>): Promise<Landlord[]> {
  return findLandlords(tx, sender.phones);
}

/** Landlords of the sender's active leases who take part at this moment, each once, by name. */
export async function listMeantLandlords(tx: Tx, sender: Contact): Promise<Landlord[]> {
  return (await listLandlords(tx, sender)).filter(({ optedIn }) => optedIn);
}
