/** Makes a key for a program. Its text is in this one answer and nowhere else. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError } from '../../platform/errors.ts';
import { recordAudit } from '../organizations/record-audit.ts';
import { hashApiKey, hintOfApiKey, newApiKey } from './api-key.ts';
import type { Actor, ApiKey, MadeApiKey, NewApiKey } from './contract.ts';
import { insertApiKey, type ApiKeyRow } from './queries/api-keys.ts';
import { requireRecentSignIn } from './recent-sign-in.ts';
import { can } from './rules.ts';

/** The public shape of a key. */
export function presentApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    hint: row.hint,
    scopes: row.scopes,
    user: { id: row.user_id, name: row.user_name },
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at?.toISOString() ?? null,
    last_used_at: row.last_used_at?.toISOString() ?? null,
  };
}

/**
 * @throws AppError `auth.sign_in_again` when the maker's sign-in is older than five minutes, `auth.scope_not_yours` for what they may not
 * do themselves, `auth.key_expires_in_the_past`
 */
export async function createApiKey(app: App, actor: Actor, body: NewApiKey): Promise<MadeApiKey> {
  requireRecentSignIn(actor, app.clock);
  const foreign = body.scopes.filter((scope) => !can(actor, scope));
  if (foreign.length > 0)
    throw new AppError(
      'auth.scope_not_yours',
      403,
      `A key may at most what you may yourself. Leave out: ${foreign.join(', ')}.`,
      { scopes: foreign },
    );
  const expiresAt = body.expires_at ?? null;
  if (expiresAt !== null && new Date(expiresAt) <= app.clock.now())
    throw new AppError(
      'auth.key_expires_in_the_past',
      400,
      'The key would have expired already. Choose a later time.',
    );
  const key = newApiKey();
  const keyHash = hashApiKey(key);
  if (!keyHash) throw new Error('A new key does not have the shape of keys.');
  const { userId, organizationId } = actor;
  const row = await asUser(app, actor, async (tx) => {
    const name = body.name.trim();
    const made = await insertApiKey(tx, {
      ...{ userId, organizationId, name, keyHash, expiresAt },
      hint: hintOfApiKey(key),
      scopes: body.scopes,
    });
    const details = { scopes: body.scopes, expires_at: expiresAt };
    await recordAudit(tx, {
      action: 'api_key.created',
      subject: { kind: 'api_key', id: made.id, name },
      details,
    });
    return made;
  });
  return { api_key: presentApiKey(row), key };
}
