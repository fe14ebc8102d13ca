/** From a request to an actor. Session and key are asked for every time, so ending them counts at once. */
import type { FastifyRequest } from 'fastify';
import type { App } from '../../app.ts';
import { asGuest } from '../../platform/db/tx.ts';
import { readAccessToken } from './access-token.ts';
import { hashApiKey, looksLikeApiKey } from './api-key.ts';
import type { Actor, Permission } from './contract.ts';
import { apiKeyRefused, sessionEnded } from './errors.ts';
import { keyLimit, takeGuess } from './guess-limits.ts';
import { findActor } from './queries.ts';
import { findKeyActor, useApiKey } from './queries/api-keys.ts';
import { accessTokenOf } from './session-cookies.ts';

declare module '../../platform/http/access.ts' {
  interface HttpTypes {
    actor: Actor;
    permission: Permission;
  }
}

/** What shows who somebody is: a session of theirs, or a key. */
type Proof = Pick<Actor, 'userId' | 'sessionId' | 'apiKeyId'>;

/** The same actor as of now; null when session or key ended. For whoever must ask again while a connection stays open. */
export function findLiveActor(app: App, { userId, sessionId, apiKeyId }: Proof): Promise<Actor | null> {
  return asGuest(app, async (tx) => {
    if (apiKeyId !== null) return findKeyActor(tx, apiKeyId);
    return sessionId === null ? null : findActor(tx, { userId, sessionId });
  });
}

/**
 * Null without a token.
 * @throws AppError `auth.session_ended` when the token or its session is no longer good, `auth.api_key_refused` for a key,
 * `auth.too_many_guesses` for many of them
 */
export async function authenticate(app: App, request: FastifyRequest): Promise<Actor | null> {
  const token = accessTokenOf(request, app.config.publicUrl);
  if (token === null) return null;
  if (looksLikeApiKey(token)) return authenticateKey(app, token, request.ip);
  const subject = await readAccessToken(app.accessTokenKey, token, app.clock);
  const actor = subject && (await findLiveActor(app, { ...subject, apiKeyId: null }));
  if (!actor) throw sessionEnded();
  return actor;
}

/** A key cannot be guessed; that wrong ones are counted spares the database whoever tries, and good ones never wait. */
async function authenticateKey(app: App, key: string, address: string): Promise<Actor> {
  const hash = hashApiKey(key);
  const actor =
    hash &&
    (await asGuest(app, async (tx) => {
      const id = await useApiKey(tx, hash);
      return id === null ? null : findKeyActor(tx, id);
    }));
  if (actor) return actor;
  await takeGuess(app, { own: keyLimit(address) });
  throw apiKeyRefused();
}
