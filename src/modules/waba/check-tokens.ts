/**
 * Asks Meta what the tokens of an account's live grants are still good for, and warns before they end. Safe to run twice: the same
 * warning has the same key.
 */
import type { App } from '../../app.ts';
import type { TokenInfo } from '../../graph-api/oauth-api.ts';
import { asWorker } from '../../platform/db/tx.ts';
import { tokenPlace, type SendingGrant } from './account-token.ts';
import { findMetaApp } from './meta-app.ts';
import { noteTokenRefused } from './note-token-refused.ts';
import { listLiveGrants, noteToken } from './queries/health.ts';
import { recordOwnEvent } from './record-own-event.ts';
import { decideTokenWarning } from './rules-health.ts';
import { withinTime } from './within-time.ts';

const LIMIT_MS = 6_000;

type Account = { organizationId: string; wabaId: string };
/** A grant whose token Meta has been asked about; `scopes` is null when Meta could not be asked. */
export type CheckedGrant = SendingGrant & { appId: string | null; scopes: string[] | null };

/** Null when Meta cannot be asked: nothing is known then, and nothing changes. */
async function inspect(app: App, account: Account, token: string): Promise<TokenInfo | null> {
  const meta = await findMetaApp(app, account.organizationId);
  if (meta === null) return null;
  try {
    return await withinTime(LIMIT_MS, app.graph.debugToken(meta, token));
  } catch (error) {
    app.log.info({ err: error, waba_id: account.wabaId }, 'A token could not be inspected');
    return null;
  }
}

async function warn(app: App, account: Account, grant: SendingGrant, expiresAt: Date | null): Promise<void> {
  const now = app.clock.now();
  const days = expiresAt === null ? null : decideTokenWarning(expiresAt, now);
  if (expiresAt === null || days === null) return;
  await asWorker(app, account.organizationId, (tx) =>
    recordOwnEvent(tx, {
      ...account,
      event: days === 0 ? 'TOKEN_EXPIRED' : 'TOKEN_EXPIRES',
      severity: days <= 3 ? 'critical' : 'warning',
      payload: { user_id: grant.userId, days, expires_at: expiresAt.toISOString() },
      key: `token-expires/${grant.userId}/${expiresAt.toISOString()}/${String(days)}`,
      occurredAt: now,
    }),
  );
}

/** Looks at one grant; null when its token is no good any more. */
async function checkGrant(
  app: App,
  account: Account,
  grant: Omit<CheckedGrant, 'scopes'> & { expiresAt: Date | null },
): Promise<CheckedGrant | null> {
  const info = await inspect(app, account, grant.token);
  if (info && !info.isValid) {
    const refusal = { code: info.error?.code ?? 190, subcode: info.error?.subcode ?? null };
    await asWorker(app, account.organizationId, (tx) =>
      noteTokenRefused(tx, account.organizationId, grant, refusal),
    );
    return null;
  }
  if (info) await asWorker(app, account.organizationId, (tx) => noteToken(tx, grant, info));
  await warn(app, account, grant, info ? info.expiresAt : grant.expiresAt);
  return { ...grant, appId: grant.appId ?? info?.appId ?? null, scopes: info?.scopes ?? null };
}

/** Checks every live grant of an account; returns those that are still good, the one renewed last first. */
export async function checkTokens(app: App, account: Account): Promise<CheckedGrant[]> {
  const rows = await asWorker(app, account.organizationId, (tx) => listLiveGrants(tx, account.wabaId));
  const good: CheckedGrant[] = [];
  for (const row of rows) {
    if (row.access_token === null) continue;
    const place = { userId: row.user_id, wabaId: row.waba_id };
    const token = app.secretBox.open(row.access_token, tokenPlace(place));
    const grant = {
      ...place,
      sealed: row.access_token,
      token,
      appId: row.app_id,
      expiresAt: row.token_expires_at,
    };
    const checked = await checkGrant(app, account, grant);
    if (checked) good.push(checked);
  }
  return good;
}
