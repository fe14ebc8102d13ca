/** A person's attempts to connect, and which ways of connecting there are. */
import type { App } from '../../app.ts';
import { asUser } from '../../platform/db/tx.ts';
import { AppError, notFound } from '../../platform/errors.ts';
import type { Connector } from './begin-connection.ts';
import type { Connection, ConnectionPage, ConnectOptions } from './contract.ts';
import { findMetaApp } from './meta-app.ts';
import { presentAttempt } from './present-attempt.ts';
import { findAttempt, listAttempts } from './queries/attempts.ts';

const TIME = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?\+00$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The position behind a cursor. Throws `waba.bad_cursor` for one that this list did not give. */
function readCursor(cursor: string): { at: string; id: string } {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  if (!TIME.test(at) || Number.isNaN(Date.parse(at.replace(' ', 'T').replace('+00', 'Z'))) || !UUID.test(id))
    throw new AppError('waba.bad_cursor', 400, 'The cursor is none that this list gave. Begin at the start.');
  return { at, id };
}

/** The attempts, newest first. */
export async function listConnections(
  app: App,
  actor: Connector,
  { limit = 20, cursor }: { limit?: number; cursor?: string },
): Promise<ConnectionPage> {
  const before = cursor === undefined ? null : readCursor(cursor);
  const rows = await asUser(app, actor, (tx) => listAttempts(tx, { limit: limit + 1, before }));
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const now = app.clock.now();
  return {
    data: shown.map((row) => presentAttempt(row, now)),
    next_cursor: last ? Buffer.from(`${last.position}|${last.id}`).toString('base64url') : null,
  };
}

export async function getConnection(app: App, actor: Connector, id: string): Promise<Connection> {
  const attempt = await asUser(app, actor, (tx) => findAttempt(tx, id));
  if (!attempt) throw notFound('connection');
  return presentAttempt(attempt, app.clock.now());
}

export async function getConnectOptions(app: App, actor: Connector): Promise<ConnectOptions> {
  const meta = await findMetaApp(app, actor.organizationId);
  return {
    oauth: meta !== null,
    embedded_signup: meta?.embeddedSignup != null,
    simulator: app.config.simulator && app.config.graph.apiUrl === null,
  };
}
