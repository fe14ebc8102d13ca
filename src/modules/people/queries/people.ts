/** SQL of colleagues. Rights are changed by narrow functions alone (db/code/people.sql). */
import { sql } from 'kysely';
import type { Tx } from '../../../platform/db/tx.ts';
import type { PersonPatch } from '../contract.ts';

const columns = [
  'id',
  'name',
  'email',
  'role',
  'is_owner',
  'verified',
  'disabled_at',
  'last_active_at',
  'created_at',
  sql<boolean>`id IN (SELECT app.people_with_second_factor())`.as('second_factor'),
] as const;

export type PersonRow = Awaited<ReturnType<typeof listPeople>>[number];

export type PeopleFilter = { cursor: string | undefined; limit: number; withDisabled: boolean };

/** By name, after the person that `cursor` names. */
export function listPeople(tx: Tx, { cursor, limit, withDisabled }: PeopleFilter) {
  return tx.db
    .selectFrom('users as u')
    .select(columns)
    .$if(!withDisabled, (query) => query.where('disabled_at', 'is', null))
    .$if(cursor !== undefined, (query) =>
      query.where(
        sql<boolean>`(lower(u.name), u.id) > (SELECT lower(c.name), c.id FROM users c WHERE c.id = ${cursor})`,
      ),
    )
    .orderBy(sql`lower(u.name)`)
    .orderBy('u.id')
    .limit(limit)
    .execute();
}

export function findPerson(tx: Tx, id: string) {
  return tx.db.selectFrom('users').select(columns).where('id', '=', id).executeTakeFirst();
}

/** Whether somebody of the asker's own organization has this address. */
export async function isColleague(tx: Tx, email: string): Promise<boolean> {
  const row = await tx.db
    .selectFrom('users')
    .select('id')
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirst();
  return row !== undefined;
}

/** Why a change was refused, or that it was made. */
export type ChangeOutcome =
  'ok' | 'absent' | 'not_owner' | 'not_admin' | 'self' | 'last_owner' | 'last_admin';

export async function changePerson(tx: Tx, id: string, patch: PersonPatch): Promise<ChangeOutcome> {
  const { rows } = await sql<{ outcome: ChangeOutcome }>`
    SELECT app.change_person(${id}, ${patch.name?.trim() ?? null}, ${patch.is_owner ?? null}, ${patch.role ?? null},
      ${patch.disabled ?? null}) AS outcome`.execute(tx.db);
  return rows[0]?.outcome ?? 'absent';
}

export type Removal = {
  outcome: ChangeOutcome | 'holds' | 'only_connection' | 'no_taker';
  /** What the person holds, where that is known. */
  customers: number | null;
  conversations: number | null;
  renters: number | null;
  /** The WhatsApp account that only this person connected. */
  account_name: string | null;
};

export async function removePerson(tx: Tx, id: string, takerId: string | null): Promise<Removal> {
  const { rows } = await sql<Removal>`SELECT * FROM app.remove_person(${id}, ${takerId})`.execute(tx.db);
  const row = rows[0];
  if (!row) throw new Error('Removing a person answered nothing.');
  return row;
}

export async function findAgentOf(tx: Tx, userId: string): Promise<number | null> {
  const row = await tx.db.selectFrom('agents').select('id').where('user_id', '=', userId).executeTakeFirst();
  return row?.id ?? null;
}
