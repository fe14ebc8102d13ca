/**
 * An inbound message on one of the organization's numbers: who gets it, whose customer wrote it, and into which conversation it
 * goes. All in the caller's transaction, so a message is there with everything that belongs to it or not at all.
 */
import type { Json } from '../../graph-api/json.ts';
import { readMessage, type InboundMessage } from '../../graph-api/webhook/message-content.ts';
import type { Tx } from '../../platform/db/tx.ts';
import {
  claimWamid,
  findAgentHome,
  nextMessageId,
  recordInbound,
  recordWaiting,
} from '../conversations/record-message.ts';
import { findOrCreateCustomer } from '../crm/find-or-create-customer.ts';
import type { RouteDecision } from '../routing/contract.ts';
import { insertDecision, routeMessage, type ReceivingNumber } from '../routing/route-message.ts';
import { PoisonedItem } from './rules.ts';

export type ReceivedItem = { organizationId: string; number: ReceivingNumber; value: Json; contact: Json };

/** `duplicate` when this number has had the message before; then nothing else happens. Throws PoisonedItem. */
export async function receiveMessage(tx: Tx, item: ReceivedItem): Promise<'done' | 'duplicate'> {
  const message = readMessage(item.value, item.contact);
  if (message.wamid === '') throw new PoisonedItem('The message has no id.');
  if (message.from.phone === undefined && message.from.userId === undefined)
    throw new PoisonedItem('The message names no sender.');
  const decision = await routeMessage(tx, item.number, message.from);
  const home = decision.chosen && (await findAgentHome(tx, decision.chosen.agentId));
  const { organizationId, number } = item;
  const messageId = await nextMessageId(tx);
  const place = { organizationId, phoneNumberId: number.phoneNumberId, wamid: message.wamid };
  if (!(await claimWamid(tx, { ...place, agentId: home?.agentId ?? null, messageId }))) return 'duplicate';

  const scope = { organizationId, agentId: home?.agentId ?? null, home: home?.home ?? 0 };
  const customerId = await findOrCreateCustomer(tx, scope, {
    portfolioId: number.portfolioId,
    identity: message.from,
  });
  const stored = {
    ...place,
    ...contentOf(message),
    id: messageId,
    customerId,
    timestamp: message.timestamp,
    lease: decision.lease,
    routing: { rule: decision.rule, reason: decision.reason },
  };
  if (home) await recordInbound(tx, { ...stored, ...home });
  else await recordWaiting(tx, stored);
  await storeDecision(tx, { ...place, messageId }, decision);
  return 'done';
}

function contentOf(message: InboundMessage): { type: string; text: string; payload: unknown } {
  return { type: message.type, text: message.text, payload: payloadOf(message) };
}

/** What the text alone does not say. */
function payloadOf(message: InboundMessage): unknown {
  const about = {
    ...(message.context ? { context: message.context } : {}),
    ...(message.referral ? { referral: message.referral } : {}),
    ...(message.type === 'unsupported' && message.originalType
      ? { original_type: message.originalType }
      : {}),
  };
  const isObject =
    typeof message.payload === 'object' && message.payload !== null && !Array.isArray(message.payload);
  if (message.type === 'text') return Object.keys(about).length > 0 ? about : null;
  return isObject ? { ...(message.payload as object), ...about } : { content: message.payload, ...about };
}

function storeDecision(
  tx: Tx,
  message: { organizationId: string; phoneNumberId: string; wamid: string; messageId: number },
  decision: RouteDecision,
): Promise<void> {
  const { rule, reason, candidates, chosen } = decision;
  return insertDecision(tx, { ...message, rule, reason, candidates, chosen });
}
