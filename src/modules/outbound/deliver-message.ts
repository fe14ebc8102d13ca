/**
 * Sends one claimed message. Safe to run twice: the row is marked "sending" in a commit of its own before the request leaves, so
 * whoever finds it in that state after a crash knows that it may have left, and marks it unknown instead of sending again. Every
 * write names the lease's token.
 */
import type { App } from '../../app.ts';
import type { GraphError } from '../../graph-api/graph-error.ts';
import type { SendMessageBody } from '../../graph-api/messages-api.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { asWorker, type Tx } from '../../platform/db/tx.ts';
import { publishChange } from '../conversations/change-message.ts';
import { findMessageHome, raiseStatus } from '../conversations/record-message.ts';
import { findSending, type Sending, type SendingGrant } from '../waba/account-token.ts';
import { isTokenRefused, noteTokenRefused } from '../waba/note-token-refused.ts';
import { registerWamid } from './apply-status.ts';
import { optedOut } from './contract.ts';
import { changeOutbox, holdMessage, type ClaimedMessage, type OutboxChange } from './queries.ts';
import { isRefusedByCustomer } from './queries-automatic.ts';
import { decideAfterFailure } from './rules.ts';

/** Longer than the Graph client waits for an answer. */
export const SEND_LEASE_SECONDS = 60;

/** Changes the row, and the message with it. False when the lease was lost. */
async function change(
  tx: Tx,
  claimed: ClaimedMessage,
  to: OutboxChange & { state: 'sending' | 'unknown' | 'failed' },
): Promise<boolean> {
  const changed = await changeOutbox(tx, claimed, to);
  if (!changed) return false;
  const home = await findMessageHome(tx, changed.agent_id);
  const { state: status, error } = to;
  if (home) await raiseStatus(tx, home, { messageId: claimed.message_id, status, error });
  return true;
}

/**
 * Marks the row as being sent and returns what to send with; null when there is nothing to send any more, or when it has to wait
 * until somebody connects the account: then it waits by itself, and connecting lets it go on.
 */
function begin(app: App, claimed: ClaimedMessage): Promise<Sending | null> {
  return asWorker(app, claimed.organization_id, async (tx) => {
    if (claimed.state === 'sending') {
      await change(tx, claimed, { state: 'unknown' });
      return null;
    }
    const sending = await findSending(app, tx, claimed.phone_number_id);
    if (sending === null) {
      await holdMessage(tx, claimed);
      tellThatItWaits(tx, claimed);
      return null;
    }
    if (await isRefusedByCustomer(tx, claimed.id)) {
      const { code, message } = optedOut();
      await change(tx, claimed, { state: 'failed', error: { code, message } });
      return null;
    }
    return (await change(tx, claimed, { state: 'sending', countAttempt: true })) ? sending : null;
  });
}

/** It may have been shown as being sent. */
function tellThatItWaits(tx: Tx, { agent_id: agentId, conversation_id, message_id }: ClaimedMessage): void {
  if (conversation_id !== null)
    publishChange(tx, agentId, { conversationId: conversation_id, messageId: message_id });
}

function accept(app: App, claimed: ClaimedMessage, wamid: string): Promise<void> {
  return asWorker(app, claimed.organization_id, async (tx) => {
    const changed = await changeOutbox(tx, claimed, { state: 'accepted', wamid });
    if (!changed) return;
    const place = { organizationId: claimed.organization_id, phoneNumberId: claimed.phone_number_id };
    await registerWamid(tx, place, { wamid, agentId: changed.agent_id, messageId: claimed.message_id });
    await failpoint('outbound.accepted-uncommitted');
  });
}

/** Meta refused the token, so nothing was sent: the message goes back, to leave with another grant's token or to wait for one. */
function tryAnotherGrant(app: App, claimed: ClaimedMessage, refused: SendingGrant, error: GraphError) {
  return asWorker(app, claimed.organization_id, async (tx) => {
    await noteTokenRefused(tx, claimed.organization_id, refused, error);
    await changeOutbox(tx, claimed, { state: 'queued' });
  });
}

function giveUp(app: App, claimed: ClaimedMessage, error: unknown): Promise<void> {
  const failure = decideAfterFailure(error, claimed.attempts + 1);
  app.log.warn(
    { err: error, outbox_id: claimed.id, outcome: failure.outcome },
    'A message was not accepted by Meta',
  );
  return asWorker(app, claimed.organization_id, async (tx) => {
    if (failure.outcome === 'retry') {
      await changeOutbox(tx, claimed, { state: 'queued', pauseSeconds: failure.afterSeconds });
      return;
    }
    const detail = failure.outcome === 'failed' ? failure.error : undefined;
    await change(tx, claimed, { state: failure.outcome, error: detail });
  });
}

/** Takes a claimed row to its end, or back into the queue when Meta asks to wait. */
export async function deliverMessage(app: App, claimed: ClaimedMessage): Promise<void> {
  await failpoint('outbound.claimed');
  const sending = await begin(app, claimed);
  if (sending === null) return;
  const { token, grant } = sending;
  await failpoint('outbound.marked-sending');
  let wamid: string;
  try {
    const body = { ...claimed.request, biz_opaque_callback_data: claimed.id } as SendMessageBody;
    const request = app.graph.sendMessage(token, claimed.phone_number_id, body);
    const [answer] = await Promise.all([request, failpoint('outbound.request-begun')]);
    wamid = answer.wamid;
  } catch (error) {
    if (grant && isTokenRefused(error)) await tryAnotherGrant(app, claimed, grant, error);
    else await giveUp(app, claimed, error);
    return;
  }
  await failpoint('outbound.reply-read');
  await accept(app, claimed, wamid);
  await failpoint('outbound.accepted-committed');
}
