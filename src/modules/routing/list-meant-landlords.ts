/** Whom a renter of several landlords may mean, for the module that asks them. */
import type { Tx } from '../../platform/db/tx.ts';
import type { Contact } from '../crm/contract.ts';
import type { Landlord } from './contract.ts';
import { findLandlords } from './queries.ts';

/** Landlords of the sender's active leases who take part at this moment, each once, by name. */
export async function listMeantLandlords(tx: Tx, sender: Contact): Promise<Landlord[]> {
  return (await findLandlords(tx, sender.phones)).filter(({ optedIn }) => optedIn);
}
