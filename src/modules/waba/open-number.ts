/** The token with which a person may change a number at Meta. */
import type { App } from '../../app.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import { asUser } from '../../platform/db/tx.ts';
import type { Actor } from '../auth/contract.ts';
import { openGrant } from './account-token.ts';
import { listNumbers } from './queries.ts';
import { findUsableGrant } from './queries/grants.ts';

/** Null when the number is not in this account of the organization, or the person may use no live grant on it. */
export async function openNumber(
  app: App,
  actor: Pick<Actor, 'userId' | 'organizationId'>,
  { wabaId, phoneNumberId }: { wabaId: string; phoneNumberId: string },
): Promise<GraphToken | null> {
  const grant = await asUser(app, actor, async (tx) => {
    const isOwn = (await listNumbers(tx, [wabaId])).some((one) => one.phone_number_id === phoneNumberId);
    return isOwn ? findUsableGrant(tx, { userId: actor.userId, wabaId }) : undefined;
  });
  return openGrant(app, actor.organizationId, grant);
}
