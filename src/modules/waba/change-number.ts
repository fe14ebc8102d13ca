/** What an owner decides about a number: whether one person answers on it, or many share it. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import { presentNumber } from './account-status.ts';
import type { NumberPatch, PhoneNumber } from './contract.ts';
import { setNumberMode } from './queries.ts';

/** Throws 404 for a number that is not the organization's. */
export async function changeNumber(
  app: App,
  actor: Pick<Actor, 'userId' | 'organizationId'>,
  phoneNumberId: string,
  patch: NumberPatch,
): Promise<PhoneNumber> {
  const row = await asUser(app, actor, (tx) => setNumberMode(tx, phoneNumberId, patch.mode));
  if (!row) throw notFound('number');
  return presentNumber(row);
}
