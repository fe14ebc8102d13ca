/**
 * The only way to the data. A Tx is one transaction, one actor, one organization; asUser, asWorker, asGuest, asClaimer and asUpkeeper
 * are the only functions that can make one, because its brand is not exported. State, events and jobs commit together or not at all.
 */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { AppError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';
import { NamedTurns, NoTurnLeft } from '../turns.ts';
import { isUnanswered } from './connection.ts';
import type { DB } from './generated/database.ts';

declare const brand: unique symbol;

/** Something that moved and that screens should know; ids only. Who may see it: the agent, the assignee, the owners. */
export type PublishedEvent = {
  type: string;
  agentId: number | null;
  assigneeId: string | null;
  data: Record<string, unknown>;
};

/** Options of a job that commits with its transaction. */
export type EnqueueOptions = { singletonKey?: string; startAfterSeconds?: number };

/** One transaction under row level security. */
export type Tx = {
  readonly [brand]: true;
  /** Null for a guest, who sees nothing. */
  readonly organizationId: string | null;
  /** Typed SQL on this transaction's connection. */
  readonly db: Kysely<DB>;
  /** Tells screens, at commit. */
  publish(event: PublishedEvent): void;
  /**
   * Says that this work touches something that other work in the same transaction must not touch as well. Throws SharedTxConflict when
   * it does: locks of the database hold off other transactions only. Does nothing in a transaction that is not shared.
   */
  exclusively(name: string): void;
  /** Starts a job, if this transaction commits. The payload carries ids only. */
  enqueue(job: string, payload: Record<string, unknown>, options?: EnqueueOptions): void;
};

/** Who a transaction acts for, and by which session or API key: the audit writes both down. */
export type TxUser = {
  userId: string;
  organizationId: string;
  sessionId?: string | null;
  apiKeyId?: string | null;
};

/** The pools that transactions are made on. */
export type Databases = {
  /** Requests of people: the app role. */
  web: pg.Pool;
  /** Jobs: the worker role. */
  worker: pg.Pool;
  /** Webhooks only, so that slow screens can never keep a delivery from being stored: the worker role. */
  ingest: pg.Pool;
  /** Work on whole tables that takes its time: the worker role. */
  upkeep: pg.Pool;
};

type Begin = { pool: pg.Pool; begin: string; organizationId: string | null };

const MAX_ATTEMPTS = 3;
/** BEGIN takes no time, so a database that does not answer it hangs: known long before a slow statement would be given up. */
const HANGS_AFTER_MS = 5_000;
// Serialization failure and deadlock: the transaction did nothing and may simply run again.
const REPEATABLE = new Set(['40001', '40P01']);

/** Two pieces of work in one transaction touch the same thing: each needs a transaction of its own. */
export class SharedTxConflict extends Error {
  override name = 'SharedTxConflict';
}

/** One transaction for several pieces of work at once, each with its own of the returned. All of it commits or nothing. */
export function shareTx(tx: Tx, pieces: number): Tx[] {
  const owners = new Map<string, Tx>();
  return Array.from({ length: pieces }, () => {
    const piece: Tx = {
      ...tx,
      exclusively(name) {
        const owner = owners.get(name) ?? piece;
        if (owner !== piece) throw new SharedTxConflict();
        owners.set(name, owner);
      },
    };
    return piece;
  });
}

/**
 * Of the connections for requests, most: one organization's slow or stuck requests wait for each other, and the others have the rest.
 * None waits longer than for a connection.
 */
const ofOneOrganization = new NamedTurns({ atOnce: 8, mostWaiting: 200, patience: 5_000 });

function tooBusy(): AppError {
  const remedy = 'Too many requests of your organization are under way. Try again in a few seconds.';
  return new AppError('platform.too_busy', 503, remedy, { retry_after: 5 });
}

/**
 * Runs work as a signed-in user. Work may run again after a deadlock, so it does nothing but database work.
 * @throws AppError `platform.too_busy` when too many of the organization's wait already
 */
export async function asUser<T>(
  app: { databases: Databases },
  user: TxUser,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const claims = pg.escapeLiteral(
    JSON.stringify({
      sub: user.userId,
      role: 'authenticated',
      ...(user.sessionId ? { session_id: user.sessionId } : {}),
      ...(user.apiKeyId ? { api_key_id: user.apiKeyId } : {}),
    }),
  );
  const begin = `BEGIN; SET LOCAL request.jwt.claims = ${claims}`;
  const { organizationId } = user;
  try {
    return await ofOneOrganization.take(organizationId, () =>
      run({ pool: app.databases.web, begin, organizationId }, work),
    );
  } catch (error) {
    throw error instanceof NoTurnLeft ? tooBusy() : error;
  }
}

/** Runs work on behalf of an organization, in a job. */
export function asWorker<T>(
  app: { databases: Databases },
  organizationId: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const begin = `BEGIN; SET LOCAL app.organization_id = ${pg.escapeLiteral(organizationId)}`;
  return run({ pool: app.databases.worker, begin, organizationId }, work);
}

/** Runs work for nobody: it sees no row and can only call the functions of the gate (db/code/auth.sql). */
export function asGuest<T>(app: { databases: Databases }, work: (tx: Tx) => Promise<T>): Promise<T> {
  return run({ pool: app.databases.web, begin: 'BEGIN', organizationId: null }, work);
}

/** Runs work that claims or finishes rows of all organizations through the worker's narrow functions. */
export function asClaimer<T>(app: { databases: Databases }, work: (tx: Tx) => Promise<T>): Promise<T> {
  return run({ pool: app.databases.worker, begin: 'BEGIN', organizationId: null }, work);
}

/** As asClaimer, for statements that may run for minutes. */
export function asUpkeeper<T>(app: { databases: Databases }, work: (tx: Tx) => Promise<T>): Promise<T> {
  return run({ pool: app.databases.upkeep, begin: 'BEGIN', organizationId: null }, work);
}

async function run<T>(begin: Begin, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(begin, work);
    } catch (error) {
      if (
        attempt >= MAX_ATTEMPTS ||
        !(error instanceof pg.DatabaseError) ||
        !REPEATABLE.has(error.code ?? '')
      )
        throw error;
    }
  }
}

async function attemptOnce<T>(begin: Begin, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await begin.pool.connect();
  let broken: Error | undefined;
  const noteLoss = (error: Error) => (broken = error);
  client.on('error', noteLoss);
  try {
    const opening: pg.QueryConfig & { query_timeout: number } = {
      text: begin.begin,
      query_timeout: HANGS_AFTER_MS,
    };
    await client.query(opening);
    const { tx, flush } = openTx(client, begin.organizationId);
    const result = await work(tx);
    await flush();
    await Promise.all([client.query('COMMIT'), failpoint('transaction.committing')]);
    return result;
  } catch (error) {
    // A connection that does not answer would not answer ROLLBACK either; closing it rolls back too.
    if (isUnanswered(error)) broken = error;
    else
      await client
        .query('ROLLBACK')
        .catch((lost: unknown) => (broken = lost instanceof Error ? lost : new Error('connection lost')));
    throw error;
  } finally {
    client.off('error', noteLoss);
    client.release(broken);
  }
}

type QueuedJob = { job: string; payload: Record<string, unknown>; options: EnqueueOptions };

function openTx(client: pg.PoolClient, organizationId: string | null) {
  const events: PublishedEvent[] = [];
  const jobs: QueuedJob[] = [];
  const tx = {
    organizationId,
    db: kyselyOn(client),
    exclusively: () => undefined,
    publish: (event: PublishedEvent) => void events.push(event),
    enqueue: (job: string, payload: Record<string, unknown>, options: EnqueueOptions = {}) =>
      void jobs.push({ job, payload, options }),
  } as unknown as Tx;
  /** Jobs, then events: publishing takes the organization's lock, so it is the last thing before COMMIT. */
  const flush = async () => {
    for (const { job, payload, options } of jobs)
      await client.query('SELECT app.enqueue_job($1, $2, $3)', [
        job,
        JSON.stringify(payload),
        JSON.stringify(options),
      ]);
    if (events.length === 0) return;
    const rows = events.map((e) => ({
      type: e.type,
      agent_id: e.agentId,
      assignee_id: e.assigneeId,
      data: e.data,
    }));
    await client.query('SELECT app.publish_events($1)', [JSON.stringify(rows)]);
    await failpoint('transaction.events-published');
  };
  return { tx, flush };
}

/** Kysely on one connection that is already in a transaction: it never takes another and never gives this one back. */
function kyselyOn(client: pg.PoolClient): Kysely<DB> {
  const borrowed = { query: client.query.bind(client), release: () => undefined };
  const pool = { connect: () => Promise.resolve(borrowed), end: () => Promise.resolve() };
  return new Kysely<DB>({ dialect: new PostgresDialect({ pool: pool as unknown as pg.Pool }) });
}
