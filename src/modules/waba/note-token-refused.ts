/**
 * Meta refused a grant's token: the grant is no longer live, and people are told. Other grants on the same account, of colleagues,
 * go on. What must stay true: a token that replaced the refused one meanwhile is not touched.
 */
import { GraphError } from '../../graph-api/graph-error.ts';
import type { Tx } from '../../platform/db/tx.ts';
import type { SendingGrant } from './account-token.ts';
import { recordOwnEvent } from './record-own-event.ts';
import { endGrant } from './queries/health.ts';

/** Whether an error means that the token will never work again (190 and its subcodes; 0 and 104 are the same in other words). */
export function isTokenRefused(error: unknown): error is GraphError {
  return error instanceof GraphError && error.kind === 'token';
}

/** Ends the grant, unless it has another token by now. */
export async function noteTokenRefused(
  tx: Tx,
  organizationId: string,
  grant: Omit<SendingGrant, 'token'>,
  refusal: Pick<GraphError, 'code' | 'subcode'>,
): Promise<void> {
  const reason = refusal.subcode === null ? String(refusal.code ?? 190) : `190/${String(refusal.subcode)}`;
  const ended = await endGrant(tx, grant, reason);
  if (!ended) return;
  await recordOwnEvent(tx, {
    organizationId,
    wabaId: grant.wabaId,
    event: 'TOKEN_REFUSED',
    severity: 'critical',
    payload: { user_id: grant.userId, code: refusal.code, subcode: refusal.subcode },
    key: `token-refused/${grant.userId}/${ended.connectedAt.toISOString()}`,
    occurredAt: ended.disconnectedAt,
  });
  // Whatever else ended with it, such as colleagues' tokens, is found before somebody waits for it.
  const account = { organization_id: organizationId, waba_id: grant.wabaId };
  tx.enqueue('waba.check-account', account, { singletonKey: `${organizationId}/${grant.wabaId}` });
}
