/** Good tokens and all kinds of wrong ones. */
import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { hashApiKey, newApiKey } from '../../../src/modules/auth/api-key.ts';
import { permissions } from '../../../src/modules/auth/contract.ts';
import { issueAccessToken } from '../../../src/modules/auth/access-token.ts';
import type { Caller, Scene } from './entry.ts';
import type { Person, World } from './world.ts';

/** A session of its own, made past the sign-in: a request each would have to wait for a password's hash. It began so long ago. */
export async function openSession(scene: Scene, person: Person, minutesAgo = 0): Promise<Caller> {
  const secret = randomBytes(32).toString('base64url');
  const [row] = await scene.sql<{ id: string }>(
    `INSERT INTO sessions (organization_id, user_id, refresh_hash, expires_at, authenticated_at)
     VALUES ($1, $2, sha256($3::bytea), now() + interval '1 hour', now() - make_interval(mins => $4)) RETURNING id`,
    [person.organizationId, person.userId, Buffer.from(secret), minutesAgo],
  );
  if (!row) throw new Error('No session was made.');
  const { app } = scene.switchboard;
  const subject = { userId: person.userId, sessionId: row.id };
  const token = await issueAccessToken(app.accessTokenKey, subject, app.clock);
  return { ...person, sessionId: row.id, refreshToken: `${row.id}.${secret}`, token };
}

/** What is shown in place of a good token, and is none: each must be answered 401 wherever one is needed. */
export async function makeWrongTokens(world: World): Promise<Record<string, string | null>> {
  const { app } = world.switchboard;
  const live = await openSession(world, world.people.owner);
  const ended = await openSession(world, world.people.owner);
  await world.sql('UPDATE sessions SET revoked_at = now() WHERE id = $1', [ended.sessionId]);
  const outlived = await openSession(world, world.people.owner);
  await world.sql("UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = $1", [
    outlived.sessionId,
  ]);
  const hourAgo = { now: () => new Date(Date.now() - 3_600_000) };
  const subject = { userId: live.userId, sessionId: live.sessionId };
  const claims = { sid: live.sessionId };
  const signed = (change: (token: SignJWT) => SignJWT, typ = 'at+jwt') =>
    change(
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', typ })
        .setSubject(live.userId)
        .setIssuer('switchboard')
        .setAudience('switchboard-api')
        .setIssuedAt()
        .setExpirationTime('5m'),
    ).sign(app.accessTokenKey);
  const unsigned = (header: object) =>
    [header, { ...claims, sub: live.userId, iss: 'switchboard', aud: 'switchboard-api', exp: 2e9 }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
  const [head = '', body = '', tail = ''] = live.token.split('.');
  return {
    nobody: null,
    'an expired token': await issueAccessToken(app.accessTokenKey, subject, hourAgo),
    'a token of a revoked session': ended.token,
    'a token of an expired session': outlived.token,
    "a token that names another's session": await issueAccessToken(
      app.accessTokenKey,
      { userId: world.people.admin.userId, sessionId: live.sessionId },
      app.clock,
    ),
    'a refresh token': live.refreshToken,
    'a sign-in link': randomBytes(32).toString('base64url'),
    'a token for another audience': await signed((token) => token.setAudience('somewhere-else')),
    'a token of another issuer': await signed((token) => token.setIssuer('somebody-else')),
    'a token of another type': await signed((token) => token, 'JWT'),
    'a token without a signature': `${unsigned({ alg: 'none', typ: 'at+jwt' })}.`,
    'a token whose signature was cut': `${head}.${body}.${tail.slice(0, -4)}`,
    'a token with changed content': `${head}.${body.slice(0, -3)}AAA.${tail}`,
    'an API key that nobody has': `sb_${'0'.repeat(43)}`,
  };
}

/** A key of the person's; that may all that a key can, unless scopes are given. */
export async function makeApiKey(
  scene: Scene,
  person: Person,
  scopes: readonly string[] = permissions,
): Promise<string> {
  const key = newApiKey();
  await scene.sql(
    `INSERT INTO api_keys (organization_id, user_id, name, key_hash, hint, scopes) VALUES ($1, $2, 'k', $3, 'h', $4)`,
    [person.organizationId, person.userId, hashApiKey(key), [...scopes]],
  );
  return key;
}
