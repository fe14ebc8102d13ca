/**
 * Setting or replacing the two-step PIN of a number. The new one is written down, encrypted, before Meta is asked: should nobody learn
 * whether Meta took it, it stands there as not confirmed and can be set again, because Meta asks for no old PIN.
 */
import type { App } from '../../app.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { openNumber } from './open-number.ts';
import { confirmPin, findPin, keepPin, restorePin } from './queries/pins.ts';
import { pinPlace } from './register-number.ts';
import { explainPin } from './rules-connecting.ts';

type NewPin = { wabaId: string; phoneNumberId: string; pin: string };

/** Throws 401 when the sign-in is not recent, 404, what `explainPin` says (the PIN before stays then); GraphError when it may pass. */
export async function setPin(app: App, actor: Actor, { wabaId, phoneNumberId, pin }: NewPin): Promise<void> {
  requireRecentSignIn(actor, app.clock);
  const { organizationId, userId } = actor;
  const token = await openNumber(app, actor, { wabaId, phoneNumberId });
  if (token === null) throw notFound('number');
  const sealed = app.secretBox.seal(pin, pinPlace({ organizationId, phoneNumberId }));
  const before = await asUser(app, actor, async (tx) => {
    const known = await findPin(tx, phoneNumberId);
    await keepPin(tx, { organizationId, userId, phoneNumberId, sealed });
    return known;
  });
  try {
    await app.graph.setTwoStepPin(token, phoneNumberId, pin);
  } catch (error) {
    const refusal = error instanceof GraphError ? explainPin(error) : null;
    if (refusal) await asUser(app, actor, (tx) => restorePin(tx, { phoneNumberId, refused: sealed, before }));
    throw refusal ?? error;
  }
  await asUser(app, actor, async (tx) => {
    await confirmPin(tx, phoneNumberId);
    await recordAudit(tx, { action: 'number.pin-changed', subject: { kind: 'number', id: phoneNumberId } });
    tx.publish({ type: 'account.changed', agentId: null, assigneeId: null, data: { waba_id: wabaId } });
  });
}
