/** A landlord lets a property to a renter, and takes part in the organization's central number. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import { hasLease, insertLease, setOptIn } from './queries.ts';

type Landlord = Pick<Actor, 'userId' | 'organizationId'>;

/**
 * Does nothing when the landlord already lets to this renter.
 * @param lease `phone` in any spelling with country code; it is kept as digits, as WhatsApp writes it
 */
export function addLease(
  app: App,
  landlord: Landlord,
  lease: { address: string; renter: string; phone: string },
): Promise<void> {
  const phone = lease.phone.replaceAll(/\D/g, '');
  return asUser(app, landlord, async (tx) => {
    if (!(await hasLease(tx, landlord, phone))) await insertLease(tx, landlord, { ...lease, phone });
  });
}

/** From now on messages of the landlord's renters on a central number are theirs. */
export function optIn(app: App, landlord: Landlord): Promise<void> {
  return asUser(app, landlord, (tx) => setOptIn(tx, landlord.userId));
}
