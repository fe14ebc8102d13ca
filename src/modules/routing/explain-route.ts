/**
 * Why a message is where it is, and where one would go: the same rules, asked on behalf of the organization as for a real message, and
 * nothing is stored.
 */
import type { App } from '../../app.ts';
import { asUser, asWorker, type Tx } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import type { Actor } from '../auth/contract.ts';
import type { ContactIdentity } from '../crm/contract.ts';
import { findContact } from '../crm/find-contact.ts';
import { findNumber } from '../waba/find-number.ts';
import type { Candidate, ExplainBody, Explanation, Route, RouteDecision } from './contract.ts';
import { findDecision, findLandlords } from './queries.ts';
import { askRule, isBlocked, type ReceivingNumber, type Sender } from './route-message.ts';
import { chainOf, concludeRoute, keepBlocked, toConsidered, type Verdict } from './rules.ts';

const present = ({ userId, agentId, name }: Candidate) => ({ user_id: userId, agent_id: agentId, name });

/** Throws 404 for a message that is absent, not the reader's, or that nothing was decided about. */
export async function readRoute(app: App, actor: Actor, id: string): Promise<Route> {
  const messageId = /^\d{1,15}$/.test(id) ? Number(id) : null;
  const found = messageId === null ? null : await asUser(app, actor, (tx) => findDecision(tx, messageId));
  if (!found) throw notFound('message with a route');
  const { candidates, decided_at: decidedAt, ...decision } = found;
  return { ...decision, candidates: candidates.map(present), decided_at: decidedAt.toISOString() };
}

/** What would happen to a message that came now. Throws 404 for a number that is not the organization's. */
export function explainRoute(app: App, actor: Actor, body: ExplainBody): Promise<Explanation> {
  return asWorker(app, actor.organizationId, async (tx) => {
    const set = await findNumber(tx, body.phone_number_id);
    if (!set) throw notFound('number');
    const mode = body.mode ?? set.mode;
    // As PATCH of the number would leave it: an order of its own stays with another mode.
    const number = { ...set, mode, routing: body.routing === undefined ? set.routing : body.routing };
    const identity = identityOf(body.from);
    const known = await findContact(tx, { portfolioId: number.portfolioId, identity });
    const stranger = { phones: identity.phone ? [identity.phone] : [], customers: [] };
    const { decision, verdicts } = await tryRules(tx, number, known ?? stranger);
    const { rule, reason, candidates, chosen } = decision;
    return {
      rule,
      reason,
      candidates: candidates.map(present),
      agent_id: chosen?.agentId ?? null,
      user_id: chosen?.userId ?? null,
      considered: verdicts.map(toConsidered),
      mode,
      routing: [...chainOf(number)],
      is_known: known !== null,
    };
  });
}

async function tryRules(
  tx: Tx,
  number: ReceivingNumber,
  sender: Sender,
): Promise<{ decision: RouteDecision; verdicts: Verdict[] }> {
  const landlords = await findLandlords(tx, sender.phones);
  const verdicts: Verdict[] = [];
  for (const rule of chainOf(number)) verdicts.push(await askRule(tx, rule, { number, sender, landlords }));
  const decision = (await isBlocked(tx, number, sender))
    ? keepBlocked()
    : concludeRoute(number.mode, verdicts, landlords);
  return { decision, verdicts };
}

/** As a webhook would name them: digits without a plus. */
function identityOf(from: ExplainBody['from']): ContactIdentity {
  if (typeof from === 'string')
    return /^\+?\d+$/.test(from) ? { phone: from.replace('+', '') } : { userId: from };
  return {
    ...(from.phone === undefined ? {} : { phone: from.phone.replace('+', '') }),
    ...(from.user_id === undefined ? {} : { userId: from.user_id }),
    ...(from.username === undefined ? {} : { username: from.username.replace(/^@/, '') }),
  };
}
