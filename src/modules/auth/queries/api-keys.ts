/** SQL of API keys: what their owners see, and the two questions of the gate (db/code/api_keys.sql). */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { Actor, Role } from '../contract.ts';

export type ApiKeyRow = {
  id: string;
  name: string;
  hint: string;
  scopes: string[];
  user_id: string;
  user_name: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
};

function apiKeyRows(tx: Tx) {
  return tx.db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .select([
      'k.id',
      'k.name',
      'k.hint',
      'k.scopes',
      'k.user_id',
      'u.name as user_name',
      'k.created_at',
      'k.expires_at',
      'k.last_used_at',
    ]);
}

/** Newest first, after the key that `cursor` names. */
export function listApiKeys(
  tx: Tx,
  { cursor, limit }: { cursor: string | undefined; limit: number },
): Promise<ApiKeyRow[]> {
  return apiKeyRows(tx)
    .$if(cursor !== undefined, (query) =>
      query.where(
        sql<boolean>`(k.created_at, k.id) < (SELECT c.created_at, c.id FROM api_keys c WHERE c.id = ${cursor})`,
      ),
    )
    .orderBy('k.created_at', 'desc')
    .orderBy('k.id', 'desc')
    .limit(limit)
    .execute();
}

export type MadeKeyRow = {
  userId: string;
  organizationId: string;
  name: string;
  keyHash: Buffer;
  hint: string;
  scopes: readonly string[];
  expiresAt: string | null;
};

export async function insertApiKey(tx: Tx, key: MadeKeyRow): Promise<ApiKeyRow> {
  const { id } = await tx.db
    .insertInto('api_keys')
    .values({
      organization_id: key.organizationId,
      user_id: key.userId,
      name: key.name,
      key_hash: key.keyHash,
      hint: key.hint,
      scopes: [...key.scopes],
      expires_at: key.expiresAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return apiKeyRows(tx).where('k.id', '=', id).executeTakeFirstOrThrow();
}

/** What was deleted; null when there is no such key, or it is not the asker's to revoke. */
export async function deleteApiKey(tx: Tx, id: string): Promise<{ name: string; user_id: string } | null> {
  const gone = await tx.db
    .deleteFrom('api_keys')
    .where('id', '=', id)
    .returning(['name', 'user_id'])
    .executeTakeFirst();
  return gone ?? null;
}

/** The id of the live key with this hash, and notes that it was used. */
export async function useApiKey(tx: Tx, hash: Buffer): Promise<string | null> {
  const { rows } = await sql<{ id: string | null }>`SELECT app.use_api_key(${hash}) AS id`.execute(tx.db);
  return rows[0]?.id ?? null;
}

/** Null when the key was revoked, expired, or its user is disabled. */
export async function findKeyActor(tx: Tx, keyId: string): Promise<Actor | null> {
  const { rows } = await sql<{
    user_id: string;
    organization_id: string;
    role: Role;
    is_owner: boolean;
    agent_id: number | null;
    agent_prefix: string | null;
    agent_home: number | null;
    scopes: string[];
  }>`SELECT * FROM app.load_key_actor(${keyId})`.execute(tx.db);
  const row = rows[0];
  if (!row) return null;
  const { agent_id: id, agent_prefix: prefix, agent_home: home } = row;
  return {
    userId: row.user_id,
    organizationId: row.organization_id,
    sessionId: null,
    apiKeyId: keyId,
    scopes: row.scopes,
    authenticatedAt: null,
    role: row.role,
    isOwner: row.is_owner,
    agent: id !== null && prefix !== null && home !== null ? { id, prefix, home } : null,
  };
}
