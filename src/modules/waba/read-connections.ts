/** A person's attempts to connect, and which ways of connecting there are. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { cutPage, packCursor, unpackCursor, UUID_ID } from '../../platform/paging.ts';
import type { Connector } from './begin-connection.ts';
import type { Connection, ConnectionPage, ConnectOptions } from './contract.ts';
import { findMetaApp } from './meta-app.ts';
import { presentAttempt } from './present-attempt.ts';
import { findAttempt, listAttempts } from './queries/attempts.ts';

/** The attempts, newest first. Throws `waba.bad_cursor`. */
export async function listConnections(
  app: App,
  actor: Connector,
  { limit = 20, cursor }: { limit?: number; cursor?: string },
): Promise<ConnectionPage> {
  const before = unpackCursor(cursor, { id: UUID_ID, module: 'waba' });
  const found = await asUser(app, actor, (tx) => listAttempts(tx, { limit: limit + 1, before }));
  const { rows, next_cursor } = cutPage(found, limit, packCursor);
  const now = app.clock.now();
  return { data: rows.map((row) => presentAttempt(row, now)), next_cursor };
}

/** Throws 404 for an attempt that is absent or another person's. */
export async function getConnection(app: App, actor: Connector, id: string): Promise<Connection> {
  const attempt = await asUser(app, actor, (tx) => findAttempt(tx, id));
  if (!attempt) throw notFound('connection');
  return presentAttempt(attempt, app.clock.now());
}

/** A way that is not configured is not offered. */
export async function getConnectOptions(app: App, actor: Connector): Promise<ConnectOptions> {
  const meta = await findMetaApp(app, actor.organizationId);
  return {
    oauth: meta !== null,
    embedded_signup: meta?.embeddedSignup != null,
    simulator: app.config.simulator && app.config.graph.apiUrl === null,
  };
}
