/**
 * What an owner does about those who wait: gives them to somebody, puts them aside, blocks them. Assigning moves everything that the
 * sender wrote, on every number, to the agent's own tables; from then on rule 1 finds the conversation. What must stay true: several at
 * once are all assigned or none, and of two owners who assign the same sender one is told that they are not there any more.
 */
import type { App } from '../../app.ts';
import { asUser, type Tx } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { failpoint } from '../../platform/failpoints.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Actor } from '../auth/contract.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { publishTriage } from './change-conversation.ts';
import type {
  TriageAssigned,
  TriageBulkAssignBody,
  TriageChanged,
  TriageStateBody,
} from './contract-triage.ts';
import {
  assignTriageItem,
  findColleagueName,
  findWaitingName,
  listItemsOfSender,
  setTriageState,
} from './queries/triage.ts';
import { reasonOfBlock } from './rules.ts';

async function assignOne(tx: Tx, id: string, userId: string): Promise<TriageAssigned> {
  const name = isUuid(id) ? await findWaitingName(tx, id) : null;
  const given = name === null ? [] : await assignTriageItem(tx, id, userId);
  const [first] = given;
  if (!first) throw notFound('sender in triage');
  await failpoint('triage.assigned');
  await recordAudit(tx, {
    action: 'triage.assigned',
    subject: { kind: 'triage', id, name },
    details: { user_id: userId },
  });
  for (const { agent_id: agentId, conversation_id, is_new } of given)
    tx.publish({
      type: is_new ? 'conversation.created' : 'conversation.updated',
      agentId,
      assigneeId: null,
      data: { conversation_id },
    });
  return {
    user_id: userId,
    agent_id: first.agent_id,
    conversation_ids: given.map(({ conversation_id }) => conversation_id),
  };
}

/** Throws 404 for a sender who is not in triage (any more) and for a user who is no colleague. */
export function assignFromTriage(
  app: App,
  actor: Actor,
  id: string,
  userId: string,
): Promise<TriageAssigned> {
  return asUser(app, actor, async (tx) => {
    if ((await findColleagueName(tx, userId)) === null) throw notFound('user');
    const assigned = await assignOne(tx, id, userId);
    publishTriage(tx);
    return assigned;
  });
}

/** Several at once, or none. Throws as assignFromTriage. */
export function assignAllFromTriage(
  app: App,
  actor: Actor,
  { ids, user_id: userId }: TriageBulkAssignBody,
): Promise<TriageChanged> {
  return asUser(app, actor, async (tx) => {
    if ((await findColleagueName(tx, userId)) === null) throw notFound('user');
    const moved = new Set<string>();
    // In one order, so that two owners do not wait for each other in a circle.
    for (const id of ids.toSorted()) {
      // A sender who wrote on two numbers leaves with the first of the two.
      if (moved.has(id)) continue;
      for (const item of await listItemsOfSender(tx, id)) moved.add(item);
      await assignOne(tx, id, userId);
    }
    publishTriage(tx);
    return { changed: ids.length };
  });
}

/**
 * Puts aside, blocks, or takes back. Throws 404 when one of them is not there; then nothing changes. Throws
 * `conversations.reason_without_block`.
 */
export function changeTriage(
  app: App,
  actor: Actor,
  { ids, state, reason }: TriageStateBody,
): Promise<TriageChanged> {
  return asUser(app, actor, async (tx) => {
    const blockReason = reasonOfBlock(state, reason);
    const changed = await setTriageState(tx, ids, { state, blockReason });
    if (changed.length < ids.length) throw notFound('sender in triage');
    const [only] = ids.length === 1 ? ids : [];
    await recordAudit(tx, {
      action: `triage.${state}`,
      subject: { kind: 'triage', id: only ?? null, name: only ? await findWaitingName(tx, only) : null },
      details: { senders: changed.length, ...(blockReason !== null && { reason: blockReason }) },
    });
    publishTriage(tx);
    return { changed: changed.length };
  });
}
