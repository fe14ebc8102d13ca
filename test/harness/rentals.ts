/** Landlords and their renters, as far as routing needs them. */
import type { SessionAnswer } from '../../src/modules/auth/contract.ts';
import { addLease } from '../../src/modules/rentals/add-lease.ts';
import { changeOptIn } from '../../src/modules/rentals/change-opt-in.ts';
import type { TestSwitchboard } from './switchboard.ts';

const actor = (session: SessionAnswer) => ({
  userId: session.user.id,
  organizationId: session.organization.id,
});

export function letTo(switchboard: TestSwitchboard, landlord: SessionAnswer, phone: string): Promise<void> {
  return addLease(switchboard.app, actor(landlord), { address: '7 Harbour Lane', renter: 'A renter', phone });
}

export async function takePart(switchboard: TestSwitchboard, landlord: SessionAnswer): Promise<void> {
  await changeOptIn(switchboard.app, actor(landlord), { enabled: true }, 'test');
}
