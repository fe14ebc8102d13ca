/**
 * Giving up one's own grant on an account. Colleagues who hold one go on; with the organization's last one the numbers are free for
 * other organizations, and Meta is asked to send no more webhooks. What was written stays. What must stay true: an account that somebody
 * connects at the same time is subscribed afterwards.
 */
import type { App } from '../../app.ts';
import type { GraphToken } from '../../graph-api/client.ts';
import { GraphError } from '../../graph-api/graph-error.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { openGrant } from './account-token.ts';
import type { Connector } from './begin-connection.ts';
import type { Disconnected } from './contract.ts';
import { findMetaApp } from './meta-app.ts';
import { deleteGrant, releaseAccount } from './queries/grants.ts';

type Leaving = { wabaId: string; token: GraphToken };

/** Somebody who stored a grant while Meta was asked may have subscribed the app before that, and would wait for messages in vain. */
async function subscribeIfUsed(app: App, actor: Connector, { wabaId, token }: Leaving): Promise<boolean> {
  const { grants_left, used_elsewhere } = await asUser(app, actor, (tx) => releaseAccount(tx, wabaId));
  if (grants_left === 0 && !used_elsewhere) return false;
  await app.graph.subscribeApp(token, wabaId);
  const meta = await findMetaApp(app, actor.organizationId);
  if (meta?.callback) await app.graph.subscribeApp(token, wabaId, meta.callback);
  return true;
}

/** Best effort: whoever disconnects must not be held by an account that Meta has closed. Whether Meta is silent now. */
async function unsubscribe(app: App, actor: Connector, { wabaId, token }: Leaving): Promise<boolean> {
  try {
    await app.graph.unsubscribeApp(token, wabaId);
    return !(await subscribeIfUsed(app, actor, { wabaId, token }));
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
    return { grant: { user_id: actor.userId, waba_id: wabaId, ...deleted }, left: released };
  });
  // The subscription is the app's: as long as anybody of the install uses the account, it stays.
  const isLast = left.grants_left === 0 && !left.used_elsewhere;
  const token = isLast ? await openGrant(app, actor.organizationId, grant) : null;
  const unsubscribed = token !== null ? await unsubscribe(app, actor, { wabaId, token }) : false;
  return {
    waba_id: wabaId,
    grants_left: left.grants_left,
    numbers_released: left.numbers_released,
    unsubscribed,
  };
}
