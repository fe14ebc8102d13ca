/**
 * A status webhook moves a message up its ladder. Statuses come in any order, twice, and even before the answer to the send:
 * then they are parked and applied as soon as the message is known. Our own id in the status settles a send of unknown outcome.
 */
import { meaningOfError } from '../../graph-api/error-codes.ts';
import type { MessageStatus as StatusWebhook } from '../../graph-api/webhook/message-status.ts';
import type { Tx } from '../../platform/db/tx.ts';
import { isUuid } from '../../platform/ids.ts';
import type { MessageStatus } from '../conversations/contract.ts';
import { takeOverEcho } from '../conversations/take-over-echo.ts';
import {
  claimWamid,
  findMessageHome,
  findMessageKey,
  lockWamid,
  noteWamid,
  raiseStatus,
  type MessageHome,
  type StatusChange,
} from '../conversations/record-message.ts';
import { isUnsettled, parkStatus, settleByCallback, takeParkedStatuses } from './queries.ts';

const STATUSES = new Map<string, MessageStatus>(
  (['sent', 'delivered', 'read', 'played', 'failed'] as const).map((status) => [status, status]),
);

/** `parked`: it waits for its message; `unknown_status`: a word that Meta added, or no message named. */
export type StatusOutcome = 'applied' | 'parked' | 'unknown_status';
type Place = { organizationId: string; phoneNumberId: string };

/** Applies one status of one of the organization's numbers. */
export async function applyStatus(tx: Tx, place: Place, webhook: StatusWebhook): Promise<StatusOutcome> {
  const status = STATUSES.get(webhook.status);
  if (status === undefined || webhook.wamid === '') return 'unknown_status';
  await lockWamid(tx, place.phoneNumberId, webhook.wamid);
  const error = status === 'failed' ? describeFailure(webhook) : null;
  const known = await findSent(tx, place, webhook);
  if (!known) {
    await parkStatus(tx, { ...place, wamid: webhook.wamid, status, error, pricing: webhook.pricing });
    return 'parked';
  }
  const key = { phoneNumberId: place.phoneNumberId, wamid: webhook.wamid };
  await raise(tx, known, { status, error, pricing: webhook.pricing, key });
  return 'applied';
}

/** Ties a wamid to the message that was sent, and applies what arrived for it before it was known. */
export async function registerWamid(
  tx: Tx,
  place: Place,
  sent: { wamid: string; agentId: number | null; messageId: number },
): Promise<void> {
  await lockWamid(tx, place.phoneNumberId, sent.wamid);
  const isNew = await claimWamid(tx, { ...place, ...sent });
  const home = await findMessageHome(tx, sent.agentId);
  if (!home) return;
  await noteWamid(tx, home, sent);
  if (!isNew) await takeOverEcho(tx, home, { ...sent, phoneNumberId: place.phoneNumberId });
  await applyParkedStatuses(tx, home, { ...sent, phoneNumberId: place.phoneNumberId });
}

/** Applies what arrived for a message before it was known. The caller holds the message's wamid. */
export async function applyParkedStatuses(
  tx: Tx,
  home: MessageHome,
  sent: { phoneNumberId: string; wamid: string; messageId: number },
): Promise<void> {
  for (const parked of await takeParkedStatuses(tx, sent.phoneNumberId, sent.wamid)) {
    const status = STATUSES.get(parked.status);
    const { error, pricing } = parked;
    if (status)
      await raiseStatus(tx, home, { messageId: sent.messageId, status, error: error ?? undefined, pricing });
  }
}

/**
 * The message of a status: by its wamid, or by our own id, which also settles a send whose outcome nobody knows. An echo may have made the
 * wamid known before the send did.
 */
async function findSent(
  tx: Tx,
  place: Place,
  webhook: StatusWebhook,
): Promise<{ agentId: number | null; messageId: number } | null> {
  const { callbackData } = webhook;
  const isOpen = callbackData !== null && isUuid(callbackData) && (await isUnsettled(tx, callbackData));
  const settled = isOpen ? await settle(tx, place, webhook) : null;
  return settled ?? findMessageKey(tx, place.phoneNumberId, webhook.wamid);
}

/** Finds the message by the id that we sent along. */
async function settle(
  tx: Tx,
  place: Place,
  webhook: StatusWebhook,
): Promise<{ agentId: number | null; messageId: number } | null> {
  const found = await settleByCallback(tx, {
    id: webhook.callbackData ?? '',
    phoneNumberId: place.phoneNumberId,
    wamid: webhook.wamid,
  });
  if (!found) return null;
  const message = { agentId: found.agent_id, messageId: found.message_id };
  await registerWamid(tx, place, { ...message, wamid: webhook.wamid });
  return message;
}

async function raise(
  tx: Tx,
  message: { agentId: number | null; messageId: number },
  change: { status: MessageStatus; error: unknown; pricing: unknown; key: NonNullable<StatusChange['key']> },
): Promise<void> {
  const home = await findMessageHome(tx, message.agentId);
  if (home)
    await raiseStatus(tx, home, {
      ...change,
      messageId: message.messageId,
      error: change.error ?? undefined,
    });
}

/** Why Meta could not deliver, in words for the person who sent it. */
function describeFailure(webhook: StatusWebhook): { code: string; message: string } {
  const [first] = webhook.errors;
  if (!first) return { code: 'unknown', message: 'Meta could not deliver the message and did not say why.' };
  const meaning = first.code === null ? null : meaningOfError(first.code, null);
  const message = meaning
    ? `${meaning.meaning} ${meaning.whatToDo}`
    : (first.title ?? 'Meta could not deliver the message.');
  return { code: String(first.code ?? 'unknown'), message };
}
