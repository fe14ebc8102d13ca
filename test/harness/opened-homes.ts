/**
 * Which agents' tables each transaction of a running server opened. PostgreSQL keeps the lock on every table that a statement's plan
 * could touch until the transaction ends, so what is locked just before COMMIT is what was opened, whatever the SQL looked like.
 */
import type pg from 'pg';
import type { App } from '../../src/app.ts';

export type OpenedHomes = {
  /** The prefixes whose tables were opened: agents', pools', the waiting room's. */
  homes: string[];
  /** What was sent, to find the one to blame. */
  statements: string[];
};

const OPENED = `
  SELECT DISTINCT regexp_replace(c.relname, '_(customers|messages|orders|orders_items)$', '') AS home
  FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_inherits i ON i.inhrelid = c.oid
  WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND i.inhparent IN
    ('public.customers'::regclass, 'public.messages'::regclass, 'public.orders'::regclass, 'public.orders_items'::regclass)
  ORDER BY 1`;

/** The homes that a transaction has opened so far. */
export async function openedBy(client: pg.ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ home: string }>(OPENED);
  return rows.map(({ home }) => home);
}

/** Watches all pools of the server from now on; what it returns grows with every transaction that commits. */
export function watchOpenedHomes(app: App): OpenedHomes[] {
  const seen: OpenedHomes[] = [];
  for (const pool of Object.values(app.databases)) {
    const connect = pool.connect.bind(pool);
    // With a callback it is the pool itself that asks, for single statements outside of transactions.
    pool.connect = ((callback?: Parameters<typeof connect>[0]) =>
      callback ? connect(callback) : connect().then((client) => watch(client, seen))) as typeof pool.connect;
  }
  return seen;
}

const watched = new WeakSet<pg.PoolClient>();

function watch(client: pg.PoolClient, seen: OpenedHomes[]): pg.PoolClient {
  if (watched.has(client)) return client;
  watched.add(client);
  const query = client.query.bind(client) as (...values: unknown[]) => unknown;
  let statements: string[] = [];
  const watching = async (statement: string | { text: string }, ...rest: unknown[]): Promise<unknown> => {
    const text = typeof statement === 'string' ? statement : statement.text;
    if (text.startsWith('BEGIN')) statements = [];
    if (text === 'COMMIT') {
      const { rows } = (await query(OPENED)) as pg.QueryResult<{ home: string }>;
      seen.push({ homes: rows.map(({ home }) => home), statements });
    }
    statements.push(text);
    return query(statement, ...rest);
  };
  Object.assign(client, { query: watching });
  return client;
}
