/** Invitations over HTTP: owners send them, guests with a token answer them. */
import Type from 'typebox';
import type { App } from '../../app.ts';
import { actorOf } from '../../platform/http/access.ts';
import type { HttpServer } from '../../platform/http/server.ts';
import { callerOf, keepDevice } from '../auth/caller.ts';
import { SessionAnswer } from '../auth/contract.ts';
import { setSessionCookies } from '../auth/session-cookies.ts';
import { acceptInvitation, readInvitation } from './accept-invitation.ts';
import * as contract from './contract.ts';
import { invitePerson, resendInvitation } from './invite-person.ts';
import { getInvitations } from './list-invitations.ts';
import { withdrawInvitation } from './withdraw-invitation.ts';

const tags = ['Invitations'];
const params = Type.Object({ id: Type.String() });
const config = { access: 'people:invite' } as const;
const open = { access: 'public', rateLimit: { max: 60, timeWindow: '1 minute' } } as const;

export function addInvitationRoutes(server: HttpServer, app: App): void {
  server.get(
    '/api/v1/invitations',
    { config, schema: { tags, querystring: contract.PageQuery, response: { 200: contract.InvitationPage } } },
    (request) => getInvitations(app, actorOf(request), request.query),
  );
  server.post(
    '/api/v1/users/invite',
    {
      config,
      schema: {
        tags,
        description:
          'Invites somebody by a link that works once, for seven days. Inviting an address again replaces its link.',
        body: contract.InviteBody,
        response: { 201: contract.InvitationSent },
      },
    },
    async (request, reply) => reply.status(201).send(await invitePerson(app, actorOf(request), request.body)),
  );
  server.post(
    '/api/v1/invitations/:id/resend',
    {
      config,
      schema: { tags, params, body: contract.ResendBody, response: { 200: contract.InvitationSent } },
    },
    (request) => resendInvitation(app, actorOf(request), request.params.id, request.body),
  );
  server.delete(
    '/api/v1/invitations/:id',
    { config, schema: { tags, params, response: { 204: Type.Null() } } },
    async (request, reply) => {
      await withdrawInvitation(app, actorOf(request), request.params.id);
      return reply.status(204).send(null);
    },
  );
  addGuestRoutes(server, app);
}

function addGuestRoutes(server: HttpServer, app: App): void {
  const { publicUrl } = app.config;
  server.post(
    '/api/v1/invitations/read',
    {
      config: open,
      schema: { tags, body: contract.ReadInvitationBody, response: { 200: contract.OpenInvitation } },
    },
    (request) => readInvitation(app, request.body.token),
  );
  server.post(
    '/api/v1/invitations/accept',
    {
      config: open,
      schema: { tags, body: contract.AcceptInvitationBody, response: { 201: SessionAnswer } },
    },
    async (request, reply) => {
      const caller = callerOf(request, publicUrl);
      const session = await acceptInvitation(app, request.body, caller);
      setSessionCookies(reply, publicUrl, session);
      keepDevice(reply, publicUrl, caller);
      return reply.status(201).send(session);
    },
  );
}
