/** Starting a session: a refresh token that is used once, an access token that lives ten minutes, and who they are for. */
import { createHash } from 'node:crypto';
import type { App } from '../../app.ts';
import { asGuest, asUser } from '../../platform/db/tx.ts';
import { newToken } from '../../platform/ids.ts';
import { packRefreshToken } from './refresh-token.ts';
import { ACCESS_TOKEN_SECONDS, issueAccessToken, type TokenSubject } from './access-token.ts';
import type { Actor, Me, SessionAnswer } from './contract.ts';
import { signInRefused } from './errors.ts';
import { findActor, findMe, insertSession, touchUser } from './queries.ts';
import { permissionsOf } from './rules.ts';

/** Days without use after which a session ends. */
export const SESSION_DAYS = 30;

/** What is stored of a token: nobody who reads the database can use it. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Signs a user in. Throws `auth.sign_in_refused` when the user is gone or disabled. */
export async function openSession(
  app: App,
  userId: string,
  userAgent: string | null,
): Promise<SessionAnswer> {
  const secret = newToken();
  const sessionId = await asGuest(app, (tx) =>
    insertSession(tx, { userId, refreshHash: hashToken(secret), userAgent, days: SESSION_DAYS }),
  );
  if (sessionId === null) throw signInRefused();
  return describeSession(app, { userId, sessionId }, packRefreshToken({ sessionId, secret }));
}

/** The answer for a session that was just opened or refreshed. */
export async function describeSession(
  app: App,
  subject: TokenSubject,
  refreshToken: string,
): Promise<SessionAnswer> {
  const actor = await asGuest(app, (tx) => findActor(tx, subject));
  if (!actor) throw signInRefused();
  const me = await asUser(app, actor, async (tx) => {
    await touchUser(tx, actor.userId);
    return describeMe(await findMe(tx, actor.userId));
  });
  const accessToken = await issueAccessToken(app.accessTokenKey, subject, app.clock);
  return { ...me, access_token: accessToken, refresh_token: refreshToken, expires_in: ACCESS_TOKEN_SECONDS };
}

/** The public shape of a person and their organization, with what they may do: by a key only what is in its scopes. */
export function describeMe(row: Awaited<ReturnType<typeof findMe>>, scopes: Actor['scopes'] = null): Me {
  if (!row) throw signInRefused();
  return {
    user: {
      id: row.id,
      name: row.name,
      email: row.email,
      role: row.role,
      is_owner: row.is_owner,
      verified: row.verified,
      organization_id: row.organization_id,
      agent:
        row.agent_id !== null && row.agent_prefix !== null
          ? { id: row.agent_id, prefix: row.agent_prefix }
          : null,
      created_at: row.created_at.toISOString(),
    },
    organization: { id: row.organization_id, name: row.organization_name },
    permissions: permissionsOf({ role: row.role, isOwner: row.is_owner, scopes }),
  };
}
