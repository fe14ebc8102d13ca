/** All SQL of this module: the gate's functions and what a person may read about themselves. */
import { sql } from 'kysely';
import type { Tx } from '../../platform/db/tx.ts';
import type { Actor, Role } from './contract.ts';

export type NewOrganization = {
  organizationId: string;
  organizationName: string;
  name: string;
  email: string;
  passwordHash: string;
  agentPrefix: string;
  /** Whether the operator vouches for the email. */
  isTrusted: boolean;
  /** Whether only the first user of the install gets in. */
  firstOnly: boolean;
};

export async function hasUsers(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ has_users: boolean }>`SELECT app.has_users()`.execute(tx.db);
  return rows[0]?.has_users ?? false;
}

/** Returns the owner's user id; null when only the first user may register, and somebody has. */
export async function insertOrganization(tx: Tx, made: NewOrganization): Promise<string | null> {
  const { rows } = await sql<{ user_id: string | null }>`
    SELECT app.register_organization(${made.organizationId}, ${made.organizationName}, ${made.name}, ${made.email},
      ${made.passwordHash}, ${made.agentPrefix}, ${made.isTrusted}, ${made.firstOnly}) AS user_id`.execute(
    tx.db,
  );
  return rows[0]?.user_id ?? null;
}

/** Adds a person to the owner's organization; returns their user id. */
export async function insertMember(
  tx: Tx,
  member: { name: string; email: string; passwordHash: string; agentPrefix: string },
): Promise<string> {
  const { rows } = await sql<{ user_id: string }>`
    SELECT app.add_member(${member.name}, ${member.email}, ${member.passwordHash}, ${member.agentPrefix}) AS user_id`.execute(
    tx.db,
  );
  const row = rows[0];
  if (!row) throw new Error('Adding a member returned no user.');
  return row.user_id;
}

export type NewSession = { userId: string; refreshHash: Buffer; userAgent: string | null; days: number };

/** Null when the user is gone or disabled. */
export async function insertSession(tx: Tx, session: NewSession): Promise<string | null> {
  const { rows } = await sql<{ id: string | null }>`
    SELECT app.open_session(${session.userId}, ${session.refreshHash}, ${session.userAgent}, make_interval(days => ${session.days})) AS id`.execute(
    tx.db,
  );
  return rows[0]?.id ?? null;
}

export async function rotateSession(
  tx: Tx,
  sessionId: string,
  { presented, replacement }: { presented: Buffer; replacement: Buffer },
): Promise<{ userId: string; sessionId: string } | null> {
  const { rows } = await sql<{ session_id: string; user_id: string }>`
    SELECT * FROM app.rotate_session(${sessionId}, ${presented}, ${replacement})`.execute(tx.db);
  const row = rows[0];
  return row ? { userId: row.user_id, sessionId: row.session_id } : null;
}

export async function closeSession(tx: Tx, sessionId: string): Promise<void> {
  await sql`SELECT app.close_session(${sessionId})`.execute(tx.db);
}

export async function insertSignInLink(
  tx: Tx,
  email: string,
  tokenHash: Buffer,
  minutes: number,
): Promise<boolean> {
  const { rows } = await sql<{ made: boolean }>`
    SELECT app.create_sign_in_link(${email}, ${tokenHash}, make_interval(mins => ${minutes})) AS made`.execute(
    tx.db,
  );
  return rows[0]?.made ?? false;
}

export async function redeemSignInLink(tx: Tx, tokenHash: Buffer): Promise<string | null> {
  const { rows } = await sql<{
    user_id: string | null;
  }>`SELECT app.use_sign_in_link(${tokenHash}) AS user_id`.execute(tx.db);
  return rows[0]?.user_id ?? null;
}

export async function findFirstAdminEmail(tx: Tx): Promise<string | null> {
  const { rows } = await sql<{ email: string | null }>`SELECT app.first_admin_email() AS email`.execute(
    tx.db,
  );
  return rows[0]?.email ?? null;
}

/** Null when the session ended, the user was disabled, or the two do not belong together. */
export async function findActor(
  tx: Tx,
  subject: { userId: string; sessionId: string },
): Promise<Actor | null> {
  const { rows } = await sql<{
    organization_id: string;
    role: Role;
    is_owner: boolean;
    agent_id: number | null;
    agent_prefix: string | null;
    agent_home: number | null;
    authenticated_at: Date | null;
  }>`SELECT * FROM app.load_actor(${subject.sessionId}, ${subject.userId})`.execute(tx.db);
  const row = rows[0];
  if (!row) return null;
  const { agent_id: id, agent_prefix: prefix, agent_home: home } = row;
  return {
    ...subject,
    organizationId: row.organization_id,
    apiKeyId: null,
    scopes: null,
    authenticatedAt: row.authenticated_at,
    role: row.role,
    isOwner: row.is_owner,
    agent: id !== null && prefix !== null && home !== null ? { id, prefix, home } : null,
  };
}

export function findMe(tx: Tx, userId: string) {
  return tx.db
    .selectFrom('users')
    .innerJoin('organizations', 'organizations.id', 'users.organization_id')
    .leftJoin('agents', 'agents.user_id', 'users.id')
    .select([
      'users.id',
      'users.name',
      'users.email',
      'users.role',
      'users.is_owner',
      'users.verified',
      'users.organization_id',
      'users.created_at',
      'organizations.name as organization_name',
      'agents.id as agent_id',
      'agents.agent_prefix',
    ])
    .where('users.id', '=', userId)
    .executeTakeFirst();
}

export async function touchUser(tx: Tx, userId: string): Promise<void> {
  await tx.db
    .updateTable('users')
    .set({ last_active_at: sql`now()` })
    .where('id', '=', userId)
    .execute();
}

/** The name that colleagues see, and the one that customers do. */
export async function renameUser(tx: Tx, userId: string, name: string): Promise<void> {
  await tx.db.updateTable('users').set({ name }).where('id', '=', userId).execute();
  await tx.db
    .updateTable('user_profiles')
    .set({ full_name: name, updated_at: sql`now()` })
    .where('id', '=', userId)
    .execute();
}

export function listSessions(tx: Tx, userId: string) {
  return tx.db
    .selectFrom('sessions')
    .select(['id', 'user_agent', 'created_at', 'last_used_at'])
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .orderBy('last_used_at', 'desc')
    .execute();
}

/** Whether there was such a live session. */
export async function revokeSession(tx: Tx, sessionId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('sessions')
    .set({ revoked_at: sql`now()` })
    .where('id', '=', sessionId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ends every session of a person but one; returns how many. */
export async function revokeOtherSessions(tx: Tx, userId: string, kept: string): Promise<number> {
  const { numUpdatedRows } = await tx.db
    .updateTable('sessions')
    .set({ revoked_at: sql`now()` })
    .where('user_id', '=', userId)
    .where('id', '<>', kept)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** Forgets sessions and links that ended long ago. */
export async function forgetEndedSessions(tx: Tx): Promise<void> {
  await sql`SELECT app.forget_ended_sessions()`.execute(tx.db);
}
