/**
 * Giving up one's own grant on an account. Colleagues who hold one go on; with the organization's last one the numbers are free for
 * other organizations, and Meta is asked to send no more webhooks. What was written stays.
 */
import type { App } from '../../app.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { tokenPlace } from './account-token.ts';
import type { Connector } from './begin-connection.ts';
import type { Disconnected } from './contract.ts';
import { findMetaApp } from './meta-app.ts';
import { deleteGrant, releaseAccount } from './queries/grants.ts';

type LastGrant = { wabaId: string; sealedToken: string; appId: string | null };

/** Best effort: whoever disconnects must not be held by an account that Meta has closed. Whether Meta said yes. */
async function unsubscribe(app: App, actor: Connector, grant: LastGrant): Promise<boolean> {
  const { wabaId, sealedToken, appId } = grant;
  const accessToken = app.secretBox.open(sealedToken, tokenPlace({ userId: actor.userId, wabaId }));
  const meta = await findMetaApp(app, actor.organizationId);
  const token = meta && meta.appId === appId ? { accessToken, appSecret: meta.appSecret } : accessToken;
  try {
    await app.graph.unsubscribeApp(token, wabaId);
    return true;
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    app.log.warn({ err: error, waba_id: wabaId }, 'Meta was not told that an account is disconnected');
    return false;
  }
}

/** Throws 404 when the person holds no grant on the account. */
export async function disconnectAccount(app: App, actor: Connector, wabaId: string): Promise<Disconnected> {
  const { grant, left } = await asUser(app, actor, async (tx) => {
    const deleted = await deleteGrant(tx, { userId: actor.userId, wabaId });
    if (!deleted) throw notFound('account');
    const released = await releaseAccount(tx, wabaId);
    await recordAudit(tx, {
      action: 'account.disconnected',
      subject: { kind: 'waba', id: wabaId },
      details: { grants_left: released.grants_left, numbers_released: released.numbers_released },
    });
    tx.publish({
      type: 'account.changed',
      agentId: null,
      assigneeId: actor.userId,
      data: { waba_id: wabaId },
    });
    return { grant: deleted, left: released };
  });
  // The subscription is the app's: as long as anybody of the install uses the account, it stays.
  const isLast = left.grants_left === 0 && !left.used_elsewhere;
  const unsubscribed =
    isLast && grant.access_token !== null
      ? await unsubscribe(app, actor, { wabaId, sealedToken: grant.access_token, appId: grant.app_id })
      : false;
  return {
    waba_id: wabaId,
    grants_left: left.grants_left,
    numbers_released: left.numbers_released,
    unsubscribed,
  };
}
