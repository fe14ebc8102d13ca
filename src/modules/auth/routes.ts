/** Signing up, in and out. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { asGuest, asUser } from '../../platform/db/tx.ts';
import { notFound } from '../../platform/errors.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { isUuid } from '../../platform/ids.ts';
import { callerOf, keepDevice } from './caller.ts';
import * as contract from './contract.ts';
import { sessionEnded } from './errors.ts';
import { describeMe } from './open-session.ts';
import { findMe, hasUsers, listSessions, revokeOtherSessions, revokeSession } from './queries.ts';
import { register } from './register.ts';
import { sendsMail } from './send-account-link.ts';
import { clearSessionCookies, refreshTokenOf, setSessionCookies } from './session-cookies.ts';
import { refreshSession, signIn, signInByLink, signOut } from './sign-in.ts';

const open = { access: 'public', rateLimit: { max: 120, timeWindow: '1 minute' } } as const;
const tags = ['People and sessions'];

export function authRoutes(server: HttpServer, app: App): void {
  const { publicUrl } = app.config;
  const Answer = { 200: contract.SessionAnswer };

  server.post(
    '/api/v1/auth/register',
    {
      config: open,
      schema: { tags, body: contract.RegisterBody, response: { 201: contract.SessionAnswer } },
    },
    async (request, reply) => {
      const caller = callerOf(request, publicUrl);
      const session = await register(app, request.body, caller);
      setSessionCookies(reply, publicUrl, session);
      keepDevice(reply, publicUrl, caller);
      return reply.status(201).send(session);
    },
  );
  server.post(
    '/api/v1/auth/login',
    {
      config: open,
      schema: {
        tags,
        description:
          'Somebody with a second factor is answered 401 `auth.code_required`: send the same again with `code`.',
        body: contract.LoginBody,
        response: Answer,
      },
    },
    async (request, reply) => {
      const caller = callerOf(request, publicUrl);
      const session = await signIn(app, request.body, caller);
      setSessionCookies(reply, publicUrl, session);
      keepDevice(reply, publicUrl, caller);
      return session;
    },
  );
  server.post(
    '/api/v1/auth/sign-in-link',
    { config: open, schema: { tags, body: contract.SignInLinkBody, response: Answer } },
    async (request, reply) => {
      const caller = callerOf(request, publicUrl);
      const session = await signInByLink(app, request.body, caller);
      setSessionCookies(reply, publicUrl, session);
      keepDevice(reply, publicUrl, caller);
      return session;
    },
  );
  server.post(
    '/api/v1/auth/refresh',
    { config: open, schema: { tags, body: contract.RefreshBody, response: Answer } },
    async (request, reply) => {
      const token = request.body.refresh_token ?? refreshTokenOf(request, publicUrl);
      if (token === null) throw sessionEnded();
      const session = await refreshSession(app, token).catch((error: unknown) => {
        clearSessionCookies(reply, publicUrl);
        throw error;
      });
      setSessionCookies(reply, publicUrl, session);
      return session;
    },
  );
  server.post(
    '/api/v1/auth/logout',
    { config: { access: 'self:manage' }, schema: { tags, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { sessionId } = actorOf(request);
      if (sessionId !== null) await signOut(app, sessionId);
      clearSessionCookies(reply, publicUrl);
      return reply.status(204).send(null);
    },
  );
  accountRoutes(server, app);
}

function accountRoutes(server: HttpServer, app: App): void {
  const config = { access: 'self:manage' } as const;

  server.get(
    '/api/v1/auth/me',
    { config: { access: 'self:read' }, schema: { tags, response: { 200: contract.Me } } },
    async (request) => {
      const actor = actorOf(request);
      const row = await asUser(app, actor, (tx) => findMe(tx, actor.userId));
      return describeMe(row, actor.scopes);
    },
  );
  server.get(
    '/api/v1/auth/sessions',
    {
      config,
      schema: {
        tags,
        response: { 200: Type.Object({ data: Type.Array(contract.Session), next_cursor: Type.Null() }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const rows = await asUser(app, actor, (tx) => listSessions(tx, actor.userId));
      const data = rows.map((row) => ({
        id: row.id,
        current: row.id === actor.sessionId,
        user_agent: row.user_agent,
        created_at: row.created_at.toISOString(),
        last_used_at: row.last_used_at.toISOString(),
      }));
      return { data, next_cursor: null };
    },
  );
  server.delete(
    '/api/v1/auth/sessions',
    {
      config,
      schema: {
        tags,
        description: 'Ends every session of this person but the one that asks.',
        response: { 200: Type.Object({ ended: Type.Integer() }) },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { userId, sessionId } = actor;
      if (sessionId === null) throw sessionEnded();
      return { ended: await asUser(app, actor, (tx) => revokeOtherSessions(tx, userId, sessionId)) };
    },
  );
  server.delete(
    '/api/v1/auth/sessions/:id',
    { config, schema: { tags, params: Type.Object({ id: Type.String() }), response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { id } = request.params;
      const found = isUuid(id) && (await asUser(app, actorOf(request), (tx) => revokeSession(tx, id)));
      if (!found) throw notFound('session');
      return reply.status(204).send(null);
    },
  );
  server.get(
    '/api/v1/setup',
    { config: { access: 'public' }, schema: { tags, response: { 200: contract.Setup } } },
    async () => ({
      has_users: await asGuest(app, hasUsers),
      simulator: app.config.simulator,
      brand_name: app.config.brandName,
      simulator_phone_url: app.config.simulator ? '/simulator/phone' : null,
      registration: app.config.registration,
      mail: sendsMail(app),
    }),
  );
}
