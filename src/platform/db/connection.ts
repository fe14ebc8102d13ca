/**
 * How this process speaks to PostgreSQL: times in UTC as Date, bigint as number, time-outs on everything, and plans made for
 * the values at hand (a generic plan over the agents' partitions takes hundreds of times longer).
 */
import pg from 'pg';

const INT8 = 20;
const TIMESTAMP = 1114;

function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error('A bigint from the database does not fit into a number.');
  return value;
}

const parsers = new pg.TypeOverrides();
parsers.setTypeParser(INT8, parseBigint);
// The columns "timestamp without time zone" hold UTC by convention of the data model.
parsers.setTypeParser(TIMESTAMP, (text) => new Date(`${text.replace(' ', 'T')}Z`));

/** What a pool is for decides how long a statement may take. */
export type PoolOptions = {
  connectionString: string;
  /** Shown in pg_stat_activity. */
  name: string;
  /** Connections at most. */
  max: number;
  /** Milliseconds after which a statement is given up; a hanging database becomes an error instead of a hanging request. */
  statementTimeoutMs: number;
  /** Statements leave without waiting for the answer to the one before: for work that runs several at once in one transaction. */
  pipeline?: boolean;
};

/** Options that every connection of the product has, pooled or not. */
export function connectionOptions(options: PoolOptions): pg.PoolConfig {
  return {
    connectionString: options.connectionString,
    application_name: `switchboard ${options.name}`,
    types: parsers,
    keepAlive: true,
    pipeline: options.pipeline ?? false,
    connectionTimeoutMillis: 5_000,
    statement_timeout: options.statementTimeoutMs,
    query_timeout: options.statementTimeoutMs + 1_000,
    lock_timeout: Math.min(5_000, options.statementTimeoutMs),
    idle_in_transaction_session_timeout: 30_000,
    options: '-c TimeZone=UTC -c plan_cache_mode=force_custom_plan',
  };
}

/** A pool. Errors of idle connections are reported, never thrown: the next query opens a new connection. */
export function createPool(options: PoolOptions, onIdleError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool({ ...connectionOptions(options), max: options.max, idleTimeoutMillis: 30_000 });
  pool.on('error', onIdleError);
  return pool;
}

/** Whether a query was given up because nothing came back in time; its connection is of no more use. */
export function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** The same server and database, as another role. */
export function withRole(adminUrl: string, role: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.toString();
}
