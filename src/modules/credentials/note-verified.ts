/** Notes on an organization's configuration that Meta confirmed it. */
import type { Tx } from '../../platform/db/tx.ts';
import { lockConfiguration, updateConfiguration } from './queries.ts';

/** Does nothing when the organization has no configuration of its own. */
export async function noteVerified(tx: Tx, organizationId: string, now: Date): Promise<void> {
  const row = await lockConfiguration(tx, organizationId);
  if (row) await updateConfiguration(tx, row.id, { last_verified_at: now });
}
