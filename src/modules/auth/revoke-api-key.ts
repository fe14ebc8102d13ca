/** Revokes a key: its next request is refused, and a stream that it opened ends. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import type { Actor } from './contract.ts';
import { deleteApiKey } from './queries/api-keys.ts';

/** One's own key, or as an owner any of the organization. Throws 404 for others. */
export async function revokeApiKey(app: App, actor: Actor, id: string): Promise<void> {
  if (!isUuid(id)) throw notFound('API key');
  await asUser(app, actor, async (tx) => {
    const gone = await deleteApiKey(tx, id);
    if (!gone) throw notFound('API key');
    const details = { user_id: gone.user_id };
    await recordAudit(tx, {
      action: 'api_key.revoked',
      subject: { kind: 'api_key', id, name: gone.name },
      details,
    });
  });
}
