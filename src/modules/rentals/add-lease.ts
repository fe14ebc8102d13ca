/** A landlord lets a property to a renter. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import { hasLease, insertLease } from './queries.ts';

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
