/** Deleting a colleague. What customers wrote stays with the organization: it goes to whoever takes over, or nobody is deleted. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { isUuid } from '../../platform/ids.ts';
import type { Actor } from '../auth/contract.ts';
import { requireRecentSignIn } from '../auth/recent-sign-in.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { refusal } from './errors.ts';
import { findAgentOf, findPerson, removePerson as remove } from './queries/people.ts';

/**
 * @param takerId who gets the customers, conversations, orders and renters; null when there should be none
 * @throws AppError 404; `people.holds_customers` with how much; `people.only_connection`; `people.…` for what must not be
 */
export async function removePerson(
  app: App,
  actor: Actor,
  id: string,
  takerId: string | null,
): Promise<void> {
  if (!isUuid(id)) throw notFound('person');
  requireRecentSignIn(actor, app.clock);
  await asUser(app, actor, async (tx) => {
    const person = await findPerson(tx, id);
    if (!person) throw notFound('person');
    const removal = await remove(tx, id, takerId);
    if (removal.outcome !== 'ok') throw refusal(removal);
    const { customers, conversations, renters } = removal;
    const details = { handed_over_to: takerId, customers, conversations, renters };
    const subject = { kind: 'user', id, name: person.name };
    await recordAudit(tx, { action: 'person.removed', subject, details });
    // Whole conversations changed hands: whoever has them now, and every owner, fetches anew.
    const takerAgent = takerId === null ? null : await findAgentOf(tx, takerId);
    tx.publish({ type: 'resync', agentId: takerAgent, assigneeId: null, data: {} });
  });
}
