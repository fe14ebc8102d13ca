/**
 * All SQL of connection attempts. What must stay true: a state is taken once, in one statement; a step is worked on by whoever holds
 * the lease, and only with it is anything written.
 */
import { sql, type Selectable } from 'kysely';
import type { ConnectionAttempts } from '../../../platform/db/generated/database.ts';
import type { Tx } from '../../../platform/db/tx.ts';
import type { Place } from '../../../platform/paging.ts';
import type { ConnectionKind, ConnectionStatus, ConnectionStep, RegistrationOutcome } from '../contract.ts';

/** A number of the account as the attempt knows it. */
export type AttemptNumber = {
  id: string;
  display: string;
  outcome: RegistrationOutcome;
  /** What is asked of its WhatsApp Business app next, or what came of it; absent for a number that is not there. */
  sync?: 'contacts' | 'history' | 'requested' | 'needs_attention';
  code: string | null;
  message: string | null;
};
export type AttemptError = { code: string; message: string; can_continue: boolean };

/** A row; its JSON columns are written by this module alone. */
export type Attempt = Omit<
  Selectable<ConnectionAttempts>,
  'kind' | 'status' | 'step' | 'choices' | 'account' | 'error'
> & {
  kind: ConnectionKind;
  status: ConnectionStatus;
  step: ConnectionStep;
  choices: { waba_id: string; name: string | null }[] | null;
  account: { name: string | null; numbers: AttemptNumber[] } | null;
  error: AttemptError | null;
};

export type NewAttempt = Pick<Attempt, 'id' | 'kind' | 'status' | 'step' | 'app_id'> &
  Partial<
    Pick<
      Attempt,
      'session_id' | 'state_hash' | 'redirect_uri' | 'waba_id' | 'phone_number_id' | 'access_token'
    >
  >;

/** What a step changes. */
export type AttemptChange = Partial<
  Pick<
    Attempt,
    | 'status'
    | 'step'
    | 'waba_id'
    | 'phone_number_id'
    | 'access_token'
    | 'token_kind'
    | 'token_expires_at'
    | 'choices'
    | 'account'
    | 'error'
  >
>;

const json = (value: unknown) => (value === undefined || value === null ? value : JSON.stringify(value));

export async function insertAttempt(
  tx: Tx,
  owner: { organizationId: string; userId: string },
  attempt: NewAttempt,
): Promise<Attempt> {
  const row = await tx.db
    .insertInto('connection_attempts')
    .values({
      ...attempt,
      organization_id: owner.organizationId,
      user_id: owner.userId,
      state_expires_at: attempt.state_hash ? sql<Date>`now() + interval '10 minutes'` : null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return row as Attempt;
}

/**
 * Takes the attempt that a state belongs to. Undefined when the state was used, is too old, or was begun by somebody else or in
 * another session: nobody learns which.
 */
export async function takeState(
  tx: Tx,
  state: { hash: Buffer; sessionId: string; lease: string },
): Promise<Attempt | undefined> {
  const row = await tx.db
    .updateTable('connection_attempts')
    .set({
      state_hash: null,
      status: 'running',
      step: 'exchange',
      lease: state.lease,
      leased_until: LEASED_UNTIL,
      updated_at: sql`now()`,
    })
    .where('state_hash', '=', state.hash)
    .where('session_id', '=', state.sessionId)
    .where('status', '=', 'consent')
    .where('state_expires_at', '>', sql<Date>`now()`)
    .returningAll()
    .executeTakeFirst();
  return row as Attempt | undefined;
}

/** Longer than any step: most make one call, of at most 20 seconds. */
const LEASED_UNTIL = sql<Date>`now() + interval '60 seconds'`;

/** Undefined when there is nothing to go on with, or another request holds the lease. */
export async function leaseAttempt(tx: Tx, id: string, lease: string): Promise<Attempt | undefined> {
  const row = await tx.db
    .updateTable('connection_attempts')
    .set({ status: 'running', error: null, lease, leased_until: LEASED_UNTIL, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('expires_at', '>', sql<Date>`now()`)
    .where((eb) =>
      eb.or([
        eb('status', '=', 'running'),
        eb.and([eb('status', '=', 'failed'), eb(sql`error ->> 'can_continue'`, '=', 'true')]),
      ]),
    )
    .where((eb) => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<', sql<Date>`now()`)]))
    .returningAll()
    .executeTakeFirst();
  return row as Attempt | undefined;
}

/** Writes what a step came to and gives the lease back. Undefined when the lease was lost: nothing is written then. */
export async function saveAttempt(
  tx: Tx,
  { id, lease }: { id: string; lease: string },
  { choices, account, error, ...change }: AttemptChange,
): Promise<Attempt | undefined> {
  const row = await tx.db
    .updateTable('connection_attempts')
    .set({
      ...change,
      ...(choices === undefined ? {} : { choices: json(choices) }),
      ...(account === undefined ? {} : { account: json(account) }),
      ...(error === undefined ? {} : { error: json(error) }),
      lease: null,
      leased_until: null,
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .where('lease', '=', lease)
    .returningAll()
    .executeTakeFirst();
  return row as Attempt | undefined;
}

export async function findAttempt(tx: Tx, id: string): Promise<Attempt | undefined> {
  const row = await tx.db
    .selectFrom('connection_attempts')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  return row as Attempt | undefined;
}

/** A person's attempts, newest first; `before` is the position of the last one of the page before. */
export async function listAttempts(
  tx: Tx,
  page: { limit: number; before: Place | undefined },
): Promise<(Attempt & { position: string })[]> {
  let query = tx.db
    .selectFrom('connection_attempts')
    .selectAll()
    .select(sql<string>`created_at::text`.as('position'))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit);
  if (page.before)
    query = query.where(
      sql<boolean>`(created_at, id) < (${page.before.position}::timestamptz, ${page.before.id}::uuid)`,
    );
  return (await query.execute()) as (Attempt & { position: string })[];
}

/** The person names the account that the attempt goes on with. Undefined when it does not wait for that. */
export async function chooseAttemptAccount(tx: Tx, id: string, wabaId: string): Promise<Attempt | undefined> {
  const row = await tx.db
    .updateTable('connection_attempts')
    .set({ waba_id: wabaId, status: 'running', updated_at: sql`now()` })
    .where('id', '=', id)
    .where('status', '=', 'choosing')
    .returningAll()
    .executeTakeFirst();
  return row as Attempt | undefined;
}

const ENDED = { status: 'cancelled', access_token: null, state_hash: null } as const;

/** Ends an attempt that is not done; its token is forgotten. Undefined when there is none to end. */
export async function cancelAttempt(tx: Tx, id: string): Promise<Attempt | undefined> {
  const row = await tx.db
    .updateTable('connection_attempts')
    .set({ ...ENDED, lease: null, leased_until: null, updated_at: sql`now()` })
    .where('id', '=', id)
    .where('status', '<>', 'done')
    .returningAll()
    .executeTakeFirst();
  return row as Attempt | undefined;
}

/** The account is connected: what was begun for it before needs no going on. */
export async function endOtherAttempts(tx: Tx, done: { id: string; wabaId: string }): Promise<void> {
  await tx.db
    .updateTable('connection_attempts')
    .set({ ...ENDED, updated_at: sql`now()` })
    .where('waba_id', '=', done.wabaId)
    .where('id', '<>', done.id)
    .where('status', 'in', ['running', 'failed', 'choosing'])
    .where((eb) => eb.or([eb('leased_until', 'is', null), eb('leased_until', '<', sql<Date>`now()`)]))
    .execute();
}

/** Attempts that nobody went on with for a day lose their token; after a month they go. */
export async function forgetAttempts(tx: Tx): Promise<void> {
  await sql`SELECT app.forget_connection_attempts()`.execute(tx.db);
}
