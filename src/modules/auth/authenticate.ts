/** From a request to an actor. The session is asked for every time, so ending it counts at once. */
import type { FastifyRequest } from 'fastify';
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import { readAccessToken, type TokenSubject } from './access-token.ts';
import type { Actor, Permission } from './contract.ts';
import { sessionEnded } from './errors.ts';
import { findActor } from './queries.ts';
import { accessTokenOf } from './session-cookies.ts';

declare module '../../platform/http/access.ts' {
  interface HttpTypes {
    actor: Actor;
    permission: Permission;
  }
}

/** Who a session belongs to, as of now; null when it ended. For whoever must ask again while a connection stays open. */
export function findLiveActor(app: App, subject: TokenSubject): Promise<Actor | null> {
  return asGuest(app, (tx) => findActor(tx, subject));
}

/** Null without a token; throws `auth.session_ended` when the token or its session is no longer good. */
export async function authenticate(app: App, request: FastifyRequest): Promise<Actor | null> {
  const token = accessTokenOf(request, app.config.publicUrl);
  if (token === null) return null;
  const subject = await readAccessToken(app.accessTokenKey, token, app.clock);
  const actor = subject && (await findLiveActor(app, subject));
  if (!actor) throw sessionEnded();
  return actor;
}
