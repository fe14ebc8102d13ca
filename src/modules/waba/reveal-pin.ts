/** The two-step PIN of a number, for an owner who has just proven who they are. It is needed to register the number anywhere else. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { NumberPin } from './contract.ts';
import { findPinOfAccount } from './queries/pins.ts';
import { pinPlace } from './register-number.ts';

/** Throws 401 when the sign-in is not recent, 404 when no PIN of the number is kept. */
export async function revealPin(
  app: App,
  actor: Actor,
  number: { wabaId: string; phoneNumberId: string },
): Promise<NumberPin> {
  const { phoneNumberId } = number;
  requireRecentSignIn(actor, app.clock);
  const kept = await asUser(app, actor, async (tx) => {
    const found = await findPinOfAccount(tx, number);
    if (!found) throw notFound('PIN');
    await recordAudit(tx, { action: 'number.pin-shown', subject: { kind: 'number', id: phoneNumberId } });
    return found;
  });
  return {
    pin: app.secretBox.open(kept.pin, pinPlace({ organizationId: actor.organizationId, phoneNumberId })),
    confirmed: kept.confirmed_at !== null && kept.refused_at === null,
    refused_at: kept.refused_at?.toISOString() ?? null,
    updated_at: kept.updated_at.toISOString(),
  };
}
