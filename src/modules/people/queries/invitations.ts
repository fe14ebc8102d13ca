/** SQL of invitations: for owners behind the wall, for the worker that mails them, and for guests who show a token (db/code/people.sql). */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';

/** Days in which an invitation can be accepted. */
const LIFETIME = sql<Date>`now() + interval '7 days'`;

const columns = [
  'id',
  'email',
  'name',
  'is_owner',
  'by_mail',
  'mailed_at',
  'created_at',
  'expires_at',
] as const;

export type InvitationRow = Awaited<ReturnType<typeof listInvitations>>[number];

/** Newest first, after the invitation that `cursor` names. */
export function listInvitations(tx: Tx, { cursor, limit }: { cursor: string | undefined; limit: number }) {
  return tx.db
    .selectFrom('invitations as i')
    .select([...columns, sql<boolean>`expires_at <= now()`.as('expired')])
    .$if(cursor !== undefined, (query) =>
      query.where(
        sql<boolean>`(i.created_at, i.id) < (SELECT c.created_at, c.id FROM invitations c WHERE c.id = ${cursor})`,
      ),
    )
    .orderBy('i.created_at', 'desc')
    .orderBy('i.id', 'desc')
    .limit(limit)
    .execute();
}

export function findInvitation(tx: Tx, id: string) {
  return tx.db
    .selectFrom('invitations')
    .select([...columns, sql<boolean>`expires_at <= now()`.as('expired')])
    .where('id', '=', id)
    .executeTakeFirst();
}

export type NewInvitation = {
  organizationId: string;
  email: string;
  name: string;
  isOwner: boolean;
  tokenHash: Buffer;
  byMail: boolean;
  invitedBy: string;
};

/** Asks somebody anew when they were asked before: the earlier link stops working. Returns the id. */
export async function upsertInvitation(tx: Tx, made: NewInvitation): Promise<string> {
  const renewed = {
    name: made.name,
    is_owner: made.isOwner,
    token_hash: made.tokenHash,
    by_mail: made.byMail,
    invited_by: made.invitedBy,
    expires_at: LIFETIME,
  };
  const { id } = await tx.db
    .insertInto('invitations')
    .values({ organization_id: made.organizationId, email: made.email, ...renewed })
    .onConflict((conflict) =>
      conflict
        .expression(sql`organization_id, lower(email)`)
        .doUpdateSet({ ...renewed, mailed_at: null, created_at: sql`now()` }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A new link and another seven days. */
export async function renewInvitation(
  tx: Tx,
  id: string,
  { tokenHash, byMail }: { tokenHash: Buffer; byMail: boolean },
): Promise<void> {
  await tx.db
    .updateTable('invitations')
    .set({ token_hash: tokenHash, by_mail: byMail, mailed_at: null, expires_at: LIFETIME })
    .where('id', '=', id)
    .execute();
}

export async function deleteInvitation(tx: Tx, id: string): Promise<{ email: string } | null> {
  const gone = await tx.db
    .deleteFrom('invitations')
    .where('id', '=', id)
    .returning('email')
    .executeTakeFirst();
  return gone ?? null;
}

/** For the worker: a letter that has still to be written, with a token of its own. Null when there is none to write. */
export async function addressInvitation(tx: Tx, id: string, tokenHash: Buffer) {
  const changed = await tx.db
    .updateTable('invitations')
    .set({ token_hash: tokenHash })
    .where('id', '=', id)
    .where('by_mail', '=', true)
    .where('mailed_at', 'is', null)
    .where('expires_at', '>', sql<Date>`now()`)
    .returning(['email', 'name', 'organization_id', 'invited_by'])
    .executeTakeFirst();
  if (!changed) return null;
  const names = await tx.db
    .selectFrom('organizations as o')
    .leftJoin('users as u', (join) => join.on('u.id', '=', changed.invited_by))
    .select(['o.name as organization_name', 'u.name as inviter_name'])
    .executeTakeFirstOrThrow();
  return { ...changed, ...names };
}

/** The mail server took the letter with this token. */
export async function noteMailed(tx: Tx, id: string): Promise<void> {
  await tx.db
    .updateTable('invitations')
    .set({ mailed_at: sql`now()` })
    .where('id', '=', id)
    .execute();
}

export type OpenInvitationRow = {
  organization_name: string;
  inviter_name: string | null;
  email: string;
  name: string;
  expires_at: Date;
};

/** Null when the token is unknown, used or too old. */
export async function findOpenInvitation(tx: Tx, tokenHash: Buffer): Promise<OpenInvitationRow | null> {
  const { rows } = await sql<OpenInvitationRow>`SELECT * FROM app.find_invitation(${tokenHash})`.execute(
    tx.db,
  );
  return rows[0] ?? null;
}

export type Acceptance = {
  tokenHash: Buffer;
  name: string;
  passwordHash: string;
  agentPrefix: string;
  /** No letter could be sent: whoever handed the link over answers for the person. */
  ownerAnswers: boolean;
};

/** The new user's id; null when the invitation is no longer open. */
export async function acceptInvitation(tx: Tx, acceptance: Acceptance): Promise<string | null> {
  const { rows } = await sql<{ user_id: string | null }>`
    SELECT app.accept_invitation(${acceptance.tokenHash}, ${acceptance.name}, ${acceptance.passwordHash},
      ${acceptance.agentPrefix}, ${acceptance.ownerAnswers}) AS user_id`.execute(tx.db);
  return rows[0]?.user_id ?? null;
}

export async function forgetOldInvitations(tx: Tx): Promise<void> {
  await sql`SELECT app.forget_old_invitations()`.execute(tx.db);
}
